internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Reactor

/// Meta's Graph for the recipients of stub mode that are answered in a way of their own.
///
/// What its answers mean is decided where those of the real one are.
actor StubGraph: Graph {
    private let loop: EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop) { self.loop = loop }

    func send(_ body: Data, from phoneNumberID: String) async -> GraphOutcome {
        guard let request = try? JSONValue(parsing: body),
            let recipient = request["to"]?.text.flatMap(Recipient.forReading),
            let known = StubRecipient(recipient),
            let name = request["biz_opaque_callback_data"]?.text,
            let dot = name.lastIndex(of: "."), let attempt = Int(name[dot...].dropFirst())
        else { return .neverLeft(reason: "no recipient of the stub's Graph") }
        switch known.answer(to: attempt) {
        case .accepts(let delay):
            if delay > .zero { _ = await Bell(on: loop).wait(atMost: delay) }
            return .accepted(wamid: StubWamid.make(for: name[..<dot], attempt: attempt), waID: nil)
        case .refuses(let code, let status, let retryAfter):
            return .refused(
                GraphError(
                    code: code, details: "stub: error \(code) of Meta's", httpStatus: status,
                    retryAfter: retryAfter))
        case .loses: return .unknown(reason: "stub: no answer")
        }
    }
}

extension StubWamid {
    /// The id of one try; that of the first is the message's own.
    static func make(for id: some StringProtocol, attempt: Int) -> String {
        make(for: attempt <= 1 ? String(id) : "\(id).\(attempt)")
    }
}

extension MessageSender.Rules {
    /// In stub: Meta's limits bind nobody, and what one recipient brings about is no one else's.
    static var stub: MessageSender.Rules {
        var rules = MessageSender.Rules()
        rules.dispatch.isPaced = false
        rules.sharesScopes = false
        return rules
    }
}
