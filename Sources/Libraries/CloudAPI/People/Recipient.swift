/// Whom a message goes to, or whose messages are asked for.
package enum Recipient: Hashable, Sendable {
    /// A phone number's digits, country code first, no `+`.
    case phone(String)
    /// A business-scoped user id, for people without a visible phone number.
    case user(String)
    /// A group's opaque id.
    case group(String)

    /// Reads a contact in a look-up: a BSUID as it is, anything else as ``PhoneNumber/forReading(_:)``.
    package static func forReading(_ text: String) -> Recipient? {
        let given = text.trimmedOfWhitespace
        if UserID.isValid(given) { return .user(given) }
        return PhoneNumber.forReading(given).map { .phone($0.digits) }
    }

    /// How it is shown, and echoed as `to`: `+` and digits, else the id.
    package var display: String {
        switch self {
        case .phone(let digits): "+" + digits
        case .user(let id), .group(let id): id
        }
    }
}
