internal import CloudAPI
internal import Wire

/// What a refusal of Graph's asks of the queue: the table of codes in the queue's own words.
enum Verdict: Hashable, Sendable {
    /// Meta's own trouble: again after a backoff of at least that many ms, so often or until it is too old.
    case retry(Problem, atLeast: Int64, tries: Int?)
    /// A scope goes too fast; the message itself is as good as ever.
    case slow(SendScope, Problem, atLeast: Int64)
    /// Never.
    case reject(Problem)
    /// Something that a person must cure: nothing of the scope goes meanwhile.
    ///
    /// The first probe goes in that many ms or later.
    case block(SendScope, Problem, atLeast: Int64)

    /// Decides by the code; `ticket` says which scopes the message is in.
    init(_ error: GraphError, for ticket: Ticket) {
        let told = CloudAPI.GraphError(
            code: error.code, httpStatus: error.httpStatus, message: error.message,
            details: error.details, isTransient: error.isTransient, trace: error.trace)
        let problem = Problem(told)
        // Meta's pages know how long some take; `Retry-After` counts whatever the class.
        let asked = Int64((error.retryAfter ?? .zero) / .milliseconds(1))
        let atLeast = max(asked, Int64((told.entry.wait ?? .zero) / .milliseconds(1)))
        switch told.errorClass {
        case .transient(let tries): self = .retry(problem, atLeast: atLeast, tries: tries)
        case .permanent, .information: self = .reject(problem)
        case .auth: self = .block(.token, problem, atLeast: asked)
        case .account(.businessAccount): self = .block(.account, problem, atLeast: asked)
        case .account(.number): self = .block(.number(ticket.from), problem, atLeast: asked)
        case .account(.marketing), .template:
            // What waits for the same template would fare the same; nothing else would.
            self =
                ticket.template.map { .block(.template($0), problem, atLeast: asked) }
                ?? .reject(problem)
        case .account(.calling): self = .reject(problem)
        case .throttle(.app): self = .slow(.token, problem, atLeast: atLeast)
        case .throttle(.businessAccount): self = .slow(.account, problem, atLeast: atLeast)
        case .throttle(.number): self = .slow(.number(ticket.from), problem, atLeast: atLeast)
        case .throttle(.pair):
            self = .slow(.pair(ticket.from, ticket.person), problem, atLeast: asked)
        case .throttle(.management), .throttle(.flow), .throttle(.registration), .throttle(.groups):
            // Limits of few messages: they wait alone.
            self = .retry(problem, atLeast: atLeast, tries: nil)
        }
    }
}

extension Problem {
    /// An error of Meta's as a caller is told it.
    init(_ error: CloudAPI.GraphError) {
        let entry = error.entry
        self.init(
            Code(rawValue: entry.caller.rawValue) ?? .rejectedByProvider,
            status: entry.caller.httpStatus, error.text, hint: entry.hint,
            retryable: entry.errorClass.isRetryable)
        providerCode = error.code.flatMap { Int(exactly: $0) }
        details = error.details
        trace = error.trace
    }

    /// Not a byte has left for Meta.
    static func neverLeft(_ reason: String) -> Problem {
        Problem(
            .unavailable, status: 503, "Meta could not be reached: \(reason).",
            hint: "Check the network and the name service of this machine; it is tried again.",
            retryable: true)
    }

    /// It left, and nobody knows what became of it.
    static func lost(_ reason: String) -> Problem {
        Problem(
            .outcomeUnknown, status: 504, "Meta did not say what became of it: \(reason).",
            hint: "Wait for its status; retry it only when you know that it did not arrive.")
    }

    /// The caller said that it is not worth sending any more.
    static var noLongerWanted: Problem {
        Problem(
            .messageExpired, status: 400, "expires_in was over before the message could go.",
            hint: "Send it anew if it is still wanted; see ./run.sh status for what was in the way."
        )
    }
}
