internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Reactor
internal import Wire

/// Tells Meta, in live, which messages were read: at once for a caller who waits, and in time for the
/// conversations that were marked here.
///
/// Nothing waits for it: a send is never behind a mark, and a throttle of marks slows no send. What
/// stops all of a number, such as a token that ended, stops both.
actor ReadMarks {
    /// Callers' marks that may be under way at once: each holds a connection for some 0.2 s.
    static let mostAtOnce = 32
    /// Tries for one caller.
    static let mostTries = 4
    /// For one try, half of it to connect, so that one that hangs leaves time for another.
    static let longestTry = Duration.seconds(6)

    let loop: EventLoop
    let outbox: Outbox
    let graph: any MarkingGraph
    let sender: MessageSender
    /// The configured numbers.
    let numbers: [String]
    let random: @Sendable (ClosedRange<Int64>) -> Int64
    /// Asks inbox about a message, within a time; nil while it is away.
    private let whose: @Sendable (FindMessage, Duration) async -> FindMessage.Answer?
    /// Called on the loop with Meta's code for a mark that was given up.
    let onGivenUp: @Sendable (Int?) -> Void
    /// Rung when there is something to tell, and by nobody for those who wait a while.
    let bell: Bell
    private let pause: Bell
    private var underWay = 0
    /// Whether something came since the table was last looked at.
    var isNews = true
    /// Marks that Meta refused for good, since the start.
    var givenUp: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        of outbox: Outbox, over graph: any MarkingGraph, beside sender: MessageSender,
        for numbers: [String], on loop: EventLoop,
        random: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { .random(in: $0) },
        whose: @escaping @Sendable (FindMessage, Duration) async -> FindMessage.Answer? = { _, _ in
            nil
        },
        onGivenUp: @escaping @Sendable (Int?) -> Void = { _ in }
    ) {
        self.outbox = outbox
        self.graph = graph
        self.sender = sender
        self.numbers = numbers
        self.loop = loop
        self.random = random
        self.whose = whose
        self.onGivenUp = onGivenUp
        bell = Bell(on: loop)
        pause = Bell(on: loop)
    }

    // MARK: For a caller

    /// How long inbox may take to say whose a message is: its caller waits.
    private static let ownerLimit = Duration.seconds(1)

    /// The number that a message came to; nil when inbox does not know it, or is away.
    func number(of wamid: String) async -> String? {
        let asked = FindMessage(name: .id(wamid), seen: [])
        return await whose(asked, Self.ownerLimit)?.message?.phoneNumberID
    }

    /// Tells a mark while its caller waits, until the deadline (boot clock, ms).
    ///
    /// A try whose answer was lost is repeated: to Meta two equal marks are one.
    /// - Throws: `Problem`: Meta's refusal, what is in the way of everything, or no answer in time.
    func tell(_ mark: ReadMark, from phoneNumberID: String, until deadline: Int64) async throws {
        guard underWay < Self.mostAtOnce else { throw Problem.tooManyMarks }
        underWay += 1
        defer { underWay -= 1 }
        let body = mark.body.encoded()
        var tries = 0
        while true {
            if let problem = await sender.pause(ofNumber: phoneNumberID) { throw problem }
            let left = Duration.milliseconds(max(1, deadline - Clocks.boot))
            let outcome = await graph.mark(
                body, from: phoneNumberID, within: min(left, Self.longestTry))
            tries += 1
            switch await decide(on: outcome, from: phoneNumberID) {
            case .told: return
            case .never(let problem), .blocked(let problem): throw problem
            case .later(let problem, let atLeast, _):
                let delay = max(atLeast, Backoff.delay(after: tries, random))
                guard tries < Self.mostTries, Clocks.boot + delay < deadline else { throw problem }
                _ = await pause.wait(atMost: .milliseconds(delay))
                try Task.checkCancellation()
            }
        }
    }

    // MARK: What an outcome means

    /// What is to be done about a mark after a try.
    enum Decision: Hashable {
        case told
        /// Again after so many ms at least; nil tries: until it is too old.
        case later(Problem, atLeast: Int64, tries: Int?)
        case never(Problem)
        /// Nothing of the scope goes now, sends neither.
        case blocked(Problem)
    }

    /// Reads an outcome by the table of errors that sends go by; a pause of the number begins with it.
    func decide(on outcome: MarkOutcome, from phoneNumberID: String) async -> Decision {
        switch outcome {
        case .told: return .told
        case .unanswered(let reason):
            return .later(.markUnanswered(reason), atLeast: 0, tries: nil)
        case .refused(let error):
            switch Verdict(error, for: .mark(from: phoneNumberID)) {
            case .retry(let problem, let atLeast, let tries):
                return .later(problem, atLeast: atLeast, tries: tries)
            case .slow(_, let problem, let atLeast):
                return .later(problem, atLeast: atLeast, tries: nil)
            case .reject(let problem): return .never(problem)
            case .block(let scope, let problem, let atLeast):
                await sender.pause(scope, for: problem, atLeast: atLeast)
                return .blocked(problem)
            }
        }
    }
}

extension Ticket {
    /// What stands for a read mark where scopes are looked at: a number, and nobody in particular.
    static func mark(from phoneNumberID: String) -> Ticket {
        Ticket(number: 0, id: "", from: phoneNumberID, person: "")
    }
}

extension MessageSender {
    /// Why nothing of a number goes now; nil while it goes.
    func pause(ofNumber phoneNumberID: String) -> Problem? {
        dispatch.pause(of: .mark(from: phoneNumberID))?.problem
    }

    /// Stops a scope for what a read mark or a file was told; callers who wait for a send of it are told too.
    ///
    /// - Returns: whether it went until now.
    @discardableResult
    func pause(_ scope: SendScope, for problem: Problem, atLeast: Int64 = 0) -> Bool {
        let isNew = dispatch.gates[scope]?.pause == nil
        dispatch.pause(scope, for: problem, atLeast: atLeast, now: Clocks.boot)
        refuseWaiting(in: scope, for: problem)
        return isNew
    }
}

extension Problem {
    /// Meta may or may not know that it was read, and no harm comes of telling it again.
    static func markUnanswered(_ reason: String) -> Problem {
        Problem(
            .unavailable, status: 503, "Meta did not answer to the read mark: \(reason).",
            hint: "Send it again: the same mark twice is one.", retryable: true,
            retryAfterSeconds: 5)
    }

    /// Sends have connections of their own.
    static var tooManyMarks: Problem {
        Problem(
            .throttled, status: 429,
            "\(ReadMarks.mostAtOnce) read marks are on their way to Meta already.",
            hint: "Mark only the newest message of a conversation: the earlier ones follow.",
            retryable: true, retryAfterSeconds: 1)
    }
}
