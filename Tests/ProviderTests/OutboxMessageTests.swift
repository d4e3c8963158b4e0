import Testing
import Wire

@testable import Provider

@Suite("A message in the outbox")
struct OutboxMessageTests {
    typealias State = OutboxMessage.State
    typealias Event = OutboxMessage.Event
    typealias Action = OutboxMessage.Action

    private static let problem = Problem(.throttled, status: 429, "no", hint: "wait")
    private static let restored = Problem.restored

    private static let states: [State] = [
        .queued, .sending, .accepted(wamid: "w"), .held(problem), .unknown(isDeadLetter: false),
        .unknown(isDeadLetter: true), .refused(problem), .failed(problem),
    ]

    private static let events: [Event] = [
        .pretended(wamid: "s"), .claimed, .accepted(wamid: "a"), .retryable,
        .rejected(problem, isAwaited: true), .rejected(problem, isAwaited: false),
        .blocked(problem, isAwaited: true), .blocked(problem, isAwaited: false), .lost, .restarted,
        .evidenceOverdue(resend: true), .evidenceOverdue(resend: false), .proven(wamid: "p"),
        .gaveUp(problem), .released, .restored(restored),
    ]

    /// A legal step of a message that was tried once.
    struct Step: Hashable, Sendable {
        let from: State
        let event: Event
        let to: State
        let action: Action
        init(_ from: State, _ event: Event, _ to: State, _ action: Action) {
            self.from = from
            self.event = event
            self.to = to
            self.action = action
        }
    }

    private static let steps: [Step] = {
        let dead = State.unknown(isDeadLetter: true)
        let open = State.unknown(isDeadLetter: false)
        let accepted = State.accepted(wamid: "w")
        return [
            Step(.queued, .claimed, .sending, .send(attempt: 2)),
            Step(.queued, .blocked(problem, isAwaited: true), .refused(problem), .settleAndFreeKey),
            Step(.queued, .blocked(problem, isAwaited: false), .held(problem), .settle),
            Step(.queued, .gaveUp(problem), .failed(problem), .bury),
            Step(.queued, .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(.queued, .restarted, .queued, .nothing),
            Step(.sending, .accepted(wamid: "a"), .accepted(wamid: "a"), .settle),
            Step(.sending, .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(.sending, .retryable, .queued, .retry(after: 1)),
            Step(
                .sending, .rejected(problem, isAwaited: true), .refused(problem), .settleAndFreeKey),
            Step(.sending, .rejected(problem, isAwaited: false), .failed(problem), .bury),
            Step(
                .sending, .blocked(problem, isAwaited: true), .refused(problem), .settleAndFreeKey),
            Step(.sending, .blocked(problem, isAwaited: false), .held(problem), .settle),
            Step(.sending, .gaveUp(problem), .failed(problem), .bury),
            Step(.sending, .lost, open, .awaitEvidence),
            Step(.sending, .restarted, open, .awaitEvidence),
            Step(open, .accepted(wamid: "a"), .accepted(wamid: "a"), .settle),
            Step(open, .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(open, .evidenceOverdue(resend: true), .queued, .queue),
            Step(open, .evidenceOverdue(resend: false), dead, .bury),
            Step(open, .restarted, open, .awaitEvidence),
            Step(dead, .accepted(wamid: "a"), .accepted(wamid: "a"), .settle),
            Step(dead, .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(dead, .released, .queued, .queue),
            Step(dead, .restarted, dead, .nothing),
            Step(.held(problem), .released, .queued, .queue),
            Step(.held(problem), .gaveUp(problem), .failed(problem), .bury),
            Step(.held(problem), .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(.held(problem), .restarted, .held(problem), .nothing),
            Step(.queued, .restored(restored), .held(restored), .bury),
            Step(.sending, .restored(restored), .held(restored), .bury),
            Step(.held(problem), .restored(restored), .held(restored), .bury),
            Step(open, .restored(restored), .held(restored), .bury),
            Step(.failed(problem), .released, .queued, .queue),
            Step(.failed(problem), .proven(wamid: "p"), .accepted(wamid: "p"), .settle),
            Step(.failed(problem), .restarted, .failed(problem), .nothing),
            Step(.refused(problem), .restarted, .refused(problem), .nothing),
            Step(accepted, .restarted, accepted, .nothing),
            Step(accepted, .proven(wamid: "p"), accepted, .noteWamid),
            Step(accepted, .accepted(wamid: "a"), accepted, .noteWamid),
            Step(accepted, .rejected(problem, isAwaited: false), .failed(problem), .bury),
        ]
    }()

    @Test("does exactly the steps of the table, and nothing else changes it")
    func table() {
        let legal = Dictionary(grouping: Self.steps) { $0.from }
        for from in Self.states {
            for event in Self.events {
                var message = OutboxMessage(mode: .live, state: from, attempt: 1)
                let action = message.happened(event)
                let step = legal[from]?.first { $0.event == event }
                #expect(action == step?.action, "\(event) in \(from)")
                #expect(message.state == step?.to ?? from, "\(event) in \(from)")
                #expect(message.attempt == (event == .claimed && step != nil ? 2 : 1))
            }
        }
    }

    @Test("is accepted at once in stub")
    func stub() {
        var message = OutboxMessage(mode: .stub)
        #expect(message.happened(.pretended(wamid: "s")) == .settle)
        #expect(message.status == .accepted && message.wamid == "s" && message.attempt == 1)
        #expect(message.happened(.pretended(wamid: "t")) == nil)
        #expect(message.wamid == "s")
    }

    @Test("is never pretended in live")
    func live() {
        var message = OutboxMessage(mode: .live)
        #expect(message.happened(.pretended(wamid: "s")) == nil)
        #expect(message == OutboxMessage(mode: .live))
    }

    @Test(
        "that was never tried is proven by nothing",
        arguments: [State.queued, .held(problem), .failed(problem)])
    func untried(state: State) {
        var message = OutboxMessage(mode: .live, state: state)
        #expect(message.happened(.proven(wamid: "p")) == nil)
    }

    @Test("from a restored outbox is proven by a status though no try of it is known")
    func restoredIsProven() {
        var message = OutboxMessage(mode: .live, state: .held(.restored))
        #expect(message.isDeadLetter)
        #expect(message.happened(.proven(wamid: "p")) == .settle)
        #expect(message.state == .accepted(wamid: "p") && message.attempt == 1)
    }

    @Test("goes again to Meta after a doubt only when somebody has said so")
    func noBlindResend() {
        let allowed: Set<Event> = [.evidenceOverdue(resend: true), .released]
        for event in Self.events where !allowed.contains(event) {
            for isDead in [false, true] {
                var message = OutboxMessage(
                    mode: .live, state: .unknown(isDeadLetter: isDead), attempt: 1)
                _ = message.happened(event)
                #expect(message.state != .queued && message.state != .sending)
            }
        }
    }

    @Test("comes back from its columns as it was", arguments: states)
    func columns(state: State) {
        let message = OutboxMessage(mode: .live, state: state, attempt: 1)
        let back = State(
            message.status, isDeadLetter: message.isDeadLetter, wamid: message.wamid,
            problem: message.problem)
        #expect(back == state)
    }
}
