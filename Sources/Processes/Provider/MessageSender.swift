internal import FoundationEssentials
internal import JSON
internal import Journal
internal import Reactor
internal import Wire

/// Sends what is in the outbox: claims, calls Graph, and keeps what it answered.
///
/// The only claimer. `sending` is committed before the first byte leaves, the outcome afterwards together
/// with its journal entry; an outcome that can't be written is kept here, and nothing is claimed meanwhile.
actor MessageSender {
    /// What it is told at its start.
    struct Rules: Hashable, Sendable {
        var dispatch = Dispatch.Rules()
        /// How long a message is tried, in ms; pauses do not count.
        var longestAge: Int64 = 24 * 3_600 * 1_000
        /// How many tries may fail before it is given up; throttles do not count, nil is no limit.
        var mostFailures: Int?
        var allowList = AllowList.everybody
        /// Whether an obstacle is everybody's who has it; else it is the message's alone.
        var sharesScopes = true
    }

    /// Between two tries to write.
    static let writePause = Duration.milliseconds(500)

    let loop: EventLoop
    let outbox: Outbox
    private let graph: any Graph
    let rules: Rules
    let random: @Sendable (ClosedRange<Int64>) -> Int64
    var dispatch: Dispatch
    /// Who waits for what becomes of a message, by its id.
    var slots: [String: Slot] = [:]
    /// Outcomes that only this memory knows.
    private(set) var unwritten = 0
    private var isRunning = false
    private var timer: EventLoop.Timer?
    /// Messages and changes under way.
    private var working = 0
    private let quiet: Bell

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        of outbox: Outbox, over graph: any Graph, by rules: Rules, on loop: EventLoop,
        random: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { .random(in: $0) }
    ) {
        self.outbox = outbox
        self.graph = graph
        self.rules = rules
        self.loop = loop
        self.random = random
        dispatch = Dispatch(rules.dispatch)
        quiet = Bell(on: loop)
    }

    /// Takes up what an earlier process left, and begins to send.
    ///
    /// What waits for a template that is not sent, by name and language, is held.
    /// - Throws: `Problem` when the outbox can't be written: nothing may be sent.
    func start(holding templates: [String: Problem] = [:]) async throws {
        await outbox.notifyOfQueued { [self] tickets in assumeIsolated { $0.add(tickets) } }
        let found = try await outbox.change { store, tables, now in
            try store.recover(in: tables, at: now)
        }
        let now = Clocks.boot
        for ticket in found {
            dispatch.add(ticket, now: now, delay: ticket.notBefore.map { $0 - now } ?? 0)
        }
        isRunning = true
        for (template, problem) in templates { hold(template, for: problem) }
        pump()
    }

    /// Claims nothing more, and returns once all that was under way is written.
    func stop() async {
        isRunning = false
        if let timer { loop.cancel(timer) }
        timer = nil
        while working > 0 { _ = await quiet.wait(atMost: .seconds(3_600)) }
    }

    private func add(_ tickets: [Ticket]) {
        for ticket in tickets {
            slots[ticket.id]?.ticket = ticket
            dispatch.add(ticket, now: Clocks.boot)
        }
        pump()
    }

    /// Puts into the queue what is to go (again).
    func requeue(_ tickets: [Ticket]) { add(tickets) }

    // MARK: Claiming

    /// Starts whatever may go now, and sets the timer for what may go later.
    func pump() {
        guard isRunning, unwritten == 0 else { return }
        if let timer { loop.cancel(timer) }
        timer = nil
        while true {
            switch dispatch.next(now: Clocks.boot) {
            case .send(let ticket): work { await $0.send(ticket) }
            case .hold(let ticket, let problem):
                let isAwaited = decide(ticket.id)
                if isAwaited { dispatch.forget(ticket) }
                work { await $0.settle(ticket, [.blocked(problem, isAwaited: isAwaited)]) }
            case .wait(let until):
                let delay = Duration.milliseconds(max(1, until - Clocks.boot))
                timer = loop.after(delay) { [self] in assumeIsolated { $0.pump() } }
                return
            case .idle: return
            }
        }
    }

    /// Does something that `stop` waits for.
    func work(_ body: @escaping @Sendable (isolated MessageSender) async -> Void) {
        working += 1
        Task(executorPreference: loop) { await self.perform(body) }
    }

    private func perform(_ body: @Sendable (isolated MessageSender) async -> Void) async {
        await body(self)
        working -= 1
        if working == 0 { quiet.ring() }
        pump()
    }

    // MARK: One message

    private func send(_ ticket: Ticket) async {
        if let expiry = ticket.expiresAt, expiry <= Clocks.boot {
            dispatch.remove(ticket.number, now: Clocks.boot)
            return await settle(ticket, [.gaveUp(.noLongerWanted)])
        }
        guard rules.allowList.allows(ticket.addressee ?? ticket.person) else {
            // It was taken in before the list was; a person lets it go, or discards it.
            dispatch.remove(ticket.number, now: Clocks.boot)
            let held = OutboxMessage.Event.blocked(.notOnAllowList, isAwaited: false)
            return await settle(ticket, [.released, held])
        }
        let claim: OutboxStore.Claim?
        do {
            claim = try await outbox.change { store, tables, now in
                try store.claim(ticket.number, in: tables, at: now)
            }
        } catch {
            // Not a byte has left, nor will it: it waits as it did before.
            let later = Clocks.boot + Int64(Self.writePause / .milliseconds(1))
            return dispatch.putBack(ticket.number, readyAt: later, now: Clocks.boot)
        }
        guard let claim else {
            // Proven, discarded, or settled in another way while it waited.
            return dispatch.remove(ticket.number, now: Clocks.boot)
        }
        guard let body = claim.body else {
            return await conclude(ticket, [.gaveUp(.internalError(in: .provider))], .leave)
        }
        let outcome = await graph.send(body, from: ticket.from)
        await heard(outcome, of: ticket)
    }

    private func heard(_ outcome: GraphOutcome, of ticket: Ticket) async {
        // At once, and not after the commit: others are about to go.
        switch outcome {
        case .accepted, .refused: dispatch.answered(ticket.number)
        case .unknown where rules.sharesScopes:
            dispatch.lost(ticket.number, now: Clocks.boot, random: random)
        case .unknown, .neverLeft: break
        }
        switch outcome {
        case .accepted(let wamid, _):
            await conclude(ticket, [.accepted(wamid: wamid)], .accepted)
        case .unknown(let reason):
            await conclude(ticket, [.lost], .leave, note: .lost(reason))
        case .neverLeft(let reason):
            await again(ticket, .neverLeft(reason), because: .unreachable)
        case .refused(let error): await refused(ticket, Verdict(error, for: ticket))
        }
    }

    private func refused(_ ticket: Ticket, _ verdict: Verdict) async {
        let now = Clocks.boot
        switch verdict {
        case .retry(let problem, let atLeast, let tries):
            guard !dispatch.isStruckOut(ticket.number, tries: tries) else {
                return await reject(ticket, problem)
            }
            await again(
                ticket, problem, atLeast: atLeast, because: tries == nil ? .trouble : .strike)
        case .slow(let scope, let problem, let atLeast):
            // At once, and not after the commit: others of the scope are about to go.
            let pair = SendScope.pair(ticket.from, ticket.person)
            dispatch.throttle(
                rules.sharesScopes ? scope : pair, atLeast: atLeast, now: now, random: random)
            let age = dispatch.age(of: ticket.number, now: now)
            guard age < rules.longestAge else { return await giveUp(ticket, problem) }
            await conclude(ticket, [.retryable], .putBack, note: problem, aged: age)
        case .reject(let problem): await reject(ticket, problem)
        case .block(_, let problem, _) where !rules.sharesScopes:
            await conclude(ticket, [.blocked(problem, isAwaited: decide(ticket.id))], .leave)
        case .block(let scope, let problem, let atLeast):
            dispatch.pause(scope, for: problem, atLeast: atLeast, now: now)
            let isAwaited = decide(ticket.id)
            let next: Next = isAwaited ? .leave : .held(scope)
            await conclude(ticket, [.blocked(problem, isAwaited: isAwaited)], next)
            refuseWaiting(in: scope, for: problem)
        }
    }

    private func reject(_ ticket: Ticket, _ problem: Problem) async {
        let isAwaited = decide(ticket.id)
        await conclude(ticket, [.rejected(problem, isAwaited: isAwaited)], .leave)
    }

    private func giveUp(_ ticket: Ticket, _ problem: Problem) async {
        await conclude(ticket, [.gaveUp(problem)], .leave)
    }

    /// Tries again after a while, unless it is too old or was tried too often.
    private func again(
        _ ticket: Ticket, _ problem: Problem, atLeast: Int64 = 0, because cause: Dispatch.Cause
    ) async {
        let age = dispatch.age(of: ticket.number, now: Clocks.boot)
        let failures = dispatch.failures(of: ticket.number) + 1
        guard age < rules.longestAge, failures < rules.mostFailures ?? .max else {
            return await giveUp(ticket, problem)
        }
        let delay = max(atLeast, Backoff.delay(after: failures, random))
        await conclude(
            ticket, [.retryable], .retry(delay, because: cause), note: problem, delay: delay,
            aged: age, failures: failures)
    }

    // MARK: Outcomes

    /// What becomes of the message's place in the queue once its outcome is written.
    private enum Next {
        case accepted
        case leave
        case putBack
        case retry(Int64, because: Dispatch.Cause)
        /// It waits for the cure: at its place, or with the others of its template.
        case held(SendScope)
    }

    /// Writes an outcome, however long that takes, and only then lets anything follow from it.
    private func conclude(
        _ ticket: Ticket, _ events: [OutboxMessage.Event], _ next: Next, note: Problem? = nil,
        delay: Int64? = nil, aged: Int64? = nil, failures: Int? = nil
    ) async {
        guard
            let changed = await write({ store, tables, now in
                try store.happened(
                    events, to: ticket.number, in: tables, at: now, note: note,
                    notBefore: delay.map { Clocks.boot + $0 }, aged: aged, failures: failures)
            })
        else { return }
        let now = Clocks.boot
        switch changed == nil ? .leave : next {
        case .accepted:
            let released = dispatch.accepted(ticket.number, now: now)
            if !released.isEmpty { work { await $0.release(released) } }
        case .leave: dispatch.remove(ticket.number, now: now)
        case .putBack: dispatch.putBack(ticket.number, readyAt: now, now: now)
        case .retry(let delay, let cause):
            dispatch.retry(ticket.number, after: delay, because: cause, now: now)
        case .held(.template): dispatch.park(ticket.number, now: now)
        case .held: dispatch.putBack(ticket.number, readyAt: now, now: now)
        }
        if let changed { tell(changed.kept) }
    }

    /// Settles what is not under way.
    func settle(_ ticket: Ticket, _ events: [OutboxMessage.Event]) async {
        let changed = await write { store, tables, now in
            try store.happened(events, to: ticket.number, in: tables, at: now)
        }
        if let changed = changed ?? nil { tell(changed.kept) }
    }

    /// Lets go of what was held for a template that works again.
    func release(_ tickets: [Ticket]) async {
        _ = await write { store, tables, now in
            for ticket in tickets {
                _ = try store.happened([.released], to: ticket.number, in: tables, at: now)
            }
        }
        requeue(tickets)
    }

    /// Callers who wait for what would not go are told at once; the probe is left alone.
    func refuseWaiting(in scope: SendScope, for problem: Problem) {
        for ticket in dispatch.waiting(in: scope) where decide(ticket.id) {
            dispatch.remove(ticket.number, now: Clocks.boot)
            work { await $0.settle(ticket, [.blocked(problem, isAwaited: true)]) }
        }
    }

    /// Makes a change until it is written: what it says is known nowhere else.
    ///
    /// - Returns: nil when the outbox is gone for good; the next process finds what it left.
    private func write<Value: Sendable>(
        _ part:
            @escaping @Sendable (isolated OutboxStore, OutboxStore.Tables, _ now: Int64) throws
            -> Value
    ) async -> Value? {
        var hasFailed = false
        defer { if hasFailed { unwritten -= 1 } }
        while true {
            do { return try await outbox.change(part) } catch {
                if !hasFailed { unwritten += 1 }
                hasFailed = true
                switch await outbox.condition {
                case .closed, .displaced, .broken, .damaged: return nil
                case .ready, .full: _ = await quiet.wait(atMost: Self.writePause)
                }
            }
        }
    }
}

extension OutboxStore.Claim {
    /// What goes to Meta: the message, and the name of this attempt, by which a status proves it.
    fileprivate var body: Data? {
        guard let value = try? JSONValue(parsing: request),
            case .object(var members) = value
        else { return nil }
        members["biz_opaque_callback_data"] = .string("\(kept.id).\(attempt)")
        return JSONValue.object(members).encoded()
    }
}
