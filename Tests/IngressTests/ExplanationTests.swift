import Testing
import Wire

@testable import Ingress

/// What a person is told of one message.
struct ExplanationTests {
    private static func message(_ status: MessageStatus, error: Problem? = nil) -> Message {
        Message(
            id: "msg_1", wamid: nil, direction: status == .received ? .inbound : .outbound,
            provider: "meta", phoneNumberID: "1", contact: "+919800000002", type: "text", text: "a",
            content: nil, status: status, error: error, timestamp: Timestamp(milliseconds: 0),
            receivedAt: Timestamp(milliseconds: 0))
    }

    private static func outbox(
        _ status: MessageStatus, reason: String? = nil, hint: String? = nil
    ) -> SendMessage.Answer {
        SendMessage.Answer(
            id: "msg_1", status: status, provider: "meta", wamid: nil, to: nil, replayed: false,
            reason: reason, hint: hint, journal: JournalHead(origin: "a", seq: 1))
    }

    @Test(
        "every status has its sentence, from whichever of the two knows it",
        arguments: MessageStatus.allCases)
    func everyStatus(status: MessageStatus) throws {
        let ofInbox = try #require(Explanation(Self.message(status), nil))
        #expect(ofInbox.summary.hasSuffix("."))
        let ofOutbox = try #require(Explanation(nil, Self.outbox(status)))
        #expect(!ofOutbox.summary.isEmpty)
    }

    @Test("what is held says whose doing that is, and how it goes on, by its reason alone")
    func held() {
        let hint = "Look whether it arrived."
        for (reason, cause) in [
            ("not_on_allow_list", Explanation.Cause.request), ("restored", .unknown),
        ] {
            let explanation = Explanation(nil, Self.outbox(.held, reason: reason, hint: hint))
            #expect(explanation?.cause == cause)
            #expect(explanation?.next == hint)
        }
    }

    @Test("nobody's message has none")
    func none() { #expect(Explanation(nil, nil) == nil) }

    @Test("what Meta said later counts more than the outbox; before it, the outbox does")
    func whoKnowsBest() {
        let read = Explanation(Self.message(.read), Self.outbox(.accepted))
        #expect(read?.summary == "It was read.")
        let held = Explanation(
            Self.message(.queued),
            Self.outbox(.held, reason: "account_restricted", hint: "See Account quality."))
        #expect(held?.cause == .account)
        #expect(held?.next == "See Account quality.")
    }

    @Test(
        "an error says whose doing it is, with Meta's code and the cure",
        arguments: [
            (Problem.Code.invalidRecipient, Explanation.Cause.recipient),
            (.outsideWindow, .request),
            (.providerUnauthorized, .account), (.templateUnavailable, .account),
            (.throttled, .pace), (.unavailable, .network), (.outcomeUnknown, .unknown),
            (.notOnAllowList, .request), (.restored, .unknown),
        ])
    func causes(code: Problem.Code, cause: Explanation.Cause) {
        var problem = Problem(code, status: 400, "It does not go", hint: "Do this.")
        problem.providerCode = 131_047
        let explanation = Explanation(Self.message(.failed, error: problem), nil)
        #expect(explanation?.cause == cause)
        #expect(explanation?.summary == "It does not go (Meta's code 131047)")
        #expect(explanation?.next == "Do this.")
    }
}
