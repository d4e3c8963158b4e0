import FoundationEssentials
package import JSON

/// An answer to a message with buttons, a list, a flow or a question.
package enum InteractiveReply: Hashable, Sendable {
    case button(id: String, title: String)
    case list(id: String, title: String, description: String?)
    case flow(name: String?, body: String?, FlowResponse?)
    case callPermission(CallPermission)
    /// A reply that is new to us.
    case other(type: String)
}

/// What a flow, or an address form, was filled in with.
package enum FlowResponse: Hashable, Sendable {
    /// The JSON that stood in the text: an object as a rule, in tests also a list or a text.
    case values(JSONValue)
    /// The text, where it holds no JSON.
    case text(String)

    /// `response_json` is a text that should hold JSON, and is read a second time.
    init(_ text: String) {
        let value = try? JSONValue(parsing: Data(text.utf8))
        self = value.map { .values($0) } ?? .text(text)
    }
}

/// Whether the business may call.
package struct CallPermission: Hashable, Sendable {
    package let isAccepted: Bool
    package let isPermanent: Bool
    /// Given by WhatsApp's rules, not by a tap.
    package let isAutomatic: Bool
    /// Unix seconds.
    package let expiresAt: Int64?
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
                reply?["response_json"]?.text.map(FlowResponse.init))
        case ("call_permission_reply", _) where reply?.members != nil:
            self = .callPermission(
                CallPermission(
                    isAccepted: reply?["response"]?.text == "accept",
                    isPermanent: reply?["is_permanent"]?.bool ?? false,
                    isAutomatic: reply?["response_source"]?.text == "automatic",
                    expiresAt: UnixSeconds.read(reply?["expiration_timestamp"])))
        default: self = .other(type: type)
        }
    }
}

extension InteractiveReply {
    /// The words on what was tapped, or the id behind them.
    var text: String? {
        switch self {
        case .button(let id, let title), .list(let id, let title, _): title.isEmpty ? id : title
        case .flow(_, let body, _): body
        case .callPermission, .other: nil
        }
    }

    /// What stands for a reply without words.
    var label: String {
        switch self {
        case .button, .list: "Reply"
        case .flow(let name, _, _): name ?? "Form sent"
        case .callPermission(let permission):
            permission.isAccepted ? "📞 Calls allowed" : "📞 Calls not allowed"
        case .other(let type): type.isEmpty ? "Reply" : "Reply: \(type)"
        }
    }
}
