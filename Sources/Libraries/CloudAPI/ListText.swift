import JSON

/// The one line that stands for a message in a list of conversations.
package enum ListText {
    /// Characters (grapheme clusters); what a list shows in one line, with room to spare.
    static let maximumLength = 160

    /// Scalars; a single character may be a letter under a thousand accents.
    static let maximumScalars = 640

    private static let ellipsis: Character = "…"

    /// Folds each run of blanks, line ends and control characters into one blank, and cuts.
    ///
    /// Reads no more of a long text than it keeps.
    static func line(_ text: String) -> String {
        var line = ""
        var length = 0
        var scalars = 0
        var blankIsDue = false
        for character in text {
            if isBlank(character) {
                blankIsDue = length > 0
                continue
            }
            let size = character.unicodeScalars.count
            let isFull =
                length + (blankIsDue ? 2 : 1) > maximumLength || scalars + size + 1 > maximumScalars
            guard !isFull else {
                if length == maximumLength { line.removeLast() }
                line.append(ellipsis)
                break
            }
            if blankIsDue {
                line.append(" ")
                length += 1
            }
            line.append(character)
            length += 1
            scalars += size + 1
            blankIsDue = false
        }
        return line
    }

    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace
            || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }

    /// What is shown for a file: its caption, else a sign with its name or kind.
    static func media(
        _ kind: MediaKind, caption: String?, filename: String?, isVoice: Bool = false
    ) -> String {
        if let caption { return line(caption) }
        switch kind {
        case .image: return "📷 Photo"
        case .video: return "🎥 Video"
        case .audio: return isVoice ? "🎤 Voice message" : "🎵 Audio"
        case .document: return line("📄 " + (filename ?? "Document"))
        case .sticker: return "💟 Sticker"
        }
    }

    /// What is shown for cards that we send: the first one's name, and how many follow.
    static func contacts(_ cards: JSONValue) -> String {
        let all = cards.elements ?? []
        let first = all.first?["name"]?["formatted_name"]?.nonEmptyString ?? "Contact"
        return line(all.count > 1 ? "👤 \(first) +\(all.count - 1)" : "👤 \(first)")
    }

    /// What is shown for an interactive message that we send: its words, else its kind.
    static func interactive(_ object: JSONValue) -> String {
        if let words = object["body"]?["text"]?.nonEmptyString { return line(words) }
        switch object["type"]?.text {
        case "product", "product_list", "catalog_message": return "🛍 Product"
        case "call_permission_request", "voice_call": return "📞 Call"
        default: return line("Interactive: \(object["type"]?.text ?? "")")
        }
    }
}
