/// A business-scoped user id (BSUID): a person's id when there is no phone number.
///
/// A country's two letters, `.`, up to 128 letters and digits; the parent form has `ENT.` after the
/// first dot. Kept as given, case included. (Meta, "Business-scoped user IDs", 7 May 2026)
package enum UserID {
    /// Letters and digits after the last dot.
    static let maximumSuffixLength = 128

    private static let parentMark = "ENT."

    /// Whether the text has exactly the form of a BSUID or of a parent BSUID.
    package static func isValid(_ text: String) -> Bool {
        guard looksLikeOne(text) else { return false }
        var suffix = text.dropFirst(3)
        if suffix.hasPrefix(parentMark) { suffix = suffix.dropFirst(parentMark.count) }
        return (1...maximumSuffixLength).contains(suffix.utf8.count)
            && suffix.utf8.allSatisfy(\.isLetterOrDigit)
    }

    /// Whether a value under `from` or `wa_id` is a BSUID that Meta put in the phone number's place.
    ///
    /// Looser than ``isValid(_:)``: what is received is kept even when its suffix takes a new form.
    static func looksLikeOne(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(3))
        return bytes.count == 3 && bytes[0].isLetter && bytes[1].isLetter
            && bytes[2] == UInt8(ascii: ".")
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isLetterOrDigit: Bool { isDigit || isLetter }
}
