internal import Curl
internal import Daemon
internal import IPC
internal import Reactor
internal import Wire

/// What becomes of messages after the intake: in stub their life is played, in live they are sent.
struct SendPath: Sendable {
    private let stubLife: StubLife?
    /// In stub over a Graph of its own.
    let sender: MessageSender
    /// Nil in stub.
    let marks: ReadMarks?
    let templates: Templates
    /// What files are handed to and fetched from; nil in stub.
    let graph: GraphClient?
    /// Rung when the feed named files, or somebody whose files go.
    let filesChanged: Bell
    private let marking: Task<Void, Never>?
    private let settling: Task<Void, Never>
    private let transfers: Transfers?

    static func start(
        _ settings: ProviderSettings, _ outbox: Outbox, _ place: Place
    ) async throws -> SendPath {
        let filesChanged = Bell(on: place.loop)
        switch place.mode {
        case .stub:
            let stubLife = StubLife(of: outbox, on: place.loop)
            await stubLife.start()
            let templates = Templates(of: .stub, over: outbox, on: place.loop, log: place.log)
            let sender = MessageSender(
                of: outbox, over: StubGraph(on: place.loop), by: .stub, on: place.loop)
            try await sender.start()
            return SendPath(
                stubLife: stubLife, sender: sender, marks: nil, templates: templates, graph: nil,
                filesChanged: filesChanged, marking: nil,
                settling: follow(outbox, nil, nil, templates, filesChanged, place), transfers: nil)
        case .live:
            let transfers = try Transfers(on: place.loop)
            let graph = try graph(settings, transfers, place)
            let templates = Templates(
                of: settings.templateAccount.map { .account($0, graph) } ?? .unknown,
                over: outbox, on: place.loop, log: place.log)
            try await templates.load()
            let sender = MessageSender(
                of: outbox, over: TemplateWatch(graph: graph, templates: templates),
                by: settings.sending, on: place.loop)
            await graph.notifyOfUsage { usage in
                for change in sender.assumeIsolated({ $0.heed(usage) }) { place.tell(change) }
            }
            try await sender.start(holding: await templates.obstacles)
            await templates.start(for: sender)
            let inbox = place.client(to: .inbox)
            let marks = ReadMarks(
                of: outbox, over: graph, beside: sender, for: settings.numbers.configured,
                on: place.loop,
                whose: { try? await inbox.ask($0, within: $1) },
                onGivenUp: { code in
                    let code = code.map { "\($0)" } ?? "none"
                    place.log.warning("read_mark.given_up code=\(code)")
                })
            let marking = Task(executorPreference: place.loop) { await marks.run() }
            return SendPath(
                stubLife: nil, sender: sender, marks: marks, templates: templates, graph: graph,
                filesChanged: filesChanged, marking: marking,
                settling: follow(outbox, sender, marks, templates, filesChanged, place),
                transfers: transfers)
        }
    }

    /// Follows inbox's changes; in stub only for what is to be known once the gateway is live.
    private static func follow(
        _ outbox: Outbox, _ sender: MessageSender?, _ marks: ReadMarks?,
        _ templates: Templates, _ filesChanged: Bell, _ place: Place
    ) -> Task<Void, Never> {
        let inbox = place.client(to: .inbox)
        let settlement = Settlement(
            of: outbox, for: sender, and: marks, telling: templates, waking: filesChanged,
            on: place.loop
        ) {
            try await inbox.ask($0, within: $1)
        }
        return Task(executorPreference: place.loop) { await settlement.run() }
    }

    /// Begins nothing more, and returns once what was under way is written.
    func stop() async {
        await stubLife?.stop()
        settling.cancel()
        marking?.cancel()
        await sender.stop()
        await settling.value
        await marking?.value
        await templates.stop()
        await transfers?.close()
    }

    private static func graph(
        _ settings: ProviderSettings, _ transfers: Transfers, _ place: Place
    ) throws -> GraphClient {
        guard let graph = settings.graph else {
            // Mode and settings are compared when they are read.
            preconditionFailure("live without a token")
        }
        return GraphClient(
            graph, over: transfers, on: place.loop,
            prove: GraphClient.proof(by: place.client(to: .signer)))
    }
}

extension Place {
    /// Says that a limit of Meta's slows a scope down, or does so no more.
    fileprivate func tell(_ change: Dispatch.UsageChange) {
        let text = "scope=\(change.scope.word) percent=\(change.percent)"
        switch change.level {
        case .free: log.info("sending.unslowed \(text)")
        case .slowed: log.warning("sending.slowed \(text)")
        case .stopped: log.warning("sending.stopped \(text)")
        }
    }
}
