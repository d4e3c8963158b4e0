package import JSON

/// What was sent, read as far as we use it; ``InboundMessage/content`` has the rest.
package indirect enum InboundKind: Hashable, Sendable {
    case text(body: String)
    case media(InboundMedia)
    case location(InboundLocation)
    case contacts([ContactCard])
    case interactive(InteractiveReply)
    /// A tap on a template's quick reply.
    case button(payload: String?, text: String?)
    /// An emoji on another message; nil takes it back.
    case reaction(to: String, emoji: String?)
    case order(InboundOrder)
    /// WhatsApp itself speaks: a number or an identity changed.
    case system(SystemNotice)
    /// The new content of an earlier message.
    case edit(of: String, EditedContent)
    case revoke(of: String)
    /// A chat was opened, nothing written. Removed by Meta on 27 Mar 2026, still in old data.
    case requestWelcome
    /// Stands in a chat's history for a file that may follow in a webhook of its own.
    case mediaPlaceholder
    /// A kind that the API does not carry; `kind` is Meta's name for it, where it says so.
    case unsupported(kind: String?)
    /// A type that is new to us, or a known one without what belongs to it.
    case unknown(type: String)
}

package struct InboundLocation: Hashable, Sendable {
    /// Degrees; nil when unreadable.
    package let latitude: Double?
    package let longitude: Double?
    package let name: String?
    package let address: String?
    package let url: String?

    init(_ content: JSONValue) {
        latitude = content["latitude"]?.number
        longitude = content["longitude"]?.number
        name = content["name"]?.nonEmptyString
        address = content["address"]?.nonEmptyString
        url = content["url"]?.nonEmptyString
    }
}

/// What an edited message says now, as a message of its own would.
package struct EditedContent: Hashable, Sendable {
    package let type: String
    package let kind: InboundKind
    /// What stands under the name of the type, whole.
    package let content: JSONValue

    init(_ message: JSONValue?) {
        type = message?["type"]?.nonEmptyString ?? ""
        content = message?[type] ?? .null
        kind = InboundKind(type: type, content: content)
    }
}

extension InboundKind {
    /// Whether the kind says all that we use; if not, the whole message is kept beside it.
    var isInterpreted: Bool {
        switch self {
        case .unknown, .unsupported, .interactive(.other): false
        default: true
        }
    }

    /// Whether it changes another message instead of being one.
    package var isAmendment: Bool {
        switch self {
        case .reaction, .edit, .revoke: true
        default: false
        }
    }

    /// Reads what stands under the name of the type.
    init(type: String, content: JSONValue) {
        switch type {
        case "unsupported": self = .unsupported(kind: content["type"]?.nonEmptyString)
        case "unknown": self = .unsupported(kind: nil)  // the older name
        case "request_welcome": self = .requestWelcome
        case "media_placeholder": self = .mediaPlaceholder
        // The type's object is not there at all: Meta could not carry it (its error is 131000).
        case "interactive" where content == .null: self = .unsupported(kind: type)
        default: self = Self.read(type, content) ?? .unknown(type: type)
        }
    }

    /// Nil when the content has not got what makes up that kind.
    private static func read(_ type: String, _ content: JSONValue) -> InboundKind? {
        if let media = MediaKind(inboundType: type) {
            return InboundMedia(media, content).map { .media($0) }
        }
        if type == "contacts" {
            return content.elements.map { .contacts($0.map(ContactCard.init)) }
        }
        guard content.members != nil else { return nil }
        switch type {
        case "text": return content["body"]?.text.map { .text(body: $0) }
        case "location": return .location(InboundLocation(content))
        case "interactive": return .interactive(InteractiveReply(content))
        case "button":
            return .button(
                payload: content["payload"]?.nonEmptyString, text: content["text"]?.nonEmptyString)
        case "reaction":
            return content["message_id"]?.identifier.map {
                .reaction(to: $0, emoji: content["emoji"]?.nonEmptyString)
            }
        case "order": return .order(InboundOrder(content))
        case "system": return .system(SystemNotice(content))
        case "edit":
            return content["original_message_id"]?.identifier.map {
                .edit(of: $0, EditedContent(content["message"]))
            }
        case "revoke": return content["original_message_id"]?.identifier.map { .revoke(of: $0) }
        default: return nil
        }
    }
}
