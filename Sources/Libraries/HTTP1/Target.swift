/// Why a request target, or a part of it, can't be understood.
package enum TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither `/path`, nor `http://host/path`, nor the `*` of OPTIONS (RFC 9112 §3.2).
    case unknownForm
    /// A `#`: fragments stay with the client (RFC 9110 §7.1).
    case fragment
    /// A byte that must be escaped: a blank, a control, a backslash, anything beyond ASCII.
    case forbiddenByte
    /// A `%` without two hex digits behind it.
    case malformedEscape
    /// An escaped control: NUL, CR, LF and their like have no business in a name or value.
    case escapedControl
    /// Escapes that are not UTF-8, overlong forms among them.
    case invalidUTF8

    package var description: String {
        switch self {
        case .unknownForm: "The target must be a path that begins with a slash."
        case .fragment: "The target must not hold a '#'; escape it as %23."
        case .forbiddenByte: "The target holds a byte that must be percent-encoded."
        case .malformedEscape: "A '%' in the target must be followed by two hex digits."
        case .escapedControl: "The target must not hold an escaped control character."
        case .invalidUTF8: "The escapes in the target must be UTF-8."
        }
    }
}

/// Which of the forms of RFC 9112 §3.2 a target has; CONNECT's own is not served.
package enum TargetForm: Hashable, Sendable {
    /// `/path?query`
    case origin
    /// `http://host/path?query`, as a client sends it to a proxy.
    case absolute
    /// `*`: the server as a whole.
    case asterisk

    init?(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        if bytes[0] == UInt8(ascii: "/") {
            self = .origin
        } else if bytes.count == 1, bytes[0] == UInt8(ascii: "*") {
            self = .asterisk
        } else if Self.schemeLength(bytes) != nil {
            self = .absolute
        } else {
            return nil
        }
    }

    /// The length of `http://` or `https://`, if these bytes begin with it.
    static func schemeLength(_ bytes: Span<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] where bytes.count >= scheme.utf8.count {
            if bytes.extracting(first: scheme.utf8.count).equalsIgnoringCase(scheme) {
                return scheme.utf8.count
            }
        }
        return nil
    }
}
