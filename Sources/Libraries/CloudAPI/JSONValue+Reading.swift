package import JSON

/// Meta's habits: the same property has come as a string, a number or a truth value.
extension JSONValue {
    /// `true` and `"true"` alike.
    package var bool: Bool? {
        switch self {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }

    /// A finite number, also one that came as a string (`"48.2082"`).
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        // Swift also reads "nan" and "inf" as numbers.
        case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// A whole number, also one that came as a string.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        case .string(let text): Int64(text)
        default: nil
        }
    }

    /// An opaque id: a non-empty string, or an integer in its decimal form.
    ///
    /// An empty string is an absent id: Meta sent them until Feb 2026 where it now omits the property.
    package var identifier: String? {
        switch self {
        case .string(let text) where !text.isEmpty: text
        case .integer(let value): String(value)
        default: nil
        }
    }

    /// A text that says something; the empty one says nothing.
    package var nonEmptyString: String? {
        if case .string(let text) = self, !text.isEmpty { text } else { nil }
    }
}
