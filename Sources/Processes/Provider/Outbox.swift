internal import CloudAPI
internal import Journal
internal import Reactor
internal import SQLite
internal import Wire

/// The outbox as the loop sees it: a send returns once the commit that holds it was synced.
///
/// Group commit without a timer: whatever arrives while a commit is syncing goes into the next one. A
/// caller whose task is cancelled still waits for its commit, since the message is taken in anyway.
actor Outbox {
    private struct Change {
        let part: OutboxStore.Part
        let continuation: CheckedContinuation<any Sendable, any Error>
    }

    private struct Waiter {
        let submission: Submission
        let continuation: CheckedContinuation<Taken, any Error>
    }

    /// Messages of one transaction: beyond this a commit takes longer without getting cheaper per row.
    private static let maximumRows = 128
    /// Bytes of bodies that may wait: 16 of the largest.
    ///
    /// More means that the disk does not keep up.
    static let maximumWaitingBytes = 16 << 20
    /// Statuses told in one transaction: about as long as one intake, so that sends don't wait for more.
    private static let statusesAtOnce = 256

    private let loop: EventLoop
    private let store: OutboxStore
    private let upkeep: Bell
    private var waiting: [Waiter] = []
    private var waitingBytes = 0
    private var changes: [Change] = []
    private var drainer: Task<Void, Never>?
    private var isClosing = false

    /// Rings on the loop for every commit that wrote to the journal.
    nonisolated let entries: EntryBell
    private var state: StoreState
    /// Whether sends are taken in, and if not, why.
    var condition: StoreCondition { state.condition }
    /// When the next status in stub is due, wall clock in ms; as of the last commit.
    private(set) var nextDue: Int64?
    /// Called on the loop when `nextDue` may have come nearer.
    private var onDue: @Sendable (Int64) -> Void = { _ in }
    /// Called on the loop with what is new in the queue.
    private var onQueued: @Sendable ([Ticket]) -> Void = { _ in }
    /// Transactions so far, for metrics.
    private(set) var commits = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Calls `report` on the loop whenever `condition` becomes another, and again while it stays full.
    init(
        on loop: EventLoop, over store: OutboxStore,
        report: @escaping @Sendable (StoreCondition) -> Void = { _ in }
    ) {
        self.loop = loop
        self.store = store
        upkeep = Bell(on: loop)
        state = StoreState(report: report)
        entries = EntryBell(on: loop)
    }

    /// Opens the store and waits for its start checkpoint; sends are refused until then.
    ///
    /// - Throws: `DatabaseError`: stay down; a damaged file shows in `condition` too.
    func open() async throws {
        do {
            let found = try await store.open()
            entries.ring(
                JournalHead(origin: found.journal.origin, seq: found.journal.newest?.seq ?? 0))
            nextDue = found.nextDue
            state.become(.ready)
        } catch {
            _ = noteDamage(error)
            throw error
        }
    }

    /// Reads the whole file, if a process has left it open, while sends go on; answers whether it was read.
    ///
    /// What is damaged shows in `condition`.
    /// - Throws: what else kept it from being read.
    func examine() async throws -> Bool {
        guard await store.wasLeftOpen else { return false }
        do { try await DatabaseCheck.run(store.path) } catch {
            guard noteDamage(error) else { throw error }
        }
        return true
    }

    /// Takes nothing more in if that error, of whoever read the file, says that it is damaged; answers whether it does.
    func noteDamage(_ error: any Error) -> Bool { state.noteDamage(error) }

    /// The newest entry that was answered for; every answer carries it.
    ///
    /// - Throws: `Problem` before `open`.
    func head() throws(Problem) -> JournalHead {
        guard let head = entries.head else { throw .unavailable(.provider) }
        return head
    }

    // MARK: Group commit

    /// Takes a message in, and answers once that is synced.
    ///
    /// - Throws: `Problem`: refused, or not known (`storeFailed`), and then repeatable.
    func take(_ submission: Submission) async throws -> Taken {
        try checkTaking()
        guard waitingBytes + submission.size <= Self.maximumWaitingBytes else {
            throw Problem.overloaded
        }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiter(submission: submission, continuation: continuation))
            waitingBytes += submission.size
            startDraining()
        }
    }

    /// Makes a change in the next commit, and answers once that is synced.
    ///
    /// - Throws: `Problem`: nothing was changed, or for `storeFailed`, it is not known.
    func change<Value: Sendable>(
        _ part:
            @escaping @Sendable (isolated OutboxStore, OutboxStore.Tables, _ now: Int64) throws
            -> Value
    ) async throws -> Value {
        switch condition {
        case .ready, .full: break
        case .closed: throw Problem.unavailable(.provider)
        case .displaced, .broken: throw Problem.storeFailed
        case .damaged: throw Problem.storeDamaged
        }
        let value = try await withCheckedThrowingContinuation { continuation in
            changes.append(Change(part: part, continuation: continuation))
            startDraining()
        }
        guard let value = value as? Value else { throw Problem.internalError(in: .provider) }
        return value
    }

    private func startDraining() {
        if drainer == nil { drainer = Task(executorPreference: loop) { await self.drain() } }
    }

    /// Says whom to tell what is new in the queue.
    func notifyOfQueued(_ onQueued: @escaping @Sendable ([Ticket]) -> Void) {
        self.onQueued = onQueued
    }

    private func checkTaking() throws(Problem) {
        switch condition {
        case .ready, .full: if isClosing { throw .unavailable(.provider) }
        case .closed: throw .unavailable(.provider)
        case .displaced, .broken: throw .storeFailed
        case .damaged: throw .storeDamaged
        }
    }

    private func drain() async {
        while !waiting.isEmpty || !changes.isEmpty {
            let batch = takeBatch()
            let parts = Array(changes.prefix(Self.maximumRows))
            changes.removeFirst(parts.count)
            commits += 1
            do {
                let commit = try await store.take(
                    batch.map(\.submission), and: parts.map(\.part), now: Clocks.wall)
                committed(commit)
                if !commit.queued.isEmpty { onQueued(commit.queued) }
                for (waiter, outcome) in zip(batch, commit.outcomes) {
                    waiter.continuation.resume(with: outcome.mapError { $0 })
                }
                for (change, outcome) in zip(parts, commit.parts) {
                    change.continuation.resume(with: outcome.mapError { $0 })
                }
            } catch {
                let problem = await failed(error)
                for waiter in batch { waiter.continuation.resume(throwing: problem) }
                for change in parts { change.continuation.resume(throwing: problem) }
            }
        }
        // Nothing was awaited since the look at `waiting`: a send after this starts another drainer.
        drainer = nil
    }

    private func takeBatch() -> [Waiter] {
        let batch = Array(waiting.prefix(Self.maximumRows))
        waiting.removeFirst(batch.count)
        waitingBytes -= batch.reduce(0) { $0 + $1.submission.size }
        return batch
    }

    private func committed(_ commit: OutboxStore.Commit) {
        state.noteCommit()
        if let newest = commit.newest { entries.ring(newest: newest) }
        nextDue = commit.nextDue
        if let nextDue { onDue(nextDue) }
    }

    /// Notes what a failure means for the whole, and answers what it means for a caller.
    private func failed(_ error: any Error) async -> Problem {
        switch state.note(error) {
        case .damaged: return .storeDamaged
        case .full: return .storeFull
        case .broken: return .storeFailed
        case .displaced:
            // The commit stands in the open file: it is shipped before the process ends.
            if let newest = try? await store.extent().newest { entries.ring(newest: newest.seq) }
            return .storeFailed
        case .closed, .ready, nil: return .internalError(in: .provider)
        }
    }

    // MARK: Stub

    /// Says whom to tell when statuses are due; what is due already is told of at once.
    func notify(_ onDue: @escaping @Sendable (Int64) -> Void) {
        self.onDue = onDue
        if let nextDue { onDue(nextDue) }
    }

    /// Tells the statuses that are due; false when that failed and should be tried later.
    func tellStatuses() async -> Bool {
        guard (try? checkTaking()) != nil else { return false }
        do {
            let commit = try await store.tellStatuses(
                now: Clocks.wall, limit: Self.statusesAtOnce)
            committed(commit)
            if !commit.queued.isEmpty { onQueued(commit.queued) }
            return true
        } catch {
            _ = await failed(error)
            return false
        }
    }

    // MARK: Reading

    /// The message that a request already stands for, whatever today's rules say of its body.
    ///
    /// - Throws: `Problem` when its key belongs to another request, or the store can't be read.
    func known(_ id: String, _ idempotency: Idempotency?) async throws -> Taken? {
        do { return try await store.known(id, idempotency) } catch let problem as Problem {
            throw problem
        } catch { throw await failed(error) }
    }

    /// One message with its tries; nil when it is not here.
    ///
    /// - Throws: `Problem` when the store can't be read.
    func find(_ name: MessageName) async throws -> (KeptMessage, [FindOutboxMessage.Attempt])? {
        do { return try await store.find(name) } catch { throw await failed(error) }
    }

    /// The numbers that somebody wrote to, the latest first.
    ///
    /// - Throws: `Problem` when the store can't be read.
    func numbers(writtenBy recipient: Recipient) async throws -> [String] {
        do { return try await store.numbers(writtenBy: recipient) } catch {
            throw await failed(error)
        }
    }

    /// Messages of each state.
    func figures() async -> [MessageStatus: Int64] { await store.figures }

    // MARK: Audit and backup

    /// The journal as an audit sees it.
    ///
    /// - Throws: `Problem` when the store can't be read.
    func ledger() async throws -> JournalLedger {
        do { return try await store.ledger() } catch { throw await failed(error) }
    }

    /// Bytes that a copy takes.
    func size() async throws -> Int64 {
        do { return try await store.size() } catch { throw await failed(error) }
    }

    /// Copies all to `path` while sends go on.
    func copy(to path: String) async throws { try await store.copy(to: path) }

    // MARK: Upkeep

    /// Between two looks at the path: an answered send is at risk for no longer than this.
    private static let checkInterval = Duration.seconds(5)
    /// Looks at the path between two prunings.
    private static let checksPerPruning = 12

    /// Watches the path and prunes what is old, until its task is cancelled; the owner starts it once.
    func keepUp() async {
        var checks = 0
        while !Task.isCancelled {
            if await store.isDisplaced, condition != .closed { state.become(.displaced) }
            await sweep()
            if checks % Self.checksPerPruning == 0 { await prune() }
            checks += 1
            _ = await upkeep.wait(atMost: Self.checkInterval)
        }
    }

    /// Has what was erased taken out of pages and log now, instead of at the next look.
    func hurry() { upkeep.ring() }

    /// Whether something is left of people who were erased: in the file, its log, or as a file of theirs.
    func leavesTraces() async -> Bool { await store.leavesTraces }

    /// Takes what was erased out of pages and log, in small steps, each followed by as long a rest.
    ///
    /// What takes longer than the next look at the path may wait goes on after that, and so does what another
    /// process keeps from being done, since it reads the file.
    private func sweep() async {
        let pause = Bell(on: loop)
        let end = ContinuousClock.now + Self.checkInterval
        do {
            var begin = ContinuousClock.now
            while try await store.clean(), begin < end, !Task.isCancelled {
                _ = await pause.wait(atMost: begin.duration(to: .now))
                begin = .now
            }
            try await store.sweep()
        } catch { state.noteEnd(error) }
    }

    private func prune() async {
        if case .damaged = condition { return }
        do {
            let now = await store.pruningTime
            while try await store.prune(now: now) > 0, !Task.isCancelled {}
        } catch { state.noteEnd(error) }
    }

    /// Takes nothing more in, and returns once all that was taken is answered.
    func close() async {
        isClosing = true
        await drainer?.value
        await store.close()
        state.become(.closed)
    }
}
