/// One step from a schema to the next; runs inside the transaction that counts it.
package struct Migration: Sendable {
    let step: @Sendable (Database) throws -> Void

    package init(_ step: @escaping @Sendable (Database) throws -> Void) { self.step = step }

    /// A step that is nothing but SQL.
    package static func sql(_ text: String) -> Migration { Migration { try $0.execute(text) } }
}

extension Database {
    /// Brings the file forward to the last of `steps`; the number of steps taken is its `user_version`.
    ///
    /// Each step is one transaction with its count, so that a kill leaves a whole version. Steps are only
    /// ever added at the end: one that has been released never changes.
    /// - Throws: `DatabaseError.newerSchema` when the file knows more steps than we do; nothing was changed.
    package func migrate(_ steps: [Migration]) throws {
        let found = try pragma("user_version")
        guard found >= 0, found <= steps.count else {
            throw DatabaseError.newerSchema(file: path, found: found, known: Int64(steps.count))
        }
        for (index, migration) in steps.enumerated().dropFirst(Int(found)) {
            try transaction {
                try migration.step(self)
                try execute("PRAGMA user_version=\(index + 1)")
            }
        }
    }
}
