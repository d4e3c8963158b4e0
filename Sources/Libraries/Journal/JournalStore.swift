package import FoundationEssentials
package import Reactor
package import SQLite
package import Wire

/// Owns a journal that is a file of its own: one connection, on a thread of its own.
///
/// Once a commit, a read or a sync has failed in a way that leaves the outcome unknown, it refuses
/// everything: the file is read again by the next process, after its start checkpoint.
package actor JournalStore: RedactionSource {
    /// An entry that is not in the journal yet.
    package struct Pending: Sendable {
        package let kind: JournalEntry.Kind
        package let body: Data
        /// When it arrived, in ms since 1970.
        package let at: Int64

        package init(kind: JournalEntry.Kind, body: Data, at: Int64) {
            self.kind = kind
            self.body = body
            self.at = at
        }
    }

    /// What became of one row of a batch: its place, or why it alone was refused.
    package typealias Outcome = Result<JournalPosition, DatabaseError>

    private enum State {
        case closed
        case open(JournalTable)
        case broken(DatabaseError)
    }

    package nonisolated let path: String
    private let retention: Retention
    private let executor: ThreadExecutor
    private var state = State.closed

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Touches nothing until `open`.
    package init(path: String, on executor: ThreadExecutor, retention: Retention = Retention()) {
        self.path = path
        self.executor = executor
        self.retention = retention
    }

    /// Opens the file, makes durable what a killed process left, and is ready.
    ///
    /// The owner holds the lock of the file's folder.
    /// - Throws: `DatabaseError`: stay down, and leave the file as it is.
    package func open() throws -> JournalExtent {
        switch state {
        case .closed: break
        case .open(let table): return try table.extent()
        case .broken(let error): throw error
        }
        let database = try Database(path: path)
        try database.checkpoint()
        try database.migrate(JournalTable.migrations)
        let table = try JournalTable(in: database)
        state = .open(table)
        return try table.extent()
    }

    /// Lets go of the file; what is called afterwards is refused.
    package func close() {
        if case .open(let table) = state {
            // Only spares the next process from calling shipped entries unshipped until inbox answers.
            try? table.database.transaction { try table.saveShipped() }
        }
        state = .closed
    }

    /// Commits all rows in one transaction, but for those that alone can't be kept.
    ///
    /// - Throws: `JournalError`: none was kept, or for `displaced` and final ones, it is not known.
    package func commit(_ rows: [Pending]) throws -> [Outcome] {
        let outcomes = try onTable { table in
            try table.database.transaction {
                try rows.map { row -> Outcome in
                    do {
                        return .success(try table.append(row.kind, row.body, at: row.at))
                    } catch let error as DatabaseError
                        where error.remedy == .refuseRow && table.database.isInTransaction
                    {
                        // Only the row's own statement was undone: its neighbours stand.
                        return .failure(error)
                    }
                }
            }
        }
        // After the commit, so that no answer rests on a file that was gone by then.
        if isDisplaced { throw JournalError.displaced(path: path) }
        return outcomes
    }

    /// Whether the process before this one ended without closing the file.
    package var wasLeftOpen: Bool {
        if case .open(let table) = state { table.database.wasLeftOpen } else { false }
    }

    /// Whether the path no longer names the open file; entries can still be read from it.
    package var isDisplaced: Bool {
        if case .open(let table) = state { table.database.isDisplaced } else { false }
    }

    /// Deletes some of what retention allows; call it until it answers 0.
    ///
    /// - Throws: `JournalError`.
    package func prune(now: Int64) throws -> Int64 {
        try onTable { table in
            try table.database.transaction { try table.prune(retention, now: now) }
        }
    }

    // MARK: Audit and backup

    /// The journal as an audit sees it.
    ///
    /// - Throws: `JournalError`.
    package func ledger(of process: Service) throws -> JournalLedger {
        try onTable { try $0.ledger(of: process) }
    }

    /// Adds to how often callers were answered 200.
    ///
    /// - Throws: `JournalError`.
    package func noteAnswered(_ count: Int64) throws {
        try onTable { table in try table.database.transaction { try table.noteAnswered(count) } }
    }

    /// Bytes that a copy takes.
    ///
    /// - Throws: `JournalError`.
    package func size() throws -> Int64 { try onTable { try $0.database.fileSize() } }

    /// Copies the file to `path` while appends go on.
    ///
    /// - Throws: `JournalError` when it is not open, `DatabaseCopy.Failure`.
    package func copy(to path: String) async throws {
        let database = try onTable { $0.database }
        try await database.copy(to: path)
    }

    // MARK: What the shipper asks

    package func extent() throws -> JournalExtent { try onTable { try $0.extent() } }

    package func batch(after seq: Int64, maximumBytes: Int) throws -> JournalBatch {
        try onTable { try $0.batch(after: seq, maximumBytes: maximumBytes) }
    }

    package func mark(at seq: Int64) throws -> UInt64? { try onTable { try $0.mark(at: seq) } }

    package func setShipped(_ seq: Int64) throws { try onTable { $0.markShipped(seq) } }

    package func renewOrigin() throws {
        try onTable { table in try table.database.transaction { try table.newOrigin() } }
    }

    // MARK: What the redactor asks

    package func lookedAt() throws -> Checked { try onTable { try $0.lookedAt() } }

    package func redact(_ bodies: [RedactedBody], checked: Checked) throws {
        try onTable { table in
            try table.database.transaction { try table.redact(bodies, checked: checked) }
        }
    }

    package func sweep() throws { try onTable { try $0.sweep() } }

    /// Runs `body` on the open table, and remembers a failure after which nothing may be tried again.
    private func onTable<Result>(_ body: (JournalTable) throws -> Result) throws -> Result {
        switch state {
        case .closed: throw JournalError.notOpen
        case .broken(let error): throw JournalError.store(error)
        case .open(let table):
            do { return try body(table) } catch let error as DatabaseError {
                if error.remedy == .exit { state = .broken(error) }
                throw JournalError.store(error)
            }
        }
    }
}
