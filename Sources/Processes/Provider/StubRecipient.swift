internal import CloudAPI

/// A recipient of stub mode to whom Meta's part is played in a way of its own, so that a caller can try
/// how it takes each kind of error: what follows is what live mode makes of the same answers.
///
/// All have the prefix of +1 555 555 01xx: 555-01xx is kept for fiction in the North American numbering
/// plan, and no area has the code 555, so that nobody can be reached there.
struct StubRecipient: Hashable, Sendable {
    /// One answer of Graph's.
    enum Answer: Hashable, Sendable {
        case accepts(after: Duration = .zero)
        case refuses(Int64, status: Int = 400, retryAfter: Duration? = nil)
        /// It has the message and says nothing.
        case loses
    }

    /// Digits, country code first.
    let digits: String
    /// What it answers to the tries in their order; the last one to all that follow.
    let answers: [Answer]
    /// What Meta tells afterwards, by statuses.
    let life: [StubStep]
    /// The code of a failed status.
    let failure: Int64?

    /// The whole list; README and provider's page have the same.
    static let all: [StubRecipient] = [
        StubRecipient(1, .accepts(), life: [.failed], failure: 131_026),
        StubRecipient(2, .refuses(131_047)),
        StubRecipient(3, .refuses(131_026)),
        StubRecipient(4, .refuses(131_030)),
        StubRecipient(5, .refuses(190, status: 401)),
        StubRecipient(6, .refuses(368, status: 403)),
        // Longer than a caller waits who does not say how long.
        StubRecipient(7, .refuses(130_429, retryAfter: .seconds(12)), .accepts()),
        StubRecipient(
            8, .refuses(131_016, status: 500), .refuses(131_016, status: 500), .accepts()),
        StubRecipient(9, .loses, life: [.late, .delivered, .read]),
        StubRecipient(10, .loses, .accepts(), life: [.silence]),
        StubRecipient(11, .accepts(), life: [.sent]),
        StubRecipient(12, .accepts(after: .seconds(8))),
        StubRecipient(13, .refuses(132_015)),
        StubRecipient(14, .refuses(100)),
    ]

    private static let prefix = "155555501"
    private static let byDigits = Dictionary(uniqueKeysWithValues: all.map { ($0.digits, $0) })

    private init(
        _ number: Int, _ answers: Answer..., life: [StubStep] = StubStep.usual,
        failure: Int64? = nil
    ) {
        digits = Self.prefix + (number < 10 ? "0\(number)" : "\(number)")
        self.answers = answers
        self.life = life
        self.failure = failure
    }

    /// Nil for everybody else, whose messages are accepted at once and read.
    init?(_ recipient: Recipient) {
        guard case .phone(let digits) = recipient, let known = Self.byDigits[digits] else {
            return nil
        }
        self = known
    }

    /// What Graph answers to that try; the first one is 1.
    func answer(to attempt: Int) -> Answer {
        attempt <= answers.count ? answers[max(attempt, 1) - 1] : answers.last ?? .accepts()
    }
}

extension Recipient {
    /// What Meta tells of a message to them in stub mode.
    var stubLife: [StubStep] { StubRecipient(self)?.life ?? StubStep.usual }
}
