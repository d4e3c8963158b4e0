internal import Daemon
internal import IPC
internal import Reactor
internal import Wire

/// What becomes of messages after the intake: in stub their life is played, in live they are sent.
struct SendPath: Sendable {
    private let stubLife: StubLife?
    /// Nil in stub.
    let sender: MessageSender?
    private let settling: Task<Void, Never>?

    static func start(
        _ settings: ProviderSettings, _ outbox: Outbox, _ place: Place
    ) async throws -> SendPath {
        switch place.mode {
        case .stub:
            let stubLife = StubLife(of: outbox, on: place.loop)
            await stubLife.start()
            return SendPath(stubLife: stubLife, sender: nil, settling: nil)
        case .live:
            var rules = MessageSender.Rules()
            rules.dispatch = settings.pace
            let sender = MessageSender(
                of: outbox, over: try graph(settings, place), by: rules, on: place.loop)
            try await sender.start()
            let inbox = place.client(to: .inbox)
            let settlement = Settlement(of: outbox, for: sender, on: place.loop) {
                try await inbox.ask($0, within: $1)
            }
            let settling = Task(executorPreference: place.loop) { await settlement.run() }
            return SendPath(stubLife: nil, sender: sender, settling: settling)
        }
    }

    /// Begins nothing more, and returns once what was under way is written.
    func stop() async {
        await stubLife?.stop()
        settling?.cancel()
        await sender?.stop()
        await settling?.value
    }

    private static func graph(
        _ settings: ProviderSettings, _ place: Place
    ) throws -> any Graph {
        place.fail("live sending is not in this build")
    }
}
