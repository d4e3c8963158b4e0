internal import SQLite
internal import Wire

/// A part of a transaction that can fail without its neighbours.
final class Savepoint {
    private let database: Database
    private let begin, release, undo: Statement

    init(in database: Database) throws {
        self.database = database
        begin = try database.prepare("SAVEPOINT part")
        release = try database.prepare("RELEASE part")
        undo = try database.prepare("ROLLBACK TO part")
    }

    /// Runs `body`; what it wrote is undone when it fails, and the transaction is still good.
    ///
    /// - Throws: `DatabaseError` when the whole transaction is lost.
    /// - Returns: what `body` answered, or the problem of this part alone.
    func alone<Value>(_ body: () throws -> Value) throws -> Result<Value, Problem> {
        try begin.run()
        do {
            let value = try body()
            try release.run()
            return .success(value)
        } catch let error as DatabaseError where error.remedy != .refuseRow {
            throw error
        } catch {
            guard database.isInTransaction else { throw error }
            try undo.run()
            try release.run()
            return .failure(error as? Problem ?? .internalError(in: .provider))
        }
    }
}
