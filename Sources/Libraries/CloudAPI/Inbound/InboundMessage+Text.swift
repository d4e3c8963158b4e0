import JSON

extension InboundMessage {
    /// What the person wrote or chose, whole and as it came; nil where there are no words.
    package var writtenText: String? {
        switch kind {
        case .text(let body): body
        case .media(let media): media.caption
        case .interactive(let reply): reply.text
        case .button(let payload, let text): text ?? payload
        case .reaction(_, let emoji): emoji
        case .order(_, let note): note
        case .system(_, let body): body
        case .edit: editedText
        case .location, .contacts, .revoke, .requestWelcome, .unsupported, .unknown: nil
        }
    }

    /// The one line for `last_message_text`: never empty, no line ends, ``ListText/maximumLength`` at most.
    package var listText: String {
        let line = ListText.line(kindText)
        return line.isEmpty ? "(empty message)" : line
    }

    private var kindText: String {
        switch kind {
        case .text(let body): body
        case .media(let media):
            ListText.media(
                media.kind, caption: media.caption, filename: media.filename,
                isVoice: media.isVoice || type == "voice")
        case .location(let place): "📍 " + (place.name ?? place.address ?? "Location")
        case .contacts(let labels): contactsText(labels)
        case .interactive(let reply): reply.text ?? reply.label
        case .button: writtenText ?? "Button"
        case .reaction(_, let emoji): emoji ?? "Reaction removed"
        case .order(let count, let note):
            "🛒 " + (note ?? "Order, \(count) item\(count == 1 ? "" : "s")")
        case .system(let type, let body): body ?? (type.isEmpty ? "System message" : type)
        case .edit: "✏️ " + (editedText ?? "Message edited")
        case .revoke: "🚫 Message deleted"
        case .requestWelcome: "👋 Chat opened"
        case .unsupported(let kind):
            kind.map { "Message type not supported: \($0)" } ?? "Message type not supported"
        case .unknown(let type): type.isEmpty ? "Unknown message" : "Unknown message: \(type)"
        }
    }

    private func contactsText(_ labels: [String]) -> String {
        let first = labels.first.flatMap { $0.isEmpty ? nil : $0 } ?? "Contact"
        return labels.count > 1 ? "👤 \(first) +\(labels.count - 1)" : "👤 \(first)"
    }

    private var editedText: String? {
        let new = content["message"]
        return new?["text"]?["body"]?.nonEmptyString
            ?? new?["type"]?.text.flatMap { new?[$0]?["caption"]?.nonEmptyString }
    }
}

extension InteractiveReply {
    /// The words on what was tapped, or the id behind them.
    fileprivate var text: String? {
        switch self {
        case .button(let id, let title), .list(let id, let title, _): title.isEmpty ? id : title
        case .flow(_, let body, _): body
        case .callPermission, .other: nil
        }
    }

    /// What stands for a reply without words.
    fileprivate var label: String {
        switch self {
        case .button, .list: "Reply"
        case .flow(let name, _, _): name ?? "Form sent"
        case .callPermission(let isAccepted, _):
            isAccepted ? "📞 Calls allowed" : "📞 Calls not allowed"
        case .other(let type): type.isEmpty ? "Reply" : "Reply: \(type)"
        }
    }
}
