internal import Wire

/// Why a message is where it is, whose doing that is, and what happens next, in a person's words.
///
/// A value made of what inbox and provider say of the message; pure.
struct Explanation: Encodable, Hashable, Sendable {
    /// Who can change how it stands.
    enum Cause: String, Codable, CaseIterable, Sendable {
        /// Nothing is wrong.
        case nobody
        /// The person's number, phone or choice.
        case recipient
        /// What was asked for.
        case request
        /// The token, the account, the number or the template at Meta.
        case account
        /// A limit of Meta's on how much is sent.
        case pace
        case meta
        /// The way from here to Meta.
        case network
        /// Nobody can know yet.
        case unknown
    }

    let summary: String
    let cause: Cause
    /// What happens next, or what to do.
    let next: String?

    private init(_ summary: String, _ cause: Cause = .nobody, next: String? = nil) {
        self.summary = summary
        self.cause = cause
        self.next = next
    }

    /// Nil when neither has it.
    init?(_ message: Message?, _ outbox: SendMessage.Answer?) {
        // Up to `accepted` the outbox knows best, after it inbox.
        guard let status = Self.status(message, outbox) else { return nil }
        let problem = message?.error
        switch status {
        case .received: self.init("It came in and is kept.")
        case .queued:
            self.init(waiting: "It waits for its turn", outbox)
        case .sending: self.init("It is on its way to Meta.", next: "Meta's answer decides.")
        case .accepted:
            self.init(
                "Meta took it, and has not said yet that it was sent.", .meta,
                next:
                    "Meta says so by a webhook; if none of any message comes, see ./run.sh status.")
        case .sent:
            self.init(
                "Meta sent it; the phone has not confirmed it.", .recipient,
                next:
                    "A phone that is off or without network gets it later; Meta tries for 30 days.")
        case .delivered: self.init("It is on the phone.")
        case .read: self.init("It was read.")
        case .played: self.init("It was played.")
        case .held: self.init(problem, outbox, otherwise: "It is held.")
        case .unknown:
            self.init(
                "It left for Meta and no answer came: it may have arrived or not.", .unknown,
                next: "A status of Meta's settles it, however late; it is not sent again by itself."
            )
        case .refused: self.init(problem, outbox, otherwise: "It was refused, and is not sent.")
        case .failed: self.init(problem, outbox, otherwise: "It could not be sent.")
        }
    }

    private static func status(
        _ message: Message?, _ outbox: SendMessage.Answer?
    ) -> MessageStatus? {
        guard let outbox, let known = message?.status else {
            return message?.status ?? outbox?.status
        }
        switch known {
        case .sent, .delivered, .read, .played, .failed: return known
        case .received, .queued, .sending, .accepted, .held, .unknown, .refused:
            return outbox.status
        }
    }

    private init(waiting text: String, _ outbox: SendMessage.Answer?) {
        let time = outbox?.expectedAt.map { ", about until \($0.text)" } ?? ""
        self.init(
            text + time + ".", outbox?.reason.map(Self.cause) ?? .nobody,
            next: outbox?.hint ?? "It goes by itself.")
    }

    private init(_ problem: Problem?, _ outbox: SendMessage.Answer?, otherwise text: String) {
        guard let problem else {
            self.init(text, outbox?.reason.map(Self.cause) ?? .unknown, next: outbox?.hint)
            return
        }
        let code = problem.providerCode.map { " (Meta's code \($0))" } ?? ""
        self.init(problem.message + code, Self.cause(problem.code.rawValue), next: problem.hint)
    }

    /// Whose doing an error is, by its code.
    private static func cause(_ code: String) -> Cause {
        switch Problem.Code(rawValue: code) {
        case .invalidRecipient: .recipient
        case .invalidRequest, .outsideWindow, .templateParameters, .rejectedByProvider,
            .messageExpired, .tooLarge, .unsupportedMediaType, .notSupported, .notOnAllowList:
            .request
        case .providerUnauthorized, .permissionDenied, .accountRestricted, .templateUnavailable:
            .account
        case .throttled: .pace
        case .unavailable: .network
        // Whether it went out before the restore is what nobody knows.
        case .restored, .outcomeUnknown: .unknown
        default: .unknown
        }
    }
}
