internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// What is known of files; everything that writes runs inside the owner's transaction.
final class MediaTable {
    private let database: Database
    private let insert, update, select, mark, names, filed, total, due, servedFirst, old, forget,
        count,
        cause: Statement
    private let encoder = JSONEncoder.gateway()
    private let decoder = JSONDecoder()

    static let columns = """
        id, phone_number_id, origin, state, mime_type, size, sha256, filename, received_at, file,
        failures, strikes, problem, changed_at
        """

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        self.database = database
        insert = try database.prepare(
            """
            INSERT INTO media (\(Self.columns), served_at, not_before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO NOTHING
            """)
        update = try database.prepare(
            """
            UPDATE media SET state = ?2, mime_type = ?3, size = ?4, sha256 = ?5, file = ?6,
                failures = ?7, strikes = ?8, problem = ?9, changed_at = ?10, not_before = ?11
            WHERE id = ?1
            """)
        select = try database.prepare("SELECT \(Self.columns) FROM media WHERE id = ?")
        mark = try database.prepare("UPDATE media SET served_at = ? WHERE id = ?")
        names = try database.prepare("SELECT file FROM media WHERE file IS NOT NULL")
        filed = try database.prepare(
            "SELECT \(Self.columns) FROM media WHERE file IS NOT NULL")
        total = try database.prepare("SELECT sum(size) FROM media WHERE state = 'stored'")
        // ?2 is the moment before which what came is about to be dropped by Meta.
        due = try database.prepare(
            """
            SELECT \(Self.columns) FROM media WHERE state = 'pending' AND not_before <= ?1
            ORDER BY received_at > ?2, iif(received_at > ?2, -received_at, received_at) LIMIT ?3
            """)
        servedFirst = try database.prepare(
            """
            SELECT \(Self.columns) FROM media WHERE state = 'stored' AND served_at IS NOT NULL
            ORDER BY served_at LIMIT ?
            """)
        old = try database.prepare(
            """
            SELECT \(Self.columns) FROM media
            WHERE (state = 'pending' AND received_at <= ?1)
                OR (state = 'stored' AND origin = 'uploaded' AND received_at <= ?2) LIMIT ?3
            """)
        forget = try database.prepare(
            """
            DELETE FROM media
            WHERE state IN ('evicted', 'failed', 'expired') AND changed_at < ?
            """)
        count = try database.prepare(
            """
            SELECT count(*), count(iif(received_at <= ?, 1, NULL)) FROM media
            WHERE state = 'pending'
            """)
        cause = try database.prepare(
            """
            SELECT problem FROM media WHERE state = 'pending' AND problem IS NOT NULL
            ORDER BY received_at LIMIT 1
            """)
    }

    /// Adds a file; false when its id is known already.
    ///
    /// `now` is the wall clock in ms.
    func add(_ row: MediaRow, at now: Int64, servedAt: Int64? = nil) throws -> Bool {
        try insert.run(
            .text(row.id), .text(row.phoneNumberID), .text(row.origin.rawValue),
            .text(row.state.rawValue), .text(row.mimeType), .optional(row.size),
            .optional(row.sha256), .optional(row.filename), .integer(row.receivedAt),
            .optional(row.file), .integer(row.failures), .integer(row.strikes),
            .optional(try row.problem.map(encoder.encode)), .integer(now), .optional(servedAt))
        return database.changes > 0
    }

    /// Writes what became of a file; `notBefore` (wall clock, ms) is when it may be fetched.
    func keep(_ row: MediaRow, at now: Int64, notBefore: Int64 = 0) throws {
        try update.run(
            .text(row.id), .text(row.state.rawValue), .text(row.mimeType), .optional(row.size),
            .optional(row.sha256), .optional(row.file), .integer(row.failures),
            .integer(row.strikes), .optional(try row.problem.map(encoder.encode)), .integer(now),
            .integer(notBefore))
    }

    func find(_ id: String) throws -> MediaRow? { try select.first(.text(id), read: read) }

    /// Somebody has all of it.
    func markServed(_ id: String, at now: Int64) throws { try mark.run(.integer(now), .text(id)) }

    /// The names of all files there should be.
    func files() throws -> Set<String> { Set(try names.all { $0.text(0) }) }

    /// Everything of which there should be a file.
    func stored() throws -> [MediaRow] { try filed.all(read: read) }

    /// Bytes of all that is stored.
    func bytes() throws -> Int64 { try total.first { $0.optionalInteger(0) ?? 0 } ?? 0 }

    /// What may be fetched, in its order: what Meta drops within a day, then the newest.
    func due(at now: Int64, limit: Int) throws -> [MediaRow] {
        try due.all(
            .integer(now), .integer(now - Self.calm), .integer(limit), read: read)
    }

    /// What may go, the least recently served first.
    func served(limit: Int) throws -> [MediaRow] {
        try servedFirst.all(.integer(limit), read: read)
    }

    /// What is nobody's any more: Meta forgot the id.
    func outOfDate(at now: Int64, limit: Int) throws -> [MediaRow] {
        try old.all(
            .integer(now - MediaRow.Origin.received.life),
            .integer(now - MediaRow.Origin.uploaded.life), .integer(limit), read: read)
    }

    /// Forgets what is gone since before `time` (wall clock, ms).
    func forget(before time: Int64) throws { try forget.run(.integer(time)) }

    /// How long nothing needs to be said of a file that is not here, in ms.
    private static let calm = MediaRow.Origin.received.life - MediaShelf.warnedBefore

    struct Counts: Sendable {
        let pending, expiring, bytes: Int64
        /// Why the oldest of those that were tried is not here.
        let problem: Problem?
    }

    func counts(at now: Int64) throws -> Counts {
        let counts = try count.first(.integer(now - Self.calm)) { ($0.integer(0), $0.integer(1)) }
        let problem = try cause.first { try decoder.decode(Problem.self, from: $0.blob(0)) }
        return Counts(
            pending: counts?.0 ?? 0, expiring: counts?.1 ?? 0, bytes: try bytes(),
            problem: problem)
    }

    func read(_ row: borrowing Row) throws -> MediaRow {
        guard let origin = MediaRow.Origin(rawValue: row.text(2)),
            let state = MediaState(rawValue: row.text(3))
        else {
            throw DatabaseError.damaged(
                .init(
                    file: database.path, code: 0, message: "media \(row.text(0)) makes no sense"))
        }
        return MediaRow(
            id: row.text(0), phoneNumberID: row.text(1), origin: origin, state: state,
            mimeType: row.text(4), size: row.optionalInteger(5), sha256: row.optionalText(6),
            filename: row.optionalText(7), receivedAt: row.integer(8), file: row.optionalText(9),
            failures: Int(row.integer(10)), strikes: Int(row.integer(11)),
            problem: try row.optionalBlob(12).map { try decoder.decode(Problem.self, from: $0) },
            changedAt: row.integer(13))
    }
}
