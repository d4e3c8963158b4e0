internal import CloudAPI
internal import Daemon
internal import JSON
internal import Reactor
internal import Wire

/// The account's templates: asked of Meta at the start and each hour, kept in the outbox, and what sends
/// are checked against.
///
/// Without an account nothing is asked and nothing refused; in stub a short list of our own stands in.
actor Templates {
    /// A restart this soon after the last list (ms) does not ask again at once.
    private static let restartPause: Int64 = 60_000

    enum Origin: Sendable {
        /// The made list of stub mode.
        case stub
        /// The account's, from Graph.
        case account(String, any TemplateSource)
        /// Live, and nobody said which account it is.
        case unknown
    }

    let loop: EventLoop
    private let outbox: Outbox
    let origin: Origin
    private let log: Log
    private let random: @Sendable (ClosedRange<Int64>) -> Int64

    /// Nil until there is one.
    private(set) var list: TemplateList?
    /// When Meta was asked for it; wall clock, ms.
    private(set) var asOf: Int64?
    /// Templates that a list was asked for because of, and when (boot clock, ms).
    private var lookUps: [TemplateKey: Int64] = [:]
    /// Why the last try brought no list; nil when it did.
    private(set) var failure: TemplatesUnavailable?
    private var plan: TemplateRefresh
    /// Who holds and lets go what waits for a template; from `start` to `stop`.
    private(set) var sender: MessageSender?
    private var running: Task<Void, Never>?
    /// Rung when there may be something to do.
    private let wake: Bell
    /// Rung after each try.
    private let ended: Bell
    /// Tries so far, and the numbers of the last that came to an end, and to a list.
    private var (begun, succeeded) = (0, 0)
    private(set) var finished = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        of origin: Origin, over outbox: Outbox, on loop: EventLoop, log: Log,
        random: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { .random(in: $0) }
    ) {
        self.origin = origin
        self.outbox = outbox
        self.loop = loop
        self.log = log
        self.random = random
        plan = TemplateRefresh(first: Clocks.boot)
        wake = Bell(on: loop)
        ended = Bell(on: loop)
        if case .stub = origin { list = StubTemplates.list }
    }

    // MARK: Life

    /// Takes up the list that an earlier process left.
    ///
    /// - Throws: `Problem` when the outbox can't be read.
    func load() async throws {
        guard case .account(let account, _) = origin else { return }
        let kept = try await outbox.change { _, tables, _ in try tables.templates.list(of: account)
        }
        guard let kept else { return }
        (list, asOf) = kept
        let age = Clocks.wall - kept.asOf
        if (0..<Self.restartPause).contains(age) {
            plan = TemplateRefresh(first: Clocks.boot + Self.restartPause - age)
        }
    }

    /// Begins to ask Meta, and to tell `sender` what becomes of the templates.
    func start(for sender: MessageSender) {
        self.sender = sender
        guard case .account(let account, let source) = origin else { return }
        running = Task(executorPreference: loop) { await self.run(account, source) }
    }

    func stop() async {
        running?.cancel()
        await running?.value
        sender = nil
    }

    private func run(_ account: String, _ source: any TemplateSource) async {
        while !Task.isCancelled {
            let now = Clocks.boot
            let due = plan.due(now: now)
            if due > now {
                _ = await wake.wait(atMost: .milliseconds(due - now))
            } else {
                await refresh(account, source)
            }
        }
    }

    // MARK: Asking Meta

    /// Something says that the list is old: it is asked for as soon as that may be.
    func want() {
        plan.want()
        wake.ring()
    }

    /// Lets Meta be asked, unless it was too often within the hour, and waits so long for the answer.
    ///
    /// - Returns: whether there is a list now that was asked for after the call.
    @discardableResult
    func refreshed(within limit: Duration) async -> Bool {
        guard case .account = origin, plan.ask(now: Clocks.boot) else { return false }
        wake.ring()
        // One that is under way may have been asked before whatever is looked for was there.
        let wanted = begun + 1
        let end = ContinuousClock.now + limit
        while finished < wanted, ContinuousClock.now < end, !Task.isCancelled {
            _ = await ended.wait(atMost: end - ContinuousClock.now)
        }
        return succeeded >= wanted
    }

    /// Whether the list was asked for because of that template not before `time` (boot clock, ms).
    func isLookedUp(_ key: TemplateKey, since time: Int64) -> Bool {
        lookUps[key].map { $0 >= time } ?? false
    }

    func noteLookUp(of key: TemplateKey, at time: Int64) {
        if lookUps.count >= Self.keptLookUps {
            lookUps = lookUps.filter { $0.value >= time - TemplateRefresh.pause }
        }
        lookUps[key] = time
    }

    /// Look-ups that are kept before the old ones are dropped.
    private static let keptLookUps = 1_000

    private func refresh(_ account: String, _ source: any TemplateSource) async {
        let asked = Clocks.wall
        begun += 1
        let round = begun
        plan.begin(now: Clocks.boot)
        switch await fetch(account, source) {
        case .success(let list):
            plan.succeeded(now: Clocks.boot)
            await take(list, of: account, asOf: asked)
            (failure, succeeded) = (nil, round)
            log.info("templates.listed count=\(list.count) calls=\(plan.calls(now: Clocks.boot))")
        case .failure(let reason):
            plan.failed(now: Clocks.boot, random: random)
            if !Task.isCancelled {
                failure = reason
                log.warning("templates.failed reason=\(reason.reason)")
            }
        }
        finished = round
        ended.ring()
    }

    /// Pages of one list: Meta lets an account have 6,000 templates.
    private static let longestList = 6_000 / GraphSettings.templatesAtOnce
    /// Bytes of one list.
    private static let largestList = 64 << 20

    private func fetch(
        _ account: String, _ source: any TemplateSource
    ) async -> Result<TemplateList, TemplatesUnavailable> {
        var (found, cursor, bytes) = ([Template](), String?.none, 0)
        for _ in 0..<Self.longestList {
            plan.called(now: Clocks.boot)
            switch await source.templates(of: account, after: cursor) {
            case .failure(let reason): return .failure(reason)
            case .success(let page):
                found += page.templates.compactMap { Template($0) }
                bytes += page.bytes
                guard bytes <= Self.largestList else {
                    return .failure(.strange("it is too large"))
                }
                guard let next = page.next else { return .success(TemplateList(found)) }
                guard next != cursor else {
                    return .failure(.strange("a page of the list leads to itself"))
                }
                cursor = next
            }
        }
        return .failure(.strange("it has no end"))
    }

    // MARK: What it comes to

    /// Puts a new list in the place of the old one; what changed has its effect on what waits.
    private func take(_ new: TemplateList, of account: String, asOf time: Int64) async {
        let old = list ?? TemplateList()
        let (changed, gone) = old.changes(to: new)
        (list, asOf) = (new, time)
        do {
            try await outbox.change { _, tables, _ in
                try tables.templates.keep(changed, without: gone, of: account, asOf: time)
            }
        } catch {
            // It is good all the same; a restart asks again.
            log.warning("templates.unkept error=\(error)")
        }
        for template in changed where old[template.key]?.status != template.status {
            await tell(template.status, of: template.key, rejection: template.rejection)
        }
    }

    /// Takes a status of which a webhook told; `id` is the template's, where it is known.
    ///
    /// Old news (`at` is the wall clock in ms) changes nothing: the list is newer.
    func take(
        _ status: TemplateStatus, of key: TemplateKey, id: String?, at time: Int64
    ) async {
        if let asOf, time < asOf { return }
        if let template = list?[key] {
            // Of another account, whose webhooks come here too.
            if let id, let known = template.id, id != known { return }
            let changed = template.with(status)
            list?[key] = changed
            if case .account(let account, _) = origin {
                do {
                    try await outbox.change { _, tables, _ in
                        try tables.templates.keep(changed, of: account)
                    }
                } catch { log.warning("templates.unkept error=\(error)") }
            }
        }
        await tell(status, of: key, rejection: nil)
    }

    /// Holds what waits for a template that is not sent any more, or lets go what was held for it.
    private func tell(
        _ status: TemplateStatus, of key: TemplateKey, rejection: String?
    ) async {
        if status.isSendable {
            await sender?.cured(key.description)
        } else {
            let objection = TemplateObjection.notSendable(
                status, rejection: rejection, sendable: [])
            await sender?.hold(key.description, for: Problem(objection, to: key))
        }
    }
}
