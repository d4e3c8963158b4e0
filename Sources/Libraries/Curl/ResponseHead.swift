/// Collects an answer's head from the lines that libcurl hands over, one a call.
struct ResponseHead {
    /// Bytes of fields that are kept; Graph sends about 1 KiB.
    static let longest = 64 << 10

    private(set) var fields: [Transfer.Field] = []
    /// Whether the empty line at its end has come; of an interim answer (1xx) that line counts for nothing.
    private(set) var isComplete = false
    private var length = 0
    private var isInterim = false

    /// Takes a line with its CR LF; false when that makes the head too long.
    mutating func add(_ line: some Collection<UInt8>) -> Bool {
        length += line.count
        guard length <= Self.longest else { return false }
        let text = Self.trimmed(String(decoding: line, as: UTF8.self)[...])
        if text.hasPrefix("HTTP/"), !isComplete {
            // `HTTP/1.1 100 Continue` and its likes come before the real head. RFC 9110 §15.2
            fields = []
            isInterim = text.split(separator: " ").dropFirst().first?.first == "1"
        } else if text.isEmpty {
            isComplete = isComplete || !isInterim
        } else if let colon = text.firstIndex(of: ":"), !isComplete {
            fields.append(
                Transfer.Field(
                    text[..<colon].lowercased(),
                    String(Self.trimmed(text[text.index(after: colon)...]))))
        }
        return true
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text.drop(while: \.isWhitespace)
    }
}
