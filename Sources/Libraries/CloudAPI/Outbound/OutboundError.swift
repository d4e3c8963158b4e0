/// Why something is not sent: Meta would refuse it.
///
/// Names the field as the Cloud API does.
package enum OutboundError: Error, Hashable, Sendable {
    case missing(field: String)
    /// Lengths are Unicode scalars.
    case tooLong(field: String, limit: Int, actual: Int)
    /// The field has no place beside the others; `because` ends the sentence "… is not allowed …".
    case notAllowed(field: String, because: String)
    /// `expected` ends the sentence "… must be …".
    case invalid(field: String, expected: String)
    /// Exactly one of the two is wanted.
    case bothGiven(field: String, other: String)
    /// Nobody knows the last part of the path, `name`, at that place.
    case unknown(field: String, name: String, known: [String])
    /// A value that is none of those that are known there.
    case notOneOf(field: String, given: String, known: [String])
    /// The recipient that a field names is none.
    case recipient(field: String, RecipientError)

    package var field: String {
        switch self {
        case .missing(let field), .tooLong(let field, _, _), .notAllowed(let field, _),
            .invalid(let field, _), .bothGiven(let field, _), .unknown(let field, _, _),
            .notOneOf(let field, _, _), .recipient(let field, _):
            field
        }
    }

    /// What is wrong, in a sentence that names the field.
    package var message: String {
        switch self {
        case .missing(let field): "\(field) is missing"
        case .tooLong(let field, let limit, let actual):
            "\(field) has \(actual) characters, at most \(limit) are allowed"
        case .notAllowed(let field, let reason): "\(field) is not allowed \(reason)"
        case .invalid(let field, let expected): "\(field) must be \(expected)"
        case .bothGiven(let field, let other): "\(field) and \(other) are both given"
        case .unknown(let field, _, _): "\(field) is not a field of this request"
        case .notOneOf(let field, let given, _): "\(field) is \"\(given)\", which is not known"
        case .recipient(let field, let error): "\(field): \(error.message)"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch self {
        case .missing(let field): "give \(field)"
        case .tooLong(let field, let limit, _): "shorten \(field) to \(limit) characters"
        case .notAllowed(let field, _): "leave \(field) out"
        case .invalid(let field, let expected): "make \(field) \(expected)"
        case .bothGiven(let field, let other): "give either \(field) or \(other)"
        case .unknown(_, let name, let known):
            Self.nearest(name, known) ?? "leave it out; known are \(known.joined(separator: ", "))"
        case .notOneOf(_, let given, let known):
            Self.nearest(given, known) ?? "use one of \(known.joined(separator: ", "))"
        case .recipient(_, let error): error.hint
        }
    }

    private static func nearest(_ name: String, _ known: [String]) -> String? {
        Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" }
    }
}

extension String {
    /// Refuses an empty text and one of more than `limit` scalars.
    func checkLength(_ field: String, upTo limit: Int) throws(OutboundError) {
        let length = unicodeScalars.count
        if length == 0 { throw .missing(field: field) }
        if length > limit { throw .tooLong(field: field, limit: limit, actual: length) }
    }
}
