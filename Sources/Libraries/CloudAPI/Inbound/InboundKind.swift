import JSON

/// What was sent, read as far as we use it; ``InboundMessage/content`` has the rest.
package enum InboundKind: Hashable, Sendable {
    case text(body: String)
    case media(InboundMedia)
    case location(InboundLocation)
    /// The names on the cards, or their numbers where there is no name.
    case contacts(labels: [String])
    case interactive(InteractiveReply)
    /// A tap on a template's quick reply.
    case button(payload: String?, text: String?)
    /// An emoji on another message; nil takes it back.
    case reaction(to: String, emoji: String?)
    case order(itemCount: Int, note: String?)
    /// WhatsApp itself speaks: a number or an identity changed.
    case system(type: String, body: String?)
    case edit(of: String)
    case revoke(of: String)
    /// A chat was opened, nothing written. Removed by Meta on 27 Mar 2026, still in old data.
    case requestWelcome
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
}

/// An answer to a message with buttons, a list, a flow or a question.
package enum InteractiveReply: Hashable, Sendable {
    case button(id: String, title: String)
    case list(id: String, title: String, description: String?)
    /// `responseJSON` is a string that should hold JSON; it may hold anything.
    case flow(name: String?, body: String?, responseJSON: String?)
    /// `isAutomatic`: given by WhatsApp's rules, not by a tap.
    case callPermission(isAccepted: Bool, isAutomatic: Bool)
    /// A reply that is new to us.
    case other(type: String)
}

extension InboundKind {
    /// Whether the kind says all that we use; if not, the whole message is kept beside it.
    var isInterpreted: Bool {
        switch self {
        case .unknown, .unsupported, .interactive(.other): false
        default: true
        }
    }

    /// Reads what stands under the name of the type.
    init(type: String, content: JSONValue) {
        switch type {
        case "unsupported": self = .unsupported(kind: content["type"]?.nonEmptyString)
        case "unknown": self = .unsupported(kind: nil)  // the older name
        case "request_welcome": self = .requestWelcome
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
            return content.elements.map { .contacts(labels: $0.map(cardLabel)) }
        }
        guard content.members != nil else { return nil }
        switch type {
        case "text": return content["body"]?.text.map { .text(body: $0) }
        case "location":
            return .location(
                InboundLocation(
                    latitude: content["latitude"]?.number, longitude: content["longitude"]?.number,
                    name: content["name"]?.nonEmptyString,
                    address: content["address"]?.nonEmptyString))
        case "interactive": return .interactive(InteractiveReply(content))
        case "button":
            return .button(
                payload: content["payload"]?.nonEmptyString, text: content["text"]?.nonEmptyString)
        case "reaction":
            return content["message_id"]?.identifier.map {
                .reaction(to: $0, emoji: content["emoji"]?.nonEmptyString)
            }
        case "order":
            return .order(
                itemCount: content["product_items"]?.elements?.count ?? 0,
                note: content["text"]?.nonEmptyString)
        case "system":
            return .system(
                type: content["type"]?.nonEmptyString ?? "", body: content["body"]?.nonEmptyString)
        case "edit": return content["original_message_id"]?.identifier.map { .edit(of: $0) }
        case "revoke": return content["original_message_id"]?.identifier.map { .revoke(of: $0) }
        default: return nil
        }
    }

    /// The person's name; his number where the card has none (he was asked for it).
    private static func cardLabel(_ card: JSONValue) -> String {
        card["name"]?["formatted_name"]?.nonEmptyString ?? card["name"]?["first_name"]?
            .nonEmptyString
            ?? card["phones"]?.elements?.first?["phone"]?.nonEmptyString ?? ""
    }
}

extension InteractiveReply {
    init(_ content: JSONValue) {
        let type = content["type"]?.nonEmptyString ?? ""
        let reply = content[type]
        let title = reply?["title"]?.nonEmptyString ?? ""
        switch (type, reply?["id"]?.identifier) {
        case ("button_reply", let id?): self = .button(id: id, title: title)
        case ("list_reply", let id?):
            self = .list(id: id, title: title, description: reply?["description"]?.nonEmptyString)
        case ("nfm_reply", _) where reply?.members != nil:
            self = .flow(
                name: reply?["name"]?.nonEmptyString, body: reply?["body"]?.nonEmptyString,
                responseJSON: reply?["response_json"]?.text)
        case ("call_permission_reply", _) where reply?.members != nil:
            self = .callPermission(
                isAccepted: reply?["response"]?.text == "accept",
                isAutomatic: reply?["response_source"]?.text == "automatic")
        default: self = .other(type: type)
        }
    }
}
