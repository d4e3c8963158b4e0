internal import FoundationEssentials
internal import SQLite

/// Which message each idempotency key stands for.
///
/// A key is written in the transaction of its message and goes with it, so that a refusal leaves none.
final class IdempotencyTable {
    private let insert, select, delete: Statement

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        insert = try database.prepare("INSERT INTO idempotency VALUES (?, ?, ?)")
        select = try database.prepare("SELECT fingerprint, message FROM idempotency WHERE key = ?")
        delete = try database.prepare("DELETE FROM idempotency WHERE message = ?")
    }

    /// What a key is bound to.
    struct Binding {
        let fingerprint: Data
        /// The message's number.
        let message: Int64
    }

    func find(_ key: String) throws -> Binding? {
        try select.first(.text(key)) { Binding(fingerprint: $0.blob(0), message: $0.integer(1)) }
    }

    func bind(_ idempotency: Idempotency, to message: Int64) throws {
        try insert.run(.text(idempotency.key), .blob(idempotency.fingerprint), .integer(message))
    }

    /// Frees the key of a message: it was refused, and may be repeated with the same key.
    func free(_ message: Int64) throws { try delete.run(.integer(message)) }
}
