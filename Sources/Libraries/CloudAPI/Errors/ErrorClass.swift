/// What an error of Meta's asks of whoever sends.
package enum ErrorClass: Hashable, Sendable {
    /// Everything that uses this token pauses until it is changed; nothing that waits is burnt.
    case auth
    /// The account or the number pauses until a person has acted; nothing that waits is burnt.
    case account(AccountScope)
    /// The scope slows down; what waits stays queued.
    case throttle(ThrottleScope)
    /// Tried again with backoff: at most `tries` in all, or until the message is too old when nil.
    case transient(tries: Int?)
    /// Never tried again.
    case permanent
    /// Permanent for this message, and what waits for the same template is held.
    case template
    /// Tells something, refuses nothing.
    case information

    /// Who is stopped by an error of the account.
    package enum AccountScope: String, CaseIterable, Hashable, Sendable {
        /// The WhatsApp Business account with all its numbers.
        case businessAccount = "business_account"
        /// One phone number.
        case number
        /// Marketing templates of the account; other messages go on.
        case marketing
        /// Calls of the account; messages go on.
        case calling
    }

    /// What shares a limit.
    package enum ThrottleScope: String, CaseIterable, Hashable, Sendable {
        case app
        case businessAccount = "business_account"
        /// Templates, numbers and subscriptions; messages go on.
        case management
        case number
        /// One number to one person.
        case pair
        /// Messages that open one flow.
        case flow
        /// Registering a number; messages go on.
        case registration
        case groups
    }

    /// Whether the same message may be taken later without a change to it.
    package var isRetryable: Bool {
        switch self {
        case .auth, .account, .throttle, .transient: true
        case .permanent, .template, .information: false
        }
    }
}
