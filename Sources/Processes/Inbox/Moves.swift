internal import SQLite

/// The places in the list that conversations left lately, so that a run of pages which began before still
/// finds each where it was.
///
/// Like the feed it has an order of this database's own.
struct Moves {
    /// Moves that are kept at least: as many as a busy hour has.
    static let kept: Int64 = 5_000
    /// Beyond `kept` this many gather before they are dropped: one range in one go.
    private static let slack: Int64 = 500

    private let sql: StatementCache

    init(_ sql: StatementCache) { self.sql = sql }

    /// A conversation leaves the place it had; nil: it is new.
    func note(_ conversation: String, was lastAt: Int64?) throws {
        try sql("INSERT INTO moves(conversation, was_at) VALUES (?, ?)").run(
            .text(conversation), .integer(lastAt ?? -1))
        let number = sql.database.lastInsertRowID
        guard number.isMultiple(of: Self.slack) else { return }
        try sql("DELETE FROM moves WHERE number <= ?").run(.integer(number - Self.kept))
    }

    /// The number of the newest one.
    func newest() throws -> Int64 {
        try sql("SELECT max(number) FROM moves").first { $0.integer(0) } ?? 0
    }

    /// The conversations that moved after that number, with when their last message before it was; nil: there
    /// was none.
    ///
    /// None when some of them are not kept any more: then those that moved are seen at the top only.
    func since(_ number: Int64) throws -> [String: Int64?] {
        let oldest = try sql("SELECT min(number) FROM moves").first { $0.integer(0) } ?? 0
        guard oldest <= number + 1 else { return [:] }
        var places: [String: Int64?] = [:]
        try sql("SELECT conversation, was_at FROM moves WHERE number > ? ORDER BY number")
            .forEach(.integer(number)) { row in
                let (id, at) = (row.text(0), row.integer(1))
                // The first move away is the one from where it was then.
                if places[id] == nil { places.updateValue(at < 0 ? nil : at, forKey: id) }
                return .next
            }
        return places
    }
}
