internal import SQLite

/// Up to where inbox's changes have had their effect on the outbox.
final class FeedTable {
    private let insert, update, select: Statement

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        insert = try database.prepare(
            "INSERT INTO feed SELECT ? WHERE NOT EXISTS (SELECT 1 FROM feed)")
        update = try database.prepare("UPDATE feed SET position = ?")
        select = try database.prepare("SELECT position FROM feed")
    }

    /// The id of the last change; nil when none was followed yet.
    func position() throws -> String? { try select.first { $0.text(0) } }

    func setPosition(_ id: String) throws {
        try update.run(.text(id))
        try insert.run(.text(id))
    }
}
