internal import CSQLite
internal import Reactor

/// Reads a whole file while its owner goes on, over a connection that only reads and a thread that ends with it.
///
/// SQLite sees a page that is no page, and a tree that is no tree; a changed byte of a value it does not
/// see, since its pages have no sums.
package actor DatabaseCheck {
    private let executor: ThreadExecutor

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private init() throws(SystemError) { executor = try ThreadExecutor() }

    /// Reads the file at `path`, which a writer of this process has open.
    ///
    /// - Throws: `DatabaseError.damaged` with the first complaint; whatever else keeps it from being read.
    package static func run(_ path: String) async throws {
        let check = try DatabaseCheck()
        defer { check.executor.stop() }
        try await check.read(path)
    }

    private func read(_ path: String) throws {
        let complaints = try Database(path: path, as: .reader).quickCheck()
        guard let first = complaints.first else { return }
        throw DatabaseError.damaged(.init(file: path, code: SQLITE_CORRUPT, message: first))
    }
}
