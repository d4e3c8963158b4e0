internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Journal
internal import Reactor
internal import SQLite
internal import Wire

/// Owns outbox.db: messages, keys and the journal, one connection, on a thread of its own.
///
/// Once a commit, a read or a sync has failed in a way that leaves the outcome unknown, it refuses
/// everything: the file is read again by the next process, after its start checkpoint.
actor OutboxStore {
    /// The tables, open.
    struct Tables {
        let database: Database
        let messages: MessageTable
        let keys: IdempotencyTable
        let stubLife: StubLifeTable
        let journal: JournalTable
        let feed: FeedTable
        let deadLetters: DeadLetterTable
        let media: MediaTable
        let people: PeopleTable
        let readMarks: ReadMarkTable
        let restored: RestoredTable
        let templates: TemplateTable
        let erasures: ErasureTable
        let savepoint: Savepoint
    }

    private enum State {
        case closed
        case open(Tables)
        case broken(DatabaseError)
    }

    /// What a commit brought about.
    struct Commit: Sendable {
        /// One for each submission, in their order.
        var outcomes: [Result<Taken, Problem>] = []
        /// The last journal entry that was written; nil when none was.
        var newest: Int64?
        /// When the next status of a message in stub is due, wall clock in ms.
        var nextDue: Int64?
        /// What is new in the queue, in the order of intake.
        var queued: [Ticket] = []
        /// One for each part, in their order.
        var parts: [Result<any Sendable, Problem>] = []
    }

    nonisolated let path: String
    nonisolated let mode: Mode
    let businessAccountID: String
    private let retention: Retention
    private let readClocks: @Sendable () -> SteadyClock.Reading
    private let executor: ThreadExecutor
    private var state = State.closed
    /// Messages of each state, kept along so that health costs no scan.
    var counts: [MessageStatus: Int64] = [:]
    let encoder = JSONEncoder.gateway()
    /// The last journal entry of the transaction at hand.
    var written: Int64?
    /// The first page of the file that may have copies of rows of the erased, if anybody was.
    var uncleaned: Int64 = 1

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Touches nothing until `open`.
    init(
        path: String, mode: Mode, businessAccountID: String = StubAccount.businessAccountID,
        retention: Retention = Retention(), on executor: ThreadExecutor,
        at readClocks: @escaping @Sendable () -> SteadyClock.Reading = { .now }
    ) {
        self.path = path
        self.mode = mode
        self.businessAccountID = businessAccountID
        self.retention = retention
        self.readClocks = readClocks
        self.executor = executor
    }

    /// Opens the file, makes durable what a killed process left, and answers where things stand.
    ///
    /// - Throws: `DatabaseError`: stay down, and leave the file as it is.
    func open() throws -> (journal: JournalExtent, nextDue: Int64?) {
        if case .broken(let error) = state { throw error }
        let database = try Database(path: path)
        try database.checkpoint()
        try database.migrate(OutboxSchema.migrations)
        let people = try PeopleTable(in: database)
        let tables = Tables(
            database: database,
            messages: try MessageTable(
                in: database, of: mode, among: people,
                by: try SteadyClock(in: database, readClocks())),
            keys: try IdempotencyTable(in: database), stubLife: try StubLifeTable(in: database),
            journal: try JournalTable(in: database), feed: try FeedTable(in: database),
            deadLetters: try DeadLetterTable(in: database, of: mode),
            media: try MediaTable(in: database),
            people: people, readMarks: try ReadMarkTable(in: database),
            restored: try RestoredTable(in: database),
            templates: try TemplateTable(in: database),
            erasures: try ErasureTable(in: database),
            savepoint: try Savepoint(in: database))
        try noteRestore(in: tables, at: Clocks.wall)
        counts = try tables.messages.counts()
        let due = mode == .stub ? try tables.stubLife.nextDue() : nil
        let extent = try tables.journal.extent()
        state = .open(tables)
        return (extent, due)
    }

    /// Lets go of the file; what is called afterwards is refused.
    func close() {
        if case .open(let tables) = state {
            // Only spares the next process from calling shipped entries unshipped until inbox answers.
            try? tables.database.transaction { try tables.journal.saveShipped() }
        }
        state = .closed
    }

    // MARK: Reading

    /// One message with its tries; nil when it is not here (any more).
    ///
    /// - Throws: `JournalError`.
    func find(_ name: MessageName) throws -> (KeptMessage, [FindOutboxMessage.Attempt])? {
        try onTables { tables in
            let found =
                switch name {
                case .id(let id) where id.hasPrefix("msg_"): try tables.messages.find(id: id)
                case .id(let wamid): try tables.messages.find(wamid: wamid)
                case .reference(let reference): try tables.messages.find(reference: reference)
                }
            guard let found else { return nil }
            return (found.kept, try tables.messages.attempts(of: found.number))
        }
    }

    /// The numbers that somebody wrote to, the latest first.
    ///
    /// - Throws: `JournalError`.
    func numbers(writtenBy recipient: Recipient) throws -> [String] {
        try onTables { try $0.people.numbers(of: $0.people.person(of: recipient)) }
    }

    /// Messages of each state.
    var figures: [MessageStatus: Int64] { counts }

    // MARK: Upkeep

    /// Whether the process before this one ended without closing the file.
    var wasLeftOpen: Bool {
        if case .open(let tables) = state { tables.database.wasLeftOpen } else { false }
    }

    /// Whether the path no longer names the open file; entries can still be read from it.
    var isDisplaced: Bool {
        if case .open(let tables) = state { tables.database.isDisplaced } else { false }
    }

    /// Keys live as long as their message, and at least this long: three days, in ms.
    static let shortestMemory: Int64 = 72 * 3_600 * 1_000

    /// What ages are counted to, in ms: a clock that was put forward must not cost a key that was just used.
    ///
    /// Rows have the wall clock's times, which people see.
    var pruningTime: Int64 {
        guard case .open(let tables) = state else { return Clocks.wall }
        return min(Clocks.wall, tables.messages.steadyTime)
    }

    /// Deletes some of what is old, and answers how much; call it until that is 0.
    ///
    /// - Throws: `JournalError`.
    func prune(now: Int64) throws -> Int64 {
        try onTables { tables in
            try tables.database.transaction {
                let entries = try tables.journal.prune(retention, now: now)
                let age = max(retention.age, Self.shortestMemory)
                let messages = try tables.messages.prune(settledBefore: now - age)
                let marks = try tables.readMarks.prune(now: now)
                if messages > 0 { counts = try tables.messages.counts() }
                return entries + messages + marks
            }
        }
    }

    /// Runs `body` on the open tables, and remembers a failure after which nothing may be tried again.
    func onTables<Result>(_ body: (Tables) throws -> Result) throws -> Result {
        switch state {
        case .closed: throw JournalError.notOpen
        case .broken(let error): throw JournalError.store(error)
        case .open(let tables):
            let before = counts
            do { return try body(tables) } catch let error as DatabaseError {
                counts = before
                if error.remedy == .exit { state = .broken(error) }
                throw JournalError.store(error)
            }
        }
    }
}
