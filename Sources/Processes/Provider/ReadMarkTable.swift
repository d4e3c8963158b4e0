internal import SQLite

/// The read marks that are still to be told to Meta: the newest of each conversation.
final class ReadMarkTable {
    /// Meta takes a mark for a message of the last 30 days. (Meta, "Mark messages as read")
    static let longestAge: Int64 = 30 * 24 * 3_600 * 1_000

    struct Waiting: Hashable, Sendable {
        let conversation: String
        let wamid: String
        /// How often it was told in vain.
        let tries: Int
        /// Wall clock, ms.
        let notBefore: Int64
    }

    private let add, next, postpone, remove, forget, all, prune: Statement
    private let database: Database

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        self.database = database
        add = try database.prepare(
            """
            INSERT INTO read_marks VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT (conversation) DO UPDATE
            SET wamid = excluded.wamid, at = excluded.at, tries = 0, not_before = 0
            WHERE excluded.at >= at
            """)
        next = try database.prepare(
            """
            SELECT conversation, wamid, tries, not_before FROM read_marks
            WHERE phone_number_id = ? AND at > ? ORDER BY not_before, conversation LIMIT 1
            """)
        postpone = try database.prepare(
            """
            UPDATE read_marks SET tries = tries + 1, not_before = ?3
            WHERE conversation = ?1 AND wamid = ?2
            """)
        remove = try database.prepare(
            "DELETE FROM read_marks WHERE conversation = ? AND wamid = ?")
        forget = try database.prepare("DELETE FROM read_marks WHERE conversation = ?")
        all = try database.prepare("SELECT count(*) FROM read_marks")
        prune = try database.prepare("DELETE FROM read_marks WHERE at <= ?")
    }

    /// Takes in what inbox tells, unless Meta would not take it any more.
    func add(_ mark: FeedNews.Mark, now: Int64) throws {
        guard mark.at > now - Self.longestAge else { return }
        try add.run(
            .text(mark.conversation), .text(mark.phoneNumberID), .text(mark.wamid),
            .integer(mark.at))
    }

    /// The one of a number that comes next, perhaps later.
    func next(of phoneNumberID: String, at now: Int64) throws -> Waiting? {
        try next.first(.text(phoneNumberID), .integer(now - Self.longestAge)) { row in
            Waiting(
                conversation: row.text(0), wamid: row.text(1), tries: Int(row.integer(2)),
                notBefore: row.integer(3))
        }
    }

    /// Puts it off, unless a newer one has taken its place.
    func postpone(_ mark: Waiting, to time: Int64) throws {
        try postpone.run(.text(mark.conversation), .text(mark.wamid), .integer(time))
    }

    /// Takes it out, unless a newer one has taken its place.
    func remove(_ mark: Waiting) throws {
        try remove.run(.text(mark.conversation), .text(mark.wamid))
    }

    /// The conversation is gone.
    func forget(_ conversation: String) throws { try forget.run(.text(conversation)) }

    func count() throws -> Int64 { try all.first { $0.integer(0) } ?? 0 }

    /// Drops what Meta would not take any more; answers how many.
    func prune(now: Int64) throws -> Int64 {
        try prune.run(.integer(now - Self.longestAge))
        return database.changes
    }
}
