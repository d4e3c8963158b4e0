/// Text as the index of words takes it, cut where SQLite's tokenizer would not.
///
/// The tokenizer (unicode61) cuts at blanks and punctuation, and folds case and the accents of Latin. What it
/// can't do is done here, for the index and for queries alike: scripts that put no blanks between
/// words, signs that stand alone, and letters that people write in two ways. A change here needs the index
/// made anew (`Schema`, `search_pending`).
enum SearchWords {
    /// Scalars of one text that are indexed; Meta's longest has 4,096.
    static let longest = 8_192

    /// A part of a text.
    enum Piece: Equatable {
        /// Words between which there are blanks or punctuation; the tokenizer cuts them.
        case words(String)
        /// Neighbouring characters of scripts without blanks.
        case run([Unicode.Scalar])
        /// An emoji or another symbol: a word by itself.
        case sign(Unicode.Scalar)
    }

    /// The words of a text, blanks between them.
    static func indexed(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 && $0 != 0 }
        guard !isPlain || text.utf8.count > longest else { return text }
        var words = String.UnicodeScalarView()
        for piece in pieces(of: text) {
            words.append(" ")
            switch piece {
            case .words(let text): words += text.unicodeScalars
            case .sign(let sign): words.append(sign)
            case .run(let run):
                words +=
                    (pairs(run) + [String(run[run.count - 1])])
                    .joined(separator: " ").unicodeScalars
            }
        }
        return String(words)
    }

    /// Each two neighbours; a run is found by any part of it that has two characters or more.
    static func pairs(_ run: [Unicode.Scalar]) -> [String] {
        zip(run, run.dropFirst()).map { String(String.UnicodeScalarView([$0, $1])) }
    }

    /// Digits by threes, so that any part of a number of three digits and more is found.
    static func threes(_ digits: String) -> String {
        let digits = Array(digits.utf8)
        guard digits.count >= 3 else { return "" }
        return (0...digits.count - 3).map { String(decoding: digits[$0..<$0 + 3], as: UTF8.self) }
            .joined(separator: " ")
    }

    /// The word by which the index knows a conversation.
    static func token(of conversation: String) -> String {
        String(conversation.drop { $0 != "_" }.dropFirst())
    }

    static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var words = String.UnicodeScalarView()
        var run: [Unicode.Scalar] = []
        func flush() {
            if !words.isEmpty { pieces.append(.words(String(words))) }
            if !run.isEmpty { pieces.append(.run(run)) }
            words = String.UnicodeScalarView()
            run = []
        }
        for scalar in text.unicodeScalars.prefix(longest) {
            switch Script(scalar) {
            case .plain:
                if !run.isEmpty { flush() }
                words.append(scalar)
            case .folded(let letters):
                if !run.isEmpty { flush() }
                words += letters.unicodeScalars
            case .withoutBlanks:
                if !words.isEmpty { flush() }
                run.append(scalar)
            case .sign:
                flush()
                pieces.append(.sign(scalar))
            case .dropped: break
            }
        }
        flush()
        return pieces
    }
}

/// What a character is to the index of words.
private enum Script {
    case plain, withoutBlanks, sign
    /// Taken for these letters.
    case folded(String)
    /// Passed over: with and without it a word is the same.
    case dropped

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        guard value >= 0x80 else {
            self = value == 0 ? .folded(" ") : .plain
            return
        }
        if let letters = Self.letters[value] {
            self = .folded(letters)
        } else if let full = Self.halved(value) {
            self = .folded(full)
        } else if Self.isIn(Self.passedOver, value) {
            self = .dropped
        } else if Self.isIn(Self.blankless, value) {
            self = .withoutBlanks
        } else if value >= 0x2190, scalar.properties.generalCategory == .otherSymbol {
            self = .sign
        } else {
            self = .plain
        }
    }

    /// ASCII for its full-width form (U+FF01–FF5E).
    private static func halved(_ value: UInt32) -> String? {
        guard (0xFF01...0xFF5E).contains(value) else { return nil }
        return Unicode.Scalar(value - 0xFEE0).map { String($0) }
    }

    private static func isIn(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
        ranges.contains { $0.contains(value) }
    }

    /// Marks of Hebrew and Arabic that are mostly left out, joiners, variation selectors, skin tones.
    private static let passedOver: [ClosedRange<UInt32>] = [
        0x00AD...0x00AD, 0x0591...0x05BD, 0x05BF...0x05BF, 0x05C1...0x05C2, 0x05C4...0x05C5,
        0x05C7...0x05C7, 0x0610...0x061A, 0x0640...0x0640, 0x064B...0x065F, 0x0670...0x0670,
        0x06D6...0x06DC, 0x200C...0x200D, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF,
    ]

    /// Thai, Lao, Myanmar, Khmer, Han, Kana, Bopomofo; not their digits.
    private static let blankless: [ClosedRange<UInt32>] = [
        0x0E01...0x0E3A, 0x0E40...0x0E4E, 0x0E81...0x0EBD, 0x0EC0...0x0ECE, 0x0EDC...0x0EDF,
        0x1000...0x103F, 0x1050...0x108F, 0x1780...0x17D3, 0x2E80...0x2FDF, 0x3005...0x3007,
        0x3021...0x3029, 0x3031...0x3035, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA,
        0x30FC...0x30FF, 0x3105...0x312F, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xF900...0xFAFF, 0xFF66...0xFF9F, 0x1B000...0x1B16F, 0x20000...0x323AF,
    ]

    /// What unicode61 keeps apart, though people write one for the other.
    private static let letters: [UInt32: String] = {
        let pairs: [(String, String)] = [
            ("ß", "ss"), ("ẞ", "ss"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe"),
            ("ø", "o"), ("Ø", "o"), ("ł", "l"), ("Ł", "l"), ("đ", "d"), ("Đ", "d"), ("ı", "i"),
            ("ά", "α"), ("έ", "ε"), ("ή", "η"), ("ί", "ι"), ("ό", "ο"), ("ύ", "υ"), ("ώ", "ω"),
            ("ϊ", "ι"), ("ϋ", "υ"), ("ΐ", "ι"), ("ΰ", "υ"), ("Ά", "α"), ("Έ", "ε"), ("Ή", "η"),
            ("Ί", "ι"), ("Ό", "ο"), ("Ύ", "υ"), ("Ώ", "ω"), ("Ϊ", "ι"), ("Ϋ", "υ"), ("ё", "е"),
            ("Ё", "е"), ("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ٱ", "ا"), ("ى", "ي"),
        ]
        return Dictionary(
            pairs.compactMap { pair in pair.0.unicodeScalars.first.map { ($0.value, pair.1) } },
            uniquingKeysWith: { first, _ in first })
    }()
}
