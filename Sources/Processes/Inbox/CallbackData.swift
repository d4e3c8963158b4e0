/// What our sends put into `biz_opaque_callback_data`: `<message id>.<attempt>`.
enum CallbackData {
    /// The message and the attempt; nil for what another system sent.
    static func read(_ text: String?) -> (message: String, attempt: Int64)? {
        guard let text, text.hasPrefix("msg_"), let dot = text.lastIndex(of: ".") else {
            return nil
        }
        let digits = text[text.index(after: dot)...]
        guard dot > text.startIndex, let attempt = Int64(digits), attempt >= 0 else { return nil }
        return (String(text[..<dot]), attempt)
    }
}

/// The one line that stands for a message of ours in a list of conversations.
enum ListLine {
    /// Characters: what a list shows in one line, with room to spare.
    static let maximumLength = 160

    /// The text on one line, cut; without a text the type's name.
    static func make(_ text: String, type: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if line.isEmpty { return type }
        return line.count > maximumLength ? line.prefix(maximumLength - 1) + "…" : line
    }
}
