internal import CSQLite
internal import Glibc

/// One connection to one SQLite file, with the settings our promises rest on.
///
/// It is not `Sendable`: its owner is one actor, on a `ThreadExecutor`, and nobody else calls it. The
/// writer of a file is alone and alone checkpoints it (SQLite 3.40.1 can damage a file that two
/// connections checkpoint).
package final class Database {
    /// What a connection is for.
    package enum Role { case writer, reader }

    /// The path that was opened.
    package let path: String
    let handle: OpaquePointer
    private let identity: FileIdentity?
    /// Whether whoever had the file open before did not close it: its log lay beside it.
    package let wasLeftOpen: Bool

    /// Opens the file, which a writer makes if it is not there (mode 0600), and proves every setting.
    ///
    /// - Throws: `DatabaseError`: stay down, and leave the file as it is.
    package init(path: String, as role: Role = .writer) throws {
        _ = Self.countsNoMemory
        wasLeftOpen = access("\(path)-wal", F_OK) == 0
        if role == .writer { Self.create(path) }
        var opened: OpaquePointer?
        let create = role == .writer ? SQLITE_OPEN_CREATE : 0
        let code = sqlite3_open_v2(
            path, &opened,
            SQLITE_OPEN_READWRITE | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened else {
            throw DatabaseError(
                code: SQLITE_NOMEM, systemError: 0, message: "out of memory", file: path)
        }
        self.path = path
        handle = opened
        identity = FileIdentity(of: path)
        try check(code)
        try apply(role == .writer ? Setting.writer : Setting.reader)
    }

    // Statements keep their database, so that none is left here.
    deinit { sqlite3_close_v2(handle) }

    /// Nobody asks SQLite how much memory it has, and counting took some 4 % of the time of applying entries.
    private static let countsNoMemory = csqlite_count_no_memory()

    /// Makes the file readable for its owner alone; SQLite gives its companions the same mode.
    private static func create(_ path: String) {
        // Exclusively: closing a file that is open elsewhere in this process would drop its locks.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    // MARK: Statements

    /// Parses one statement, to be kept and run many times.
    ///
    /// - Throws: `DatabaseError.misuse` for SQL that SQLite does not take.
    package func prepare(_ sql: String) throws -> Statement {
        var statement: OpaquePointer?
        let isWhole = try sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            try check(
                sqlite3_prepare_v3(
                    handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail))
            return tail?.pointee == 0
        }
        guard let statement else { throw misuse("an empty statement") }
        guard isWhole else {
            sqlite3_finalize(statement)
            throw misuse("more than one statement")
        }
        return Statement(statement, of: self)
    }

    /// Runs SQL without parameters, several statements if need be, and passes over rows.
    ///
    /// - Throws: `DatabaseError`.
    package func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    package var changes: Int64 { sqlite3_changes64(handle) }

    /// Rows that were changed since the file was opened, also in the tables behind an index of words.
    package var totalChanges: Int64 { sqlite3_total_changes64(handle) }

    /// The rowid of the last successful INSERT.
    package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

    // MARK: Transactions

    /// Whether a transaction is open.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs `body` in one transaction: when this returns, all of it is synced; when it throws, the
    /// outcome is "nothing", or *unknown* if the remedy is `exit`.
    ///
    /// - Throws: `DatabaseError`, or what `body` threw, after the roll-back.
    package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isInTransaction else { throw misuse("a transaction inside a transaction") }
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // SQLite itself rolls back after some failures.
            if isInTransaction { try execute("ROLLBACK") }
            throw error
        }
    }

    // MARK: The file

    /// Moves every page of the write-ahead log into the file, syncs both and empties the log.
    ///
    /// At start this makes durable what a killed process had committed but the kernel not yet written.
    /// - Throws: `DatabaseError`; `busy` when another connection reads.
    package func checkpoint() throws {
        let busy = try prepare("PRAGMA wal_checkpoint(TRUNCATE)").first { $0.integer(0) } ?? 1
        guard busy == 0 else { throw error(SQLITE_BUSY) }
    }

    /// Reads the whole file and answers SQLite's complaints, at most ten; none when it is sound.
    ///
    /// - Throws: `DatabaseError` when it can't even be read.
    package func quickCheck() throws -> [String] {
        try prepare("PRAGMA quick_check(10)").all { $0.text(0) }.filter { $0 != "ok" }
    }

    /// Pages of the file that hold something; a page is `pageSize` bytes.
    package func usedPages() throws -> Int64 { try pragma("page_count") - pragma("freelist_count") }

    package func pageSize() throws -> Int64 { try pragma("page_size") }

    /// Bytes of the file with what is still in its log: what a copy takes.
    package func fileSize() throws -> Int64 { try pragma("page_count") * pageSize() }

    /// Whether the path no longer names the file that is open: what is written now dies with this process.
    package var isDisplaced: Bool { FileIdentity(of: path) != identity }

    /// Answers an integer PRAGMA.
    func pragma(_ name: String) throws -> Int64 {
        try prepare("PRAGMA \(name)").first { $0.integer(0) } ?? 0
    }

    // MARK: Failures

    func check(_ code: Int32) throws { if code != SQLITE_OK { throw error(code) } }

    func error(_ code: Int32) -> DatabaseError {
        let same = sqlite3_extended_errcode(handle) == code
        let message = String(cString: same ? sqlite3_errmsg(handle) : sqlite3_errstr(code))
        return DatabaseError(
            code: code, systemError: code & 0xff == SQLITE_IOERR ? csqlite_last_errno(handle) : 0,
            message: message, file: path)
    }

    func misuse(_ message: String) -> DatabaseError {
        .misuse(.init(file: path, code: SQLITE_MISUSE, message: message))
    }
}
