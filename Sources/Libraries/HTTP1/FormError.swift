/// Why a body is no form, or none that is taken.
package enum FormError: Error, Hashable, Sendable {
    /// The boundary that Content-Type names has 1 to 70 characters of RFC 2046 §5.1.1.
    case malformedBoundary
    /// Where a delimiter must be, or at its end, is something else.
    case malformedDelimiter
    /// A part without a readable `Content-Disposition: form-data` and name.
    case malformedPartHead
    case tooManyParts
}

extension FormError: CustomStringConvertible {
    /// What to send instead, one sentence for a person.
    package var description: String {
        switch self {
        case .malformedBoundary:
            "Name the boundary in Content-Type: multipart/form-data; boundary=…"
        case .malformedDelimiter:
            "Begin each part with -- and the boundary on a line of its own, and end with both and --."
        case .malformedPartHead:
            "Begin each part with Content-Disposition: form-data; name=\"…\" and an empty line,"
                + " in \(Limit.formPartHead) bytes."
        case .tooManyParts: "A form may have \(Limit.formParts) parts."
        }
    }
}
