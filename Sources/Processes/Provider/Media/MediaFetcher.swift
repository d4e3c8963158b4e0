internal import CloudAPI
internal import Reactor
internal import Wire

/// Fetches the files that webhooks named, in live: a few at once, until each is here or Meta has forgotten it.
///
/// The newest goes first: somebody is looking at that conversation now. Only what Meta drops within a day goes
/// before it, the oldest first.
actor MediaFetcher {
    /// Enough to fill a line; more would only share it, and each may take 100 MB of the disk.
    static let atOnce = 3
    /// Rows that are looked at: more than go, since those of a paused number are passed over.
    static let looked = 50
    /// Between two tries while something is in the way that a person must cure.
    static let probeInterval: Int64 = 60_000
    /// The longest that something is not noticed which rings no bell, such as the end of a pause.
    private static let longestPause = Duration.seconds(5)

    private let outbox: Outbox
    private let shelf: MediaShelf
    private let graph: any GraphMedia
    private let sender: MessageSender
    private let loop: EventLoop
    /// Rung when there may be more to fetch, or more room for it.
    private let bell: Bell
    private let log: @Sendable (String) -> Void
    private var running: Set<String> = []
    /// Boot clock, ms: until then nothing goes, and while something is in the way, only one try.
    private var notBefore: Int64 = 0
    private var nextProbe: Int64 = 0
    /// The pauses that a file began, and that a file that comes ends.
    private var paused: Set<SendScope> = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        of outbox: Outbox, to shelf: MediaShelf, over graph: any GraphMedia,
        for sender: MessageSender, wokenBy bell: Bell, on loop: EventLoop,
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.outbox = outbox
        self.shelf = shelf
        self.graph = graph
        self.sender = sender
        self.bell = bell
        self.loop = loop
        self.log = log
    }

    /// Fetches until its task is cancelled; what is under way then is fetched anew by the next process.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let (rows, pause) = await choose()
                for row in rows { group.addTask { await self.fetch(row) } }
                _ = await bell.wait(atMost: pause)
            }
            group.cancelAll()
        }
    }

    // MARK: Choosing

    /// What goes now, and how long until there may be more.
    private func choose() async -> (rows: [MediaRow], pause: Duration) {
        let blocked = notBefore - Clocks.boot
        guard blocked <= 0 else { return ([], .milliseconds(min(blocked, 5_000))) }
        let due = try? await outbox.change { _, tables, now in
            try tables.media.due(at: now, limit: Self.looked)
        }
        var chosen: [MediaRow] = []
        for row in due ?? [] where running.count < Self.atOnce && !running.contains(row.id) {
            if await sender.pause(ofNumber: row.phoneNumberID) != nil {
                guard nextProbe <= Clocks.boot else { continue }
                nextProbe = Clocks.boot + Self.probeInterval
            }
            running.insert(row.id)
            chosen.append(row)
        }
        return (chosen, Self.longestPause)
    }

    // MARK: One file

    private func fetch(_ row: MediaRow) async {
        let outcome = await attempt(row)
        if !Task.isCancelled, let outcome { await conclude(row, outcome) }
        running.remove(row.id)
        bell.ring()
    }

    /// One try; nil when there is no room for it.
    private func attempt(_ row: MediaRow) async -> MediaOutcome? {
        let resolved: ResolvedMedia
        switch await graph.resolve(row.id, of: row.phoneNumberID) {
        case .failure(let failure): return .failed(failure)
        case .success(let found): resolved = found
        }
        let size = resolved.size ?? MediaLimits.longestReceived
        guard size <= MediaLimits.longestReceived else { return .tooLong }
        guard await shelf.reserve(size) else {
            notBefore = Clocks.boot + Self.probeInterval / 2
            return nil
        }
        let name = MediaFiles.newName()
        let outcome = await download(row, resolved, to: name)
        await shelf.release(size)
        guard case .fetched = outcome else {
            await shelf.files.remove(name)
            return outcome
        }
        return outcome
    }

    private func download(
        _ row: MediaRow, _ resolved: ResolvedMedia, to name: String
    ) async -> MediaOutcome {
        do {
            try await shelf.files.create(name)
            let sink = try MediaSink(to: shelf.files.unfinished(name))
            let failure = await graph.download(resolved.url, into: sink)
            if sink.isTooLong { return .tooLong }
            if let failure = sink.failure { return .unwritten(reason: "\(failure)") }
            if let failure { return .failed(failure) }
            // Announced twice, by the webhook and here: the first one is the one that was signed.
            let sha256 = sink.sha256
            guard row.sha256 ?? resolved.sha256 ?? sha256 == sha256 else { return .wrongDigest }
            try await shelf.files.finish(name)
            return .fetched(file: name, size: sink.count, sha256: sha256)
        } catch {
            return .unwritten(reason: "\(error)")
        }
    }

    // MARK: Afterwards

    private func conclude(_ row: MediaRow, _ outcome: MediaOutcome) async {
        let verdict = MediaVerdict(outcome, for: row) { .random(in: $0) }
        await heed(verdict)
        do {
            try await outbox.change { store, tables, now in
                let (next, notBefore) = row.after(verdict, outcome, at: now)
                try store.became(next, in: tables, at: now, notBefore: notBefore)
            }
        } catch {
            // Its bytes are nobody's then: it is fetched anew when the outbox can be written.
            notBefore = Clocks.boot + 5_000
            if case .fetched(let file, _, _) = outcome { await shelf.files.remove(file) }
        }
    }

    /// What a verdict means for the others.
    private func heed(_ verdict: MediaVerdict) async {
        switch verdict {
        case .stored:
            for scope in paused { await sender.reopen(scope) }
            paused = []
        case .pause(let scope, let problem):
            if await sender.pause(scope, for: problem) { paused.insert(scope) }
            nextProbe = Clocks.boot + Self.probeInterval
        case .again(let delay, let problem, _, let isOfAll):
            if isOfAll { notBefore = Clocks.boot + delay }
            log("media.again code=\(problem.code.rawValue)")
        case .giveUp(let problem): log("media.failed code=\(problem.code.rawValue)")
        }
    }
}
