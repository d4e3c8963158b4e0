internal import CSQLite
internal import Glibc

/// A copy of a database, made in steps while its owner goes on reading and writing between them.
///
/// What the same connection writes meanwhile goes into the copy too, so that it is of the moment of the
/// last step. (SQLite, "Using the SQLite Online Backup API") Like the database it belongs to one actor.
package final class DatabaseCopy {
    /// The copy could not be made; the database itself is as good as before.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let path: String
        package let message: String
        package var description: String { "\(path): \(message)" }
    }

    /// Pages of one step, 4 MiB: some milliseconds that the owner's other callers wait.
    private static let pagesAtOnce: Int32 = 1_024

    private let source: Database
    private let path: String
    private let target: OpaquePointer
    private var backup: OpaquePointer?

    /// Begins a copy at `path`, in place of what is there; a file of mode 0600.
    ///
    /// - Throws: `Failure`.
    package init(of source: Database, to path: String) throws(Failure) {
        self.source = source
        self.path = path
        Self.remove(path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(path: path, message: String(cString: strerror(errno)))
        }
        close(descriptor)
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw Failure(path: path, message: String(cString: sqlite3_errstr(code)))
        }
        target = opened
        backup = sqlite3_backup_init(target, "main", source.handle, "main")
        guard backup != nil else { throw failure(sqlite3_errcode(target)) }
    }

    deinit {
        sqlite3_backup_finish(backup)
        sqlite3_close_v2(target)
    }

    /// Copies some pages; answers whether the copy is whole and synced.
    ///
    /// - Throws: `Failure`: what was copied is removed, and the copy is over.
    package func step() throws(Failure) -> Bool {
        guard let backup else { return true }
        let code = sqlite3_backup_step(backup, Self.pagesAtOnce)
        switch code {
        case SQLITE_OK: return false
        case SQLITE_DONE:
            self.backup = nil
            let end = sqlite3_backup_finish(backup)
            guard end == SQLITE_OK else { throw failure(end) }
            return true
        default: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> Failure {
        sqlite3_backup_finish(backup)
        backup = nil
        Self.remove(path)
        return Failure(path: path, message: String(cString: sqlite3_errstr(code)))
    }

    /// Removes a copy, whole or not.
    package static func remove(_ path: String) {
        for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
    }
}

extension Database {
    /// Copies all to `path`, in place of what is there, and lets the owner's other work in between steps.
    ///
    /// - Throws: `DatabaseCopy.Failure`: nothing is left at `path`.
    package func copy(to path: String) async throws(DatabaseCopy.Failure) {
        let copy = try DatabaseCopy(of: self, to: path)
        while try !copy.step() { await Task.yield() }
    }
}
