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

    private struct Opened {
        let database: Database
        let sql: StatementCache
        let ledger: Ledger
        let fold: Fold
        let reader: Reader
    }

    /// An entry that was begun that often and never ended is set aside unread.
    static let trials: Int64 = 3
    /// Bodies up to that many bytes past the position are applied one by one after a start: no batch that
    /// ended the process before was longer (`Shipper.maximumBytes`).
    static let cautiousBytes = 1 << 20

    private let path: String
    private let mode: Mode
    private let executor: ThreadExecutor
    private var state = State.closed
    private var positions: [String: (position: JournalPosition, at: Int64)] = [:]
    /// What is left of `cautiousBytes`, by origin.
    private var caution: [String: Int] = [:]

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
        try database.checkpoint()
        try database.migrate(Schema.migrations)
        let sql = StatementCache(database)
        let ledger = Ledger(sql)
        let fold = try Fold(sql, ledger, mode: mode)
        state = .open(
            Opened(
                database: database, sql: sql, ledger: ledger, fold: fold, reader: Reader(fold)))
        positions = try ledger.positions()
        return Opening(
            positions: positions, epoch: fold.feed.epoch, newestEvent: try fold.feed.newest() ?? 0)
    }

    /// Lets go of the file.
    func close() { state = .closed }

    /// Runs `body` with what is open; for tests that look at tables.
    func inspect<Result: Sendable>(
        _ body: @Sendable (StatementCache) throws -> Result
    ) throws -> Result { try body(opened().sql) }

    private func opened() throws -> Opened {
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

    // MARK: Applying

    /// Where that journal was applied up to; nil when it was never seen.
    func position(of origin: String) -> JournalPosition? { positions[origin]?.position }

    /// Applies a batch, with the new position, in as few transactions as it takes.
    ///
    /// - Throws: `Problem` for a batch that is none; `DatabaseError` when the store is at fault: then what
    ///   was applied is where the position stands, or unknown if the remedy is `exit`.
    func append(_ batch: AppendEntries) throws -> Applied {
        let store = try opened()
        guard positions[batch.origin]?.position == batch.after else {
            return try applied(.mismatch, batch.origin, store)
        }
        var last = batch.after?.seq ?? 0
        for entry in batch.entries {
            guard entry.position.seq > last else {
                throw Problem.invalid(
                    "entries", "The entries are not in the order of their journal.",
                    hint: "Report this.")
            }
            last = entry.position.seq
        }
        var rest = batch.entries.map {
            Arrival(origin: batch.origin, process: batch.process, entry: $0)
        }[...]
        while let next = rest.first, caution[batch.origin, default: Self.cautiousBytes] > 0 {
            try applyCautiously(next, store)
            caution[batch.origin, default: Self.cautiousBytes] -= next.entry.body.count
            rest = rest.dropFirst()
        }
        // All that was in the journal when it was last shipped from has been tried.
        if batch.completeTo != nil { caution[batch.origin] = 0 }
        try apply(rest, store)
        return try applied(.applied, batch.origin, store)
    }

    private func applied(
        _ outcome: AppendEntries.Answer.Outcome, _ origin: String, _ store: Opened
    ) throws -> Applied {
        Applied(
            answer: .init(outcome, positions[origin]?.position), lastAt: positions[origin]?.at,
            newestEvent: try store.fold.feed.newest() ?? 0)
    }

    /// All in one transaction, or else one by one.
    private func apply(_ arrivals: ArraySlice<Arrival>, _ store: Opened) throws {
        guard !arrivals.isEmpty else { return }
        do {
            try commit(arrivals, store) { try store.fold.apply($0) }
        } catch {
            guard error.isOfAnEntry else { throw error }
            for arrival in arrivals { try applyAlone(arrival, store) }
        }
    }

    private func applyAlone(_ arrival: Arrival, _ store: Opened) throws {
        do {
            try commit([arrival], store) { try store.fold.apply($0) }
        } catch {
            guard error.isOfAnEntry else { throw error }
            try setAside(arrival, because: "\(error)", store)
        }
    }

    /// One entry, after it was noted that it is tried: it may be the one that ended us.
    private func applyCautiously(_ arrival: Arrival, _ store: Opened) throws {
        let n = try store.ledger.trials(of: arrival) + 1
        guard n < Self.trials else {
            return try setAside(
                arrival, because: "inbox ended while it applied this, \(n - 1) times", store)
        }
        try store.database.transaction { try store.ledger.noteTrial(n, of: arrival) }
        try applyAlone(arrival, store)
    }

    private func setAside(_ arrival: Arrival, because error: String, _ store: Opened) throws {
        try commit([arrival], store) {
            try store.ledger.setAside($0.entry.body, of: $0, at: "", because: error)
        }
    }

    /// Does `body` for each, moves the position past them, and commits all of it.
    private func commit(
        _ arrivals: ArraySlice<Arrival>, _ store: Opened, _ body: (Arrival) throws -> Void
    ) throws {
        guard let last = arrivals.last else { return }
        store.fold.begin()
        try store.database.transaction {
            var seq = positions[last.origin]?.position.seq ?? 0
            for arrival in arrivals {
                let next = arrival.entry.position.seq
                if next > seq + 1 { try store.ledger.noteHole(seq + 1...next - 1, before: arrival) }
                try body(arrival)
                seq = next
            }
            try store.fold.finish()
            try store.ledger.advance(to: last)
            if caution[last.origin] != 0 { try store.ledger.clearTrial(of: last.origin) }
        }
        positions[last.origin] = (last.entry.position, last.entry.at)
    }

    // MARK: Health

    func figures() throws -> [String: Int64] {
        let store = try opened()
        func count(_ text: StaticString) throws -> Int64 {
            try store.sql(text).first { $0.integer(0) } ?? 0
        }
        return [
            // Rows of messages are never deleted, so the last number is their count.
            "messages": try count("SELECT max(rowid) FROM messages"),
            "conversations": try count("SELECT count(*) FROM conversations"),
            "unparsed": try count("SELECT count(*) FROM unparsed"),
            "holes": try count("SELECT count(*) FROM holes"),
            "changes": try store.fold.feed.range().map { $0.upperBound - $0.lowerBound + 1 } ?? 0,
            "database_bytes": try store.database.usedPages() * store.database.pageSize(),
        ]
    }
}

extension Error {
    /// Whether an entry is at fault, not the store: it is set aside and its neighbours are applied.
    fileprivate var isOfAnEntry: Bool {
        guard let error = self as? DatabaseError else { return true }
        switch error.remedy {
        case .refuseRow, .fix: return true
        case .exit, .refuseWrites, .retry, .stayDown: return false
        }
    }
}
