package import FoundationEssentials
package import SQLite
package import Wire

/// A journal as a table in somebody's database; everything that writes runs inside the owner's transaction.
///
/// Numbers have no gaps: one that was rolled back is given again. What was pruned was shipped, and the
/// newest shipped entry stays, so that its mark can prove the next batch.
package final class JournalTable {
    /// The longest body in bytes: with base64 it still fits into a frame of 8 MiB.
    package static let maximumBody = 6_000_000

    /// The step of the owner's migrations that makes the journal, with a name of its own.
    package static let migration = Migration { database in
        try database.execute(
            """
            CREATE TABLE journal (
                seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
                body BLOB NOT NULL CHECK (length(body) <= \(maximumBody)),
                mark INTEGER NOT NULL) STRICT;
            CREATE TABLE journal_state (
                one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL,
                shipped INTEGER NOT NULL) STRICT;
            """)
        try database.prepare("INSERT INTO journal_state VALUES (1, ?, 0)").run(
            .text(randomOrigin()))
    }

    /// The step that notes which entries are of which day, added to files that have none.
    package static let daysMigration = Migration { database in
        try database.execute(
            """
            CREATE TABLE journal_days (
                day INTEGER PRIMARY KEY, first INTEGER NOT NULL,
                answered INTEGER NOT NULL DEFAULT 0) STRICT;
            INSERT INTO journal_days (day, first)
                SELECT at / \(JournalDay.milliseconds), min(seq) FROM journal GROUP BY 1;
            """)
    }

    /// The step that notes which entries were looked at for people who were erased.
    package static let redactionMigration = Migration.sql(
        """
        ALTER TABLE journal_state ADD COLUMN erasures TEXT NOT NULL DEFAULT '';
        ALTER TABLE journal_state ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;
        """)

    /// The steps of a file that is nothing but a journal.
    package static let migrations = [migration, daysMigration, redactionMigration]

    /// Inbox has everything up to here, as far as we know.
    ///
    /// Kept in memory and written with the next append: inbox itself knows, and is asked at every start.
    package private(set) var shipped: Int64
    private var savedShipped: Int64
    /// Whether inbox was heard in this process: it may have been restored while we were away.
    private(set) var isConfirmed = false

    /// Whether the database's log still has bytes of somebody who was erased.
    package internal(set) var leavesTraces = false

    package let database: Database
    let redact, note, checked: Statement
    let beginDay, tally, days: Statement
    private let insert, newest, oldest, markAt, timeAt, after, name, rename, save: Statement

    /// Takes over the table that `migration` made in `database`.
    ///
    /// - Throws: `DatabaseError`.
    package init(in database: Database) throws {
        self.database = database
        insert = try database.prepare(
            "INSERT INTO journal (at, kind, body, mark) VALUES (?, ?, ?, ?)")
        newest = try database.prepare("SELECT seq, mark FROM journal ORDER BY seq DESC LIMIT 1")
        oldest = try database.prepare("SELECT seq FROM journal ORDER BY seq LIMIT 1")
        markAt = try database.prepare("SELECT mark FROM journal WHERE seq = ?")
        timeAt = try database.prepare("SELECT at FROM journal WHERE seq > ? ORDER BY seq LIMIT 1")
        after = try database.prepare(
            "SELECT seq, mark, at, kind, body FROM journal WHERE seq > ? ORDER BY seq")
        name = try database.prepare("SELECT origin FROM journal_state")
        rename = try database.prepare("UPDATE journal_state SET origin = ?, shipped = 0")
        save = try database.prepare("UPDATE journal_state SET shipped = ?")
        let found = try database.prepare("SELECT shipped FROM journal_state").first {
            $0.integer(0)
        }
        shipped = found ?? 0
        savedShipped = shipped
        beginDay = try database.prepare(
            """
            INSERT INTO journal_days (day, first) SELECT ?1, ?2
            WHERE ?1 > coalesce((SELECT max(day) FROM journal_days), -1)
            """)
        tally = try database.prepare(
            """
            UPDATE journal_days SET answered = answered + ?
            WHERE day = (SELECT max(day) FROM journal_days)
            """)
        redact = try database.prepare("UPDATE journal SET body = ?3 WHERE seq = ?1 AND mark = ?2")
        note = try database.prepare("UPDATE journal_state SET erasures = ?, checked = ?")
        checked = try database.prepare("SELECT erasures, checked FROM journal_state")
        days = try database.prepare(
            """
            SELECT day, first, answered, lead(first) OVER (ORDER BY day) FROM journal_days
            ORDER BY day
            """)
    }

    private static func randomOrigin() -> String {
        let digits = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }
        return digits.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }

    // MARK: Writing

    /// Adds an entry; it counts once the owner's transaction is committed.
    ///
    /// - Throws: `DatabaseError`; with `refuseRow` the transaction is still good.
    package func append(
        _ kind: JournalEntry.Kind, _ body: Data, at: Int64
    ) throws -> JournalPosition {
        let mark = UInt64.random(in: 0 ... .max)
        try saveShipped()
        try insert.run(.integer(at), .text(kind.rawValue), .blob(body), .bits(mark))
        let position = JournalPosition(seq: database.lastInsertRowID, mark: mark)
        try beginDay.run(.integer(at / JournalDay.milliseconds), .integer(position.seq))
        return position
    }

    /// Notes how far inbox is; less than before when inbox was restored from a backup.
    package func markShipped(_ seq: Int64) {
        shipped = seq
        isConfirmed = true
    }

    /// Writes what `markShipped` noted, if that is new; a roll-back costs no more than its being late.
    ///
    /// - Throws: `DatabaseError`.
    package func saveShipped() throws {
        guard shipped != savedShipped else { return }
        try save.run(.integer(shipped))
        savedShipped = shipped
    }

    /// Gives the journal a new name; nothing of it counts as shipped then.
    ///
    /// - Throws: `DatabaseError`.
    package func newOrigin() throws {
        try rename.run(.text(Self.randomOrigin()))
        shipped = 0
        savedShipped = 0
    }

    // MARK: Reading

    /// Where the journal begins and ends, and how far it was shipped.
    ///
    /// - Throws: `DatabaseError`.
    package func extent() throws -> JournalExtent {
        guard let origin = try name.first(read: { $0.text(0) }) else {
            throw damaged("journal_state is empty")
        }
        return JournalExtent(
            origin: origin, oldest: try oldest.first { $0.integer(0) },
            newest: try newest.first { JournalPosition(seq: $0.integer(0), mark: $0.bits(1)) },
            shipped: shipped,
            oldestUnshippedAt: try timeAt.first(.integer(shipped)) { $0.integer(0) })
    }

    /// The mark of an entry; nil when it was pruned or never written.
    ///
    /// - Throws: `DatabaseError`.
    package func mark(at seq: Int64) throws -> UInt64? {
        try markAt.first(.integer(seq)) { $0.bits(0) }
    }

    /// The entries after `seq` that fit into `maximumBytes` once encoded, but one at least.
    ///
    /// - Throws: `DatabaseError`.
    package func batch(after seq: Int64, maximumBytes: Int) throws -> JournalBatch {
        var entries: [JournalEntry] = []
        var left = maximumBytes
        var reachesHead = true
        try after.forEach(.integer(seq)) { row in
            left -= row.withBytes(4) { JournalBatch.encodedSize(ofBody: $0.count) }
            if left < 0, !entries.isEmpty {
                reachesHead = false
                return .stop
            }
            guard let kind = JournalEntry.Kind(rawValue: row.text(3)) else {
                throw damaged("entry \(row.integer(0)) has the unknown kind \(row.text(3))")
            }
            entries.append(
                JournalEntry(
                    position: JournalPosition(seq: row.integer(0), mark: row.bits(1)),
                    at: row.integer(2), kind: kind, body: row.blob(4)))
            return .next
        }
        return JournalBatch(entries: entries, reachesHead: reachesHead)
    }

    private func damaged(_ what: String) -> DatabaseError {
        .damaged(.init(file: database.path, code: 0, message: what))
    }
}
