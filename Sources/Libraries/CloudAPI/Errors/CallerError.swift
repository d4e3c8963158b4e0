/// The kind of error that a caller of ours is told for one of Meta's.
///
/// The raw value is the `code` of the error object in our own answers.
package enum CallerError: String, CaseIterable, Hashable, Sendable {
    case providerUnauthorized = "provider_unauthorized"
    case permissionDenied = "permission_denied"
    case accountRestricted = "account_restricted"
    case invalidRecipient = "invalid_recipient"
    case outsideWindow = "outside_window"
    case templateUnavailable = "template_unavailable"
    case templateParameters = "template_parameters"
    case rejectedByProvider = "rejected_by_provider"
    case throttled
    /// Meta's own trouble: only told after all tries were in vain.
    case unavailable

    package var httpStatus: Int {
        switch self {
        case .providerUnauthorized: 401
        case .permissionDenied, .accountRestricted: 403
        case .invalidRecipient, .outsideWindow, .templateUnavailable, .templateParameters,
            .rejectedByProvider:
            400
        case .throttled: 429
        case .unavailable: 503
        }
    }
}
