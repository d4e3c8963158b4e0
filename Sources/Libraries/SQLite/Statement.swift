internal import CSQLite
internal import FoundationEssentials

/// One SQL statement, parsed once and run many times.
///
/// It belongs to the actor of its `Database`, which it keeps open. It can't be used inside its own rows.
package final class Statement {
    /// Whether to go on to the next row.
    package enum Iteration { case next, stop }

    private let database: Database
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer, of database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it to its end; rows are passed over.
    ///
    /// - Throws: `DatabaseError`; its `remedy` says what the owner must do.
    package func run(_ parameters: Parameter...) throws {
        try execute(parameters) { _ in .next }
    }

    /// Calls `body` with each row until it says `stop`.
    ///
    /// - Throws: `DatabaseError`, or what `body` threw.
    package func forEach(
        _ parameters: Parameter..., body: (borrowing Row) throws -> Iteration
    ) throws { try execute(parameters, body) }

    /// Answers what `read` makes of the first row; nil if there is none.
    ///
    /// - Throws: `DatabaseError`, or what `read` threw.
    package func first<Result>(
        _ parameters: Parameter..., read: (borrowing Row) throws -> Result
    ) throws -> Result? {
        var result: Result?
        try execute(parameters) { row in
            result = try read(row)
            return .stop
        }
        return result
    }

    /// Answers what `read` makes of each row, in order.
    ///
    /// - Throws: `DatabaseError`, or what `read` threw.
    package func all<Result>(
        _ parameters: Parameter..., read: (borrowing Row) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try execute(parameters) { row in
            results.append(try read(row))
            return .next
        }
        return results
    }

    /// The same as the four above, with parameters that were gathered.
    ///
    /// - Throws: `DatabaseError`, or what `body` threw.
    package func execute(
        _ parameters: [Parameter], _ body: (borrowing Row) throws -> Iteration
    ) throws {
        guard sqlite3_stmt_busy(handle) == 0 else {
            throw database.misuse("a statement is used inside its own rows")
        }
        let wanted = Int(sqlite3_bind_parameter_count(handle))
        guard parameters.count == wanted else {
            throw database.misuse("\(parameters.count) parameters for \(wanted) places")
        }
        // Blobs are bound where they lie: none may stay bound when their owner is free to move them.
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        try bind(parameters[...], at: 1) {
            while true {
                let code = sqlite3_step(handle)
                switch code {
                case SQLITE_ROW: if try body(Row(of: handle)) == .stop { return }
                case SQLITE_DONE: return
                default: throw database.error(code)
                }
            }
        }
    }

    /// Binds what is left, one inside the other, so that every blob stays where it is until `step` is through.
    private func bind(
        _ rest: ArraySlice<Parameter>, at index: Int32, then step: () throws -> Void
    ) throws {
        guard let parameter = rest.first else { return try step() }
        switch parameter {
        case .null: try database.check(sqlite3_bind_null(handle, index))
        case .integer(let value): try database.check(sqlite3_bind_int64(handle, index, value))
        case .text(let text):
            try database.check(
                text.withCString { csqlite_bind_text(handle, index, $0, UInt64(text.utf8.count)) })
        case .blob(let data) where data.isEmpty:
            // An empty Data may have no address, which would bind NULL.
            try database.check(sqlite3_bind_zeroblob(handle, index, 0))
        case .blob(let data):
            return try data.withUnsafeBytes { bytes in
                try database.check(
                    csqlite_bind_blob(handle, index, bytes.baseAddress, UInt64(bytes.count)))
                try bind(rest.dropFirst(), at: index + 1, then: step)
            }
        }
        try bind(rest.dropFirst(), at: index + 1, then: step)
    }
}
