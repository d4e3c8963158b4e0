/// Why a text is not taken as somebody to send to.
package enum RecipientError: Error, Hashable, Sendable {
    case empty
    /// Neither digits nor a BSUID; carries what was given.
    case notANumber(String)
    /// No country code, as far as one can tell; `guess` is what may have been meant, `+` in front, or
    /// nil where the country is anybody's guess.
    case notInternational(digits: String, guess: String?)
    /// More digits than any number has, or fewer.
    case wrongLength(digits: Int)

    /// What is wrong, in a sentence that names no field.
    package var message: String {
        switch self {
        case .empty: "there is no recipient"
        case .notANumber: "this is neither a phone number nor a user id"
        case .notInternational: "the phone number has no country code"
        case .wrongLength(let digits):
            "a phone number has \(PhoneNumber.minimumDigits) to \(PhoneNumber.maximumDigits) digits,"
                + " this one has \(digits)"
        }
    }

    /// What to write instead.
    package var hint: String {
        if case .notInternational(_, let guess?) = self {
            return "write it with + and the country code; did you mean \(guess)?"
        }
        return "write the number in international format, with + and the country code (+91…)"
    }
}

extension PhoneNumber {
    /// Reads whom a message goes to, strictly: a wrong guess reaches a stranger.
    ///
    /// `+…` and `00…`, a BSUID, and 11 to 15 bare digits, which are read as international.
    /// `homeCountryCode` is digits: where a number without country code is guessed to belong.
    /// - Throws: ten bare digits or fewer, or a leading 0, are ``RecipientError/notInternational``: Meta
    ///   would prepend the country code of the *business* (Meta, "Send messages", phone number formats).
    package static func forSending(
        _ text: String, homeCountryCode: String? = nil
    ) throws(RecipientError) -> Recipient {
        let given = text.trimmedOfWhitespace
        guard !given.isEmpty else { throw .empty }
        if UserID.isValid(given) { return .user(given) }
        guard let written = WrittenNumber(given) else { throw .notANumber(text) }
        let digits = written.digits
        if digits.hasPrefix("0")
            || !written.isMarkedInternational && digits.utf8.count < minimumBareDigits
        {
            throw .notInternational(
                digits: digits, guess: guess(at: written, homeCountryCode: homeCountryCode))
        }
        guard (minimumDigits...maximumDigits).contains(digits.utf8.count) else {
            throw .wrongLength(digits: digits.utf8.count)
        }
        return .phone(digits)
    }

    /// Without the 0 that is dialled inside a country, and with the country code.
    ///
    /// No code, no guess: `9876543210` with a bare `+` is a number, but one in another country.
    private static func guess(at written: WrittenNumber, homeCountryCode: String?) -> String? {
        let national = String(written.digits.drop { $0 == "0" })
        let code = written.isMarkedInternational ? "" : homeCountryCode
        guard let digits = code.map({ $0 + national }),
            (minimumDigits...maximumDigits).contains(digits.utf8.count)
        else { return nil }
        return "+" + digits
    }
}

extension String {
    var trimmedOfWhitespace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
