internal import FoundationEssentials

/// Meta's Graph API as the outbox sees it: one call is one attempt, and nothing below it repeats one.
protocol Graph: Sendable {
    /// Posts `body` (JSON) to `/{phoneNumberID}/messages`, and says what is known afterwards.
    ///
    /// Cancelling the asking task before the request has left ends it as `neverLeft`, later as `unknown`.
    func send(_ body: Data, from phoneNumberID: String) async -> GraphOutcome
}

/// What one attempt to send came to; what that means for the message is the outbox's decision.
enum GraphOutcome: Hashable, Sendable {
    /// Graph took the message: its id, and the recipient's resolved id where the answer has one.
    case accepted(wamid: String, waID: String?)
    /// Graph says itself that it did not take it.
    case refused(GraphError)
    /// Not a byte of the request has left (DNS, connect, TLS, cancelled before): safe to repeat.
    case neverLeft(reason: String)
    /// It may have reached Graph: never to be repeated blindly.
    case unknown(reason: String)
}

/// Graph's own words about a request that it did not carry out; decide on `code`.
struct GraphError: Error, Hashable, Sendable {
    /// Nil only for a 429 whose body is not Graph's, which comes from the edge before Graph.
    let code: Int64?
    let subcode: Int64?
    /// `(#code) title`; titles may change.
    let message: String?
    /// `error_data.details`, the text that helps.
    let details: String?
    /// `fbtrace_id`, which Meta's support asks for.
    let trace: String?
    /// Generic Graph; true is honoured, false says nothing.
    let isTransient: Bool
    let httpStatus: Int
    /// `Retry-After`, when it was given in seconds.
    let retryAfter: Duration?

    init(
        code: Int64?, subcode: Int64? = nil, message: String? = nil, details: String? = nil,
        trace: String? = nil, isTransient: Bool = false, httpStatus: Int,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.subcode = subcode
        self.message = message
        self.details = details
        self.trace = trace
        self.isTransient = isTransient
        self.httpStatus = httpStatus
        self.retryAfter = retryAfter
    }
}
