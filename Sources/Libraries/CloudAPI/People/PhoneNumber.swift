/// A phone number in international form, as its digits: country code first, no `+`.
package struct PhoneNumber: Hashable, Sendable {
    /// ASCII digits only, at least one.
    package let digits: String

    /// E.164 allows 15 digits (ITU-T E.164 §6.2.1).
    package static let maximumDigits = 15

    /// The shortest numbers in service have 7 digits, country code included (`+247` and four).
    package static let minimumDigits = 7

    /// From 11 digits on a bare number is read as international: national ones have 10 at most where
    /// we have seen them given bare.
    package static let minimumBareDigits = 11

    /// A number that is already known to be digits, such as a `wa_id`; nil when it isn't.
    package init?(digits: String) {
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit) else { return nil }
        self.digits = digits
    }

    /// How people read it: `+` and the digits.
    package var international: String { "+" + digits }
}

extension PhoneNumber {
    /// Whom a caller means when looking something up: as generous as can be, for nothing is sent.
    ///
    /// `+91…`, `91…`, `0091…`, a blank in front (a `+` that was not escaped in a URL), blanks, dashes,
    /// dots and brackets between. Nil when something else is in it, or no digit.
    package static func forReading(_ text: String) -> PhoneNumber? {
        guard let written = WrittenNumber(text) else { return nil }
        return PhoneNumber(digits: written.digits)
    }
}

/// What was typed: the digits, and whether something in front marked them as international.
struct WrittenNumber {
    let digits: String
    let isMarkedInternational: Bool

    /// Nil when a character is neither a digit, nor a `+` in front, nor a usual separator.
    init?(_ text: String) {
        var digits = ""
        var plus = false
        for scalar in text.unicodeScalars where !Self.isSeparator(scalar) {
            switch scalar {
            case "0"..."9": digits.unicodeScalars.append(scalar)
            case "+" where digits.isEmpty && !plus: plus = true
            default: return nil
            }
        }
        // No country code starts with 0, so `00` can only be the call prefix.
        if !plus, digits.hasPrefix("00") {
            plus = true
            digits.removeFirst(2)
        }
        guard !digits.isEmpty else { return nil }
        self.digits = digits
        isMarkedInternational = plus
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "(", ")", ".", "/": true
        // The hyphens, and the invisible direction marks that address books copy along.
        case "\u{2010}"..."\u{2015}", "\u{200B}"..."\u{200F}", "\u{202A}"..."\u{202E}": true
        case "\u{2060}", "\u{2066}"..."\u{2069}", "\u{FEFF}": true
        default: scalar.properties.isWhitespace
        }
    }
}
