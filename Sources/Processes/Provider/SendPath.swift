internal import Curl
internal import Daemon
internal import IPC
internal import Reactor
internal import Wire

/// What becomes of messages after the intake: in stub their life is played, in live they are sent.
struct SendPath: Sendable {
    private let stubLife: StubLife?
    /// Nil in stub.
    let sender: MessageSender?
    /// Nil in stub.
    let marks: ReadMarks?
    private let marking: Task<Void, Never>?
    private let settling: Task<Void, Never>?
    private let transfers: Transfers?

    static func start(
        _ settings: ProviderSettings, _ outbox: Outbox, _ place: Place
    ) async throws -> SendPath {
        switch place.mode {
        case .stub:
            let stubLife = StubLife(of: outbox, on: place.loop)
            await stubLife.start()
            return SendPath(
                stubLife: stubLife, sender: nil, marks: nil, marking: nil, settling: nil,
                transfers: nil)
        case .live:
            let transfers = try Transfers(on: place.loop)
            let graph = try graph(settings, transfers, place)
            let sender = MessageSender(
                of: outbox, over: graph,
                by: MessageSender.Rules(dispatch: settings.pace), on: place.loop)
            try await sender.start()
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
            let settlement = Settlement(of: outbox, for: sender, and: marks, on: place.loop) {
                try await inbox.ask($0, within: $1)
            }
            let settling = Task(executorPreference: place.loop) { await settlement.run() }
            return SendPath(
                stubLife: nil, sender: sender, marks: marks, marking: marking, settling: settling,
                transfers: transfers)
        }
    }

    /// Begins nothing more, and returns once what was under way is written.
    func stop() async {
        await stubLife?.stop()
        settling?.cancel()
        marking?.cancel()
        await sender?.stop()
        await settling?.value
        await marking?.value
        await transfers?.close()
    }

    /// How long signer may take for a proof: a restart of it is a pause.
    private static let proofLimit = Duration.seconds(5)

    private static func graph(
        _ settings: ProviderSettings, _ transfers: Transfers, _ place: Place
    ) throws -> GraphClient {
        guard let graph = settings.graph else {
            // Mode and settings are compared when they are read.
            preconditionFailure("live without a token")
        }
        let signer = place.client(to: .signer)
        return GraphClient(
            graph, over: transfers, on: place.loop,
            prove: { try await signer.ask(MakeProof(message: $0), within: proofLimit).proof },
            onUsage: { usage in
                // What is used up is refused with a code of its own, and slows down by that.
                for share in [usage.app].compactMap({ $0 }) + usage.businesses.values
                where share.percent >= usageWorthSaying {
                    place.log.warning("graph.usage percent=\(share.percent)")
                }
            })
    }

    /// Percent of a limit of Meta's.
    private static let usageWorthSaying = 90
}
