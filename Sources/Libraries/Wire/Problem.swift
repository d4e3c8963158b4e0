/// What went wrong, with the cure: the error object of every answer, between processes and over HTTP.
package struct Problem: Error, Codable, Hashable, Sendable {
    /// Tell errors apart by this; names never change.
    package enum Code: String, Codable, CaseIterable, Sendable {
        case invalidRequest = "invalid_request"
        case invalidRecipient = "invalid_recipient"
        case invalidSignature = "invalid_signature"
        case unauthorized, forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case expired = "events_expired"
        case messageExpired = "message_expired"
        case preconditionFailed = "precondition_failed"
        case tooLarge = "too_large"
        case rangeNotSatisfiable = "range_not_satisfiable"
        case unsupportedMediaType = "unsupported_media_type"
        case misdirected = "misdirected_request"
        case idempotencyKeyReused = "idempotency_key_reused"
        case headerTooLarge = "header_too_large"
        case notSupported = "not_supported"
        case internalError = "internal_error"
        case unavailable
        case storeFull = "store_full"
        case mediaPending = "media_pending"
        case mediaGone = "media_gone"
        case outcomeUnknown = "outcome_unknown"
        case providerUnauthorized = "provider_unauthorized"
        case permissionDenied = "permission_denied"
        case accountRestricted = "account_restricted"
        case outsideWindow = "outside_window"
        case templateUnavailable = "template_unavailable"
        case templateParameters = "template_parameters"
        case rejectedByProvider = "rejected_by_provider"
        case throttled
        case notOnAllowList = "not_on_allow_list"
        case restored
        case erased
    }

    package var code: Code
    package var message: String
    /// What to do next.
    package var hint: String
    /// The message it is about, when there is one.
    package var id: String?
    /// The field of the request that is wrong, such as `components[0].type`.
    package var field: String?
    /// Whether the same request may succeed later without a change.
    package var retryable: Bool
    package var retryAfterSeconds: Int?
    /// Meta's own error code.
    package var providerCode: Int?
    /// Meta's own words.
    package var details: String?
    /// Meta's `fbtrace_id`.
    package var trace: String?
    /// Which HTTP status says this; not part of the HTTP body.
    package var httpStatus: Int

    package init(
        _ code: Code, status: Int, _ message: String, hint: String, id: String? = nil,
        field: String? = nil, retryable: Bool = false, retryAfterSeconds: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.id = id
        self.field = field
        self.retryable = retryable
        self.retryAfterSeconds = retryAfterSeconds
        httpStatus = status
    }

    package enum CodingKeys: String, CodingKey {
        case code, message, hint, id, field, retryable, details, trace
        case retryAfterSeconds = "retry_after_seconds"
        case providerCode = "provider_code"
        case httpStatus = "http_status"
    }
}

extension Problem {
    /// A request whose `field` is missing, wrong or unknown.
    package static func invalid(_ field: String?, _ message: String, hint: String) -> Problem {
        Problem(.invalidRequest, status: 400, message, hint: hint, field: field)
    }

    /// A process that did not come back within the deadline; nothing was lost.
    package static func unavailable(_ service: Service) -> Problem {
        Problem(
            .unavailable, status: 503, "\(service.rawValue) is away",
            hint: "Try again; ./run.sh status tells why it is away.", retryable: true,
            retryAfterSeconds: 1)
    }

    /// A process that is there and did not answer within the deadline.
    package static func unanswered(_ service: Service) -> Problem {
        Problem(
            .unavailable, status: 503, "\(service.rawValue) did not answer in time",
            hint: "Try again; ./run.sh status tells how it is.", retryable: true,
            retryAfterSeconds: 1)
    }

    /// A mistake of ours; the log of the named process has the cause.
    package static func internalError(in service: Service) -> Problem {
        Problem(
            .internalError, status: 500, "\(service.rawValue) failed on this request",
            hint: "See ./run.sh logs \(service.rawValue), and report it.")
    }
}
