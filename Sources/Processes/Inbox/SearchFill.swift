internal import SQLite
internal import Wire

/// Brings into the index of words what was kept before there was one.
///
/// It goes on where it was interrupted, and is done before anything else is answered.
struct SearchFill {
    /// Messages of one transaction: a second's work.
    private static let batch: Int64 = 20_000

    private let fold: Fold
    private let sql: StatementCache

    init(_ fold: Fold) {
        self.fold = fold
        sql = fold.sql
    }

    func run() throws {
        while let after = try pending() {
            fold.search.begin()
            try sql.database.transaction {
                if let last = try fillMessages(after: after) {
                    try sql("UPDATE search_pending SET after = ?").run(.integer(last))
                } else {
                    try fillParties()
                    try sql("DELETE FROM search_pending").run()
                }
                try fold.search.finish()
            }
        }
    }

    /// After which message to go on; nil when all is done.
    private func pending() throws -> Int64? {
        try sql("SELECT after FROM search_pending LIMIT 1").first { $0.integer(0) }
    }

    /// The number of the last message that was brought in; nil when there is none left.
    private func fillMessages(after number: Int64) throws -> Int64? {
        let rows = try sql(
            """
            SELECT rowid, timestamp, place, text, conversation FROM messages
            WHERE rowid > ? ORDER BY rowid LIMIT ?
            """
        ).all(.integer(number), .integer(Self.batch)) { row in
            (
                number: row.integer(0), timestamp: row.integer(1), place: row.integer(2),
                entry: SearchIndex.Entry(text: row.text(3), conversation: row.text(4))
            )
        }
        for row in rows {
            let place = row.place > 0 ? row.place : try fold.search.freePlace(at: row.timestamp)
            try sql("UPDATE messages SET place = ? WHERE rowid = ?").run(
                .integer(place), .integer(row.number))
            fold.search.added(row.entry, at: place)
        }
        return rows.last?.number
    }

    private func fillParties() throws {
        let conversations = try sql("SELECT id, party FROM conversations").all {
            ($0.text(0), $0.text(1))
        }
        for (id, party) in conversations {
            try fold.search.called(id, try fold.people.profile(of: party), party: party)
        }
    }
}
