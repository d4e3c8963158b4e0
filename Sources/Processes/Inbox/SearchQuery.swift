/// What somebody looks for, as expressions of FTS5: all words must be there, the last one may go on.
///
/// Nothing of the text is taken for syntax: each word is a quoted string.
struct SearchQuery {
    /// Letters from which on a word is looked for as a beginning in messages: the length of the index's
    /// `prefix`, as too many words begin with fewer.
    private static let shortestBeginning = 3
    /// Fewer digits are not taken for a part of a phone number.
    private static let fewestDigits = 3

    private let text: String

    init(_ text: String) { self.text = text }

    /// For `message_words`, in all conversations or in these.
    func messages(in conversations: [String]? = nil) -> String {
        let words = "words : (\(expression(beginningFrom: Self.shortestBeginning)))"
        guard let conversations else { return words }
        let ids = conversations.map { Self.quoted(SearchWords.token(of: $0)) }
        return "\(words) AND conversation : (\(ids.joined(separator: " OR ")))"
    }

    /// For `party_words`: names, or any part of a number as people write it.
    var parties: String {
        let words = "words : (\(expression(beginningFrom: 1)))"
        guard let digits else { return words }
        return "(\(words)) OR digits : \(Self.quoted(SearchWords.threes(digits)))"
    }

    /// The digits, when it can be a number: without the zeros that stand for a country or a trunk line.
    private var digits: String? {
        let isNumber = text.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.isAlphabetic && scalar.properties.generalCategory != .otherSymbol
        }
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard isNumber, digits.count >= Self.fewestDigits else { return nil }
        let bare = String(digits.drop { $0 == "0" })
        return bare.count >= Self.fewestDigits ? bare : digits
    }

    private func expression(beginningFrom length: Int) -> String {
        var terms: [String] = []
        // Scalars, as the index takes them: a blank under an accent is one character, blank for Swift.
        let words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
        for (index, word) in words.enumerated() {
            let pieces = SearchWords.pieces(of: String(Substring(word)))
            for (place, piece) in pieces.enumerated() {
                let isLast = index == words.count - 1 && place == pieces.count - 1
                switch piece {
                case .words(let word):
                    // Of several words in one it is the last that may go on: `o'nei`.
                    let mayGoOn = isLast && Self.letters(atEndOf: word) >= length
                    terms.append(Self.quoted(word) + (mayGoOn ? "*" : ""))
                case .sign(let sign): terms.append(Self.quoted(String(sign)))
                case .run(let run) where run.count == 1:
                    terms.append(Self.quoted(String(run[0])) + "*")
                case .run(let run):
                    terms.append(Self.quoted(SearchWords.pairs(run).joined(separator: " ")))
                }
            }
        }
        // An empty string is a word that nothing has.
        return terms.isEmpty ? "\"\"" : terms.joined(separator: " ")
    }

    /// How much of a word stands at the end; a syllable of Korean is written as one character and counts twice.
    private static func letters(atEndOf text: String) -> Int {
        var count = 0
        for scalar in text.unicodeScalars.reversed() {
            switch scalar.properties.generalCategory {
            case .otherLetter: count += (0xAC00...0xD7A3).contains(scalar.value) ? 2 : 1
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
                .otherNumber:
                count += 1
            default: return count
            }
        }
        return count
    }

    /// A string of FTS5, in which only the quote has a meaning. (SQLite, "FTS5 Strings")
    ///
    /// Scalar by scalar: a quote under an accent is another character for Swift, and a quote for SQLite.
    private static func quoted(_ text: String) -> String {
        let inside = text.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
        return "\"\(String(String.UnicodeScalarView(inside)))\""
    }
}
