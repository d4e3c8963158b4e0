import JSON

extension InboundMessage {
    /// What the person wrote or chose, whole and as it came; nil where there are no words.
    package var writtenText: String? { kind.writtenText }

    /// The one line for `last_message_text`: never empty, no line ends, ``ListText/maximumLength`` at most.
    package var listText: String { kind.listText(type: type) }
}

extension EditedContent {
    /// As of ``InboundMessage/writtenText``.
    package var writtenText: String? { kind.writtenText }

    /// As of ``InboundMessage/listText``.
    package var listText: String { kind.listText(type: type) }
}

extension InboundKind {
    fileprivate var writtenText: String? {
        switch self {
        case .text(let body): body
        case .media(let media): media.caption
        case .interactive(let reply): reply.text
        case .button(let payload, let text): text ?? payload
        case .reaction(_, let emoji): emoji
        case .order(let order): order.note
        case .system(let notice): notice.body
        case .edit(_, let new): new.kind.isAmendment ? nil : new.kind.writtenText
        case .location, .contacts, .revoke, .requestWelcome, .mediaPlaceholder, .unsupported,
            .unknown:
            nil
        }
    }

    fileprivate func listText(type: String) -> String {
        let line = ListText.line(words(type: type))
        return line.isEmpty ? "(empty message)" : line
    }

    private func words(type: String) -> String {
        switch self {
        case .text(let body): body
        case .media(let media):
            ListText.media(
                media.kind, caption: media.caption, filename: media.filename,
                isVoice: media.isVoice || type == "voice")
        case .location(let place): "📍 " + (place.name ?? place.address ?? "Location")
        case .contacts(let cards): Self.words(of: cards)
        case .interactive(let reply): reply.text ?? reply.label
        case .button: writtenText ?? "Button"
        case .reaction(_, let emoji): emoji ?? "Reaction removed"
        case .order(let order):
            "🛒 "
                + (order.note
                    ?? "Order, \(order.itemCount) item\(order.itemCount == 1 ? "" : "s")")
        case .system(let notice): notice.body ?? notice.label
        case .edit(_, let new):
            "✏️ " + (new.kind.isAmendment ? "Message edited" : new.kind.words(type: new.type))
        case .revoke: Self.revoked
        case .requestWelcome: "👋 Chat opened"
        case .mediaPlaceholder: "📎 File"
        case .unsupported(let kind):
            kind.map { "Message type not supported: \($0)" } ?? "Message type not supported"
        case .unknown(let type): type.isEmpty ? "Unknown message" : "Unknown message: \(type)"
        }
    }

    /// What stands for a message that its sender took back.
    package static let revoked = "🚫 Message deleted"

    private static func words(of cards: [ContactCard]) -> String {
        let first = cards.first?.label ?? "Contact"
        return cards.count > 1 ? "👤 \(first) +\(cards.count - 1)" : "👤 \(first)"
    }
}

extension ListText {
    /// What is shown for an emoji on a message; `target` is that message's own line, where it is known.
    package static func reaction(_ emoji: String, to target: String?) -> String {
        line("\(emoji) to " + (target.map { "“\($0)”" } ?? "a message"))
    }
}
