internal import CSQLite
package import FoundationEssentials

/// The row a statement stands on; columns count from 0.
///
/// It is lent to the closure that reads it and can't be kept. NULL reads as 0 or empty, unless asked
/// for as an optional.
package struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(of statement: OpaquePointer) { self.statement = statement }

    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// An integer that was bound by `Parameter.bits`.
    package func bits(_ column: Int32) -> UInt64 { UInt64(bitPattern: integer(column)) }

    package func text(_ column: Int32) -> String {
        // The text first: it may convert the value, and the length is that of the last conversion.
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int32) -> Data { withBytes(column) { Data($0) } }

    /// Lends the bytes of a blob or text without copying them.
    package func withBytes<Result>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = sqlite3_column_blob(statement, column)
        let count = Int(sqlite3_column_bytes(statement, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    package func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    package func optionalBlob(_ column: Int32) -> Data? { isNull(column) ? nil : blob(column) }
}
