internal import CloudAPI
internal import FoundationEssentials
internal import SQLite
internal import Wire

/// How far each journal was applied, and what of it could not be.
///
/// Everything here is written in the transaction of the entries it is about.
struct Ledger {
    private let sql: StatementCache

    init(_ sql: StatementCache) { self.sql = sql }

    // MARK: Positions

    /// Where every journal stands, with when its last applied entry was written.
    func positions() throws -> [String: (position: JournalPosition, at: Int64)] {
        let rows = try sql("SELECT origin, seq, mark, at FROM origins").all { row in
            (row.text(0), JournalPosition(seq: row.integer(1), mark: row.bits(2)), row.integer(3))
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, (position: $0.1, at: $0.2)) })
    }

    /// Moves the position of the arrival's journal to it.
    func advance(to arrival: Arrival) throws {
        let position = arrival.entry.position
        try sql(
            """
            INSERT INTO origins(origin, process, seq, mark, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT(origin) DO UPDATE SET
                seq = excluded.seq, mark = excluded.mark, at = excluded.at
            """
        ).run(
            .text(arrival.origin), .text(arrival.process.rawValue), .integer(position.seq),
            .bits(position.mark), .integer(arrival.entry.at))
    }

    /// Notes that these entries were pruned before they were shipped: what they told is lost.
    func noteHole(_ seqs: ClosedRange<Int64>, before arrival: Arrival) throws {
        try sql("INSERT OR IGNORE INTO holes(origin, first, last, at) VALUES (?, ?, ?, ?)").run(
            .text(arrival.origin), .integer(seqs.lowerBound), .integer(seqs.upperBound),
            .integer(arrival.entry.at))
    }

    // MARK: Entries that end us

    /// How often that entry was begun alone and not ended; 0 when it was once as the first of a batch, nil when
    /// it is not known to have been begun at all.
    func trials(of arrival: Arrival) throws -> Int64? {
        try sql("SELECT n FROM trying WHERE origin = ? AND seq = ?")
            .first(.text(arrival.origin), .integer(arrival.entry.position.seq)) { $0.integer(0) }
    }

    func noteTrial(_ n: Int64, of arrival: Arrival) throws {
        try sql("INSERT OR REPLACE INTO trying(origin, seq, n) VALUES (?, ?, ?)").run(
            .text(arrival.origin), .integer(arrival.entry.position.seq), .integer(n))
    }

    func clearTrial(of origin: String) throws {
        try sql("DELETE FROM trying WHERE origin = ?").run(.text(origin))
    }

    /// Notes that this process ends in order, unless an entry ended one before and was not tried again.
    func noteEnd(at now: Int64) throws {
        try sql("INSERT INTO ended(at) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM trying)")
            .run(.integer(now))
    }

    /// Whether the process before ended in order; asked once, before anything is applied.
    func takeEnd() throws -> Bool {
        try sql("DELETE FROM ended").run()
        return sql.database.changes > 0
    }

    // MARK: What is new to this release

    /// Counts names that this release does not know, once for each message or change that has them.
    func note(_ names: [UnknownName]) throws {
        for unknown in names {
            try sql(
                """
                INSERT INTO unknown_names(place, name, count) VALUES (?, ?, 1)
                ON CONFLICT(place, name) DO UPDATE SET count = count + 1
                """
            ).run(.text(unknown.place), .text(unknown.name))
        }
    }

    /// Takes back what was counted of a message that another one replaces.
    func forget(_ names: [UnknownName]) throws {
        for unknown in names {
            try sql("UPDATE unknown_names SET count = count - 1 WHERE place = ? AND name = ?").run(
                .text(unknown.place), .text(unknown.name))
            try sql("DELETE FROM unknown_names WHERE place = ? AND name = ? AND count <= 0").run(
                .text(unknown.place), .text(unknown.name))
        }
    }

    /// The names that were met most often, each with where it stood and how often.
    func unknownNames() throws -> [(place: String, name: String, count: Int64)] {
        try sql("SELECT place, name, count FROM unknown_names ORDER BY count DESC, place, name")
            .all { ($0.text(0), $0.text(1), $0.integer(2)) }
    }

    // MARK: What could not be read

    /// Keeps a whole entry, or the part of it at `path`, as it came.
    ///
    /// The same bytes are kept once, as of the first time they came. A suspect ended us, it seems: nothing is
    /// known of what is in it, and it is looked at again.
    func setAside(
        _ raw: Data, of arrival: Arrival, at path: String, because error: String,
        isSuspect: Bool = false
    ) throws {
        try sql(
            """
            INSERT INTO unparsed(key, at, seq, origin, kind, path, error, raw, looks)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(key) DO UPDATE SET
                at = excluded.at, seq = excluded.seq, origin = excluded.origin,
                kind = excluded.kind, path = excluded.path, error = excluded.error
            WHERE (excluded.at, excluded.seq, excluded.origin, excluded.path) <
                (unparsed.at, unparsed.seq, unparsed.origin, unparsed.path)
            """
        ).run(
            .text(Identifiers.content(raw)), .integer(arrival.entry.at),
            .integer(arrival.entry.position.seq), .text(arrival.origin),
            .text(arrival.entry.kind.rawValue), .text(path), .text(error), .blob(raw),
            isSuspect ? .integer(0) : .null)
    }
}
