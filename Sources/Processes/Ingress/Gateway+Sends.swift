internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Reactor
internal import Wire

extension Gateway {
    /// Hands a message to provider, and says what became of it.
    func send(_ form: SendMessage.Form, _ head: RequestHead, _ body: Data) async throws -> Response
    {
        try Self.checkContentType(head)
        let wait = try Preference(head).wait
        let request = SendMessage(
            id: Self.newMessageID(), form: form, path: head.path, body: body,
            idempotencyKey: try Self.idempotencyKey(head),
            answerBy: Clocks.boot + Int64(wait / .milliseconds(1)))
        let sent: SendMessage.Answer
        do {
            sent = try await peers.provider.ask(
                request, within: max(Limits.send, wait + Limits.margin))
        } catch WireError.unanswered {
            throw Self.outcomeUnknown(request.id)
        }
        answered(for: sent.journal)
        var response = answers.json(sent.status.isSettled ? .ok : .accepted, SendResult(sent))
        if sent.replayed { response.add("Idempotent-Replay", "true") }
        return response
    }

    private static func checkContentType(_ head: RequestHead) throws(Problem) {
        guard case .one(let value) = head.fields.only("Content-Type") else { return }
        let type = value.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard type == "application/json" else {
            throw Problem(
                .unsupportedMediaType, status: 415, "The body must be JSON.",
                hint: "Send Content-Type: application/json.")
        }
    }

    /// The key of a request that may be repeated (design: 1–255 visible ASCII characters).
    static func idempotencyKey(_ head: RequestHead) throws(Problem) -> String? {
        let hint = "Send one Idempotency-Key of 1–255 visible ASCII characters."
        switch head.fields.only("Idempotency-Key") {
        case .none: return nil
        case .several:
            throw .invalid("Idempotency-Key", "Idempotency-Key is there twice.", hint: hint)
        case .one(let key):
            guard (1...255).contains(key.utf8.count),
                key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw .invalid(
                    "Idempotency-Key", "Idempotency-Key is not one that can be kept.", hint: hint)
            }
            return key
        }
    }

    /// The digits of message ids: no letter that is read as another (Crockford's base 32).
    private static let idDigits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// `msg_` and 26 digits of 5 random bits each.
    static func newMessageID() -> String {
        var random = SystemRandomNumberGenerator()
        let digits = (0..<26).map { _ in idDigits[Int.random(in: 0..<32, using: &random)] }
        return "msg_" + String(decoding: digits, as: UTF8.self)
    }

    private static func outcomeUnknown(_ id: String) -> Problem {
        Problem(
            .outcomeUnknown, status: 504,
            "Provider did not answer in time; it may have taken the message.",
            hint: "Ask for /api/whatsapp/messages/\(id), or repeat with the same Idempotency-Key.",
            id: id,
            retryable: true)
    }
}

extension MessageStatus {
    /// Whether Meta has taken it, so that there is nothing left to wait for.
    fileprivate var isSettled: Bool {
        switch self {
        case .accepted, .sent, .delivered, .read, .played: true
        case .received, .queued, .sending, .held, .unknown, .refused, .failed: false
        }
    }
}

/// What `Prefer` says about waiting (RFC 7240).
private struct Preference {
    /// How long the caller waits for Meta's answer.
    let wait: Duration

    init(_ head: RequestHead) throws(Problem) {
        var wait = Limits.send
        let preferences = head.fields.all("Prefer").flatMap { $0.split(separator: ",") }
        for preference in preferences {
            let text = preference.filter { $0 != " " }.lowercased()
            if text == "respond-async" {
                wait = .zero
            } else if text.hasPrefix("wait=") {
                guard let seconds = Int(text.dropFirst(5)), (0...30).contains(seconds) else {
                    throw .invalid(
                        "Prefer", "wait is not a number of seconds.", hint: "Use wait=0 to wait=30."
                    )
                }
                wait = .seconds(seconds)
            }
        }
        self.wait = wait
    }
}

/// The body of an answer to a send.
private struct SendResult: Encodable {
    private let sent: SendMessage.Answer

    init(_ sent: SendMessage.Answer) { self.sent = sent }

    private enum CodingKeys: String, CodingKey {
        case success, provider, status, id, to, reason, hint, warning
        case messageID = "message_id"
        case expectedAt = "expected_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(true, forKey: .success)
        try container.encode(sent.provider, forKey: .provider)
        try container.encode(sent.status, forKey: .status)
        try container.encode(sent.id, forKey: .id)
        // Always there, if only as null: a caller that reads it need not guess.
        try container.encode(sent.wamid, forKey: .messageID)
        try container.encode(sent.to, forKey: .to)
        try container.encodeIfPresent(sent.reason, forKey: .reason)
        try container.encodeIfPresent(sent.hint, forKey: .hint)
        try container.encodeIfPresent(sent.expectedAt, forKey: .expectedAt)
        try container.encodeIfPresent(sent.warning, forKey: .warning)
    }
}
