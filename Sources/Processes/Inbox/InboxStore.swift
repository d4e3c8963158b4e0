internal import FoundationEssentials
internal import Reactor
internal import SQLite
internal import Wire

/// Owns inbox.db: one connection, on a thread of its own, where entries are applied and pages are read.
///
/// A call costs a hop to that thread and back, so each is a whole batch or page. When one throws a
/// `DatabaseError` whose remedy is `exit`, what was committed last is unknown: the process must end.
actor InboxStore {
    /// What became of a batch.
    struct Applied: Sendable {
        let answer: AppendEntries.Answer
        /// When the last applied entry of that journal was written; nil when there is none.
        let lastAt: Int64?
        /// The newest event's number.
        let newestEvent: Int64
    }

    /// How things stand when the file is opened.
    struct Opening: Sendable {
        let positions: [String: (position: JournalPosition, at: Int64)]
        let epoch: String
        let newestEvent: Int64
    }

    private enum State {
        case closed
        case open(Opened)
    }

    struct Opened {
        let database: Database
        let sql: StatementCache
        let ledger: Ledger
        let fold: Fold
        let reader: Reader
    }

    /// Pages (4 KiB) kept in memory, at most 64 MiB.
    ///
    /// A batch touches some thousand, which lie all over the indexes: with SQLite's 2 MiB they are read again for
    /// each message, and written before the batch ends.
    private static let pagesInMemory = 16_384
    /// Pages at which the log is emptied while much is to be applied, 64 MiB: a page that several batches change
    /// is written to the file once.
    private static let pagesInLongLog: Int32 = 16_384
    /// The same while little comes at a time, 8 MiB: some milliseconds, in which nobody is answered, and so does a
    /// start take after a kill.
    private static let pagesInShortLog: Int32 = 2_048
    /// Entries of one batch that say that more wait.
    private static let manyEntries = 64
    /// Smaller batches in a row that say that no journal is behind.
    private static let batchesKeepingUp = 16

    nonisolated let path: String
    private let mode: Mode
    private let executor: ThreadExecutor
    private var state = State.closed
    var positions: [String: (position: JournalPosition, at: Int64)] = [:]
    private var smallBatches = 0
    /// What each journal has of `cautiousBytes` at first: none after a process that ended in order.
    private(set) var cautionAtStart = cautiousBytes
    /// What is left of it, by origin.
    var caution: [String: Int] = [:]
    /// The entry, by origin, that was tried by this process and found no room.
    var refused: [String: Int64] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Touches nothing until `open`.
    init(path: String, mode: Mode, on executor: ThreadExecutor) {
        self.path = path
        self.mode = mode
        self.executor = executor
    }

    /// Opens the file, makes durable what a killed process left, and is ready.
    ///
    /// The owner holds the lock of the file's folder.
    /// - Throws: `DatabaseError`: stay down, and leave the file as it is.
    func open() throws -> Opening {
        let database = try Database(path: path)
        try database.keepInMemory(pages: Self.pagesInMemory)
        try database.checkpoint()
        try database.migrate(Schema.migrations)
        let sql = StatementCache(database)
        try begin(anewIfRestored: database)
        let ledger = Ledger(sql)
        let fold = try Fold(sql, ledger, mode: mode)
        try SearchFill(fold).run()
        state = .open(
            Opened(
                database: database, sql: sql, ledger: ledger, fold: fold, reader: Reader(fold)))
        positions = try ledger.positions()
        cautionAtStart = try ledger.takeEnd() ? 0 : Self.cautiousBytes
        return Opening(
            positions: positions, epoch: fold.feed.epoch, newestEvent: try fold.feed.newest() ?? 0)
    }

    /// Gives the events of a file that came from a backup another epoch.
    ///
    /// They go on differently from there than they did before, and whoever follows them must begin anew. The
    /// mark is removed after the commit: a kill between the two costs one more beginning.
    private func begin(anewIfRestored database: Database) throws {
        let mark =
            path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/restored"
        guard FileManager.default.fileExists(atPath: mark) else { return }
        try database.execute("UPDATE epoch SET value = lower(hex(randomblob(8)))")
        try FileManager.default.removeItem(atPath: mark)
    }

    /// Whether the process before this one ended without closing the file.
    var wasLeftOpen: Bool {
        if case .open(let opened) = state { opened.database.wasLeftOpen } else { false }
    }

    /// Lets the log grow as long as suits a batch of so many entries, which is about to be applied.
    func fitLog(toEntries count: Int, of database: Database) {
        smallBatches = count < Self.manyEntries ? min(smallBatches + 1, Self.batchesKeepingUp) : 0
        let keepsUp = smallBatches == Self.batchesKeepingUp
        database.emptyLog(atPages: keepsUp ? Self.pagesInShortLog : Self.pagesInLongLog)
    }

    /// Lets go of the file, between two batches.
    func close() {
        // Where there is no room for this, the next start is only slower.
        if case .open(let opened) = state { try? opened.ledger.noteEnd(at: Clocks.wall) }
        state = .closed
    }

    /// Runs `body` with what is open; for tests that look at tables.
    func inspect<Result: Sendable>(
        _ body: @Sendable (StatementCache) throws -> Result
    ) throws -> Result { try body(opened().sql) }

    func opened() throws -> Opened {
        guard case .open(let opened) = state else { throw Problem.unavailable(.inbox) }
        return opened
    }

    // MARK: Reading

    func conversations(
        _ asked: ListConversations, now: Int64
    ) throws -> ListConversations.Answer { try opened().reader.conversations(asked, now: now) }

    func messages(_ asked: ListMessages) throws -> ListMessages.Answer {
        try opened().reader.messages(asked)
    }

    func search(_ asked: SearchMessages) throws -> SearchMessages.Answer {
        try opened().reader.search(asked)
    }

    func message(_ asked: FindMessage) throws -> FindMessage.Answer {
        try opened().reader.message(asked)
    }

    /// The events after `number`; nil when some of them are not kept any more, or never were.
    func events(
        after number: Int64, of kinds: KindFilter, limit: Int, scanned: Int
    ) throws -> (events: [Event], last: Int64, more: Bool)? {
        let fold = try opened().fold
        let range = try fold.feed.range()
        guard number <= range?.upperBound ?? 0, number >= (range?.lowerBound ?? 1) - 1 else {
            return nil
        }
        return try fold.feed.events(
            after: number, of: kinds, limit: limit, scanned: scanned, fold.coder)
    }

    /// The number after which everything that is kept follows.
    func oldestEvent() throws -> Int64 { (try opened().fold.feed.range()?.lowerBound ?? 1) - 1 }

    // MARK: Health

    func figures() throws -> [String: Int64] {
        let store = try opened()
        func count(_ text: StaticString) throws -> Int64 {
            try store.sql(text).first { $0.integer(0) } ?? 0
        }
        return [
            "messages": try count("SELECT messages FROM counts"),
            "conversations": try count("SELECT count(*) FROM conversations"),
            "unparsed": try count("SELECT count(*) FROM unparsed"),
            "holes": try count("SELECT count(*) FROM holes"),
            "erasing": try store.sql("SELECT count(*) FROM remains WHERE due <= ?")
                .first(.integer(Clocks.wall)) { $0.integer(0) } ?? 0,
            "changes": try store.fold.feed.range().map { $0.upperBound - $0.lowerBound + 1 } ?? 0,
            "database_bytes": try store.database.usedPages() * store.database.pageSize(),
        ]
    }
}
