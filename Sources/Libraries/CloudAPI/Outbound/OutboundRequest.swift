package import JSON

/// What a body of the Cloud API's own asks for: `POST /{phone_number_id}/messages`.
package enum OutboundRequest: Hashable, Sendable {
    case message(OutboundMessage)
    case readMark(ReadMark)

    /// Reads a body and checks it whole; `null` counts as absent.
    ///
    /// `gatewayFields` are names of our own that may stand beside Meta's. `messaging_product` may be
    /// left out: there is only one.
    /// - Throws: ``OutboundError`` with the path of the first field that is wrong or unknown.
    package static func decode(
        cloudAPIBody: JSONValue, gatewayFields: [String] = []
    ) throws(OutboundError) -> OutboundRequest {
        let body = cloudAPIBody.withoutNullMembers
        if let product = body["messaging_product"] {
            try Shape.choice(["whatsapp"]).check(product, "messaging_product")
        }
        if body["status"] != nil {
            return .readMark(try readMark(body, gatewayFields))
        }
        return .message(try message(body, gatewayFields))
    }

    // MARK: Read marks

    private static func readMark(
        _ body: JSONValue, _ gatewayFields: [String]
    ) throws(OutboundError) -> ReadMark {
        let names = ["status", "message_id", "typing_indicator"]
        try body.members?.refuseUnknown(
            in: "", known: names + ["messaging_product"] + gatewayFields)
        try check(body, "status", .choice(["read"]))
        try check(body, "message_id", .text(1...OutboundLimits.identifier), isRequired: true)
        try check(
            body, "typing_indicator", .object([.required("type", .choice(["text"]))]))
        return ReadMark(
            messageID: body["message_id"]?.text ?? "", showsTyping: body["typing_indicator"] != nil)
    }

    // MARK: Messages

    private static let common = [
        "type", "to", "recipient", "recipient_type", "context", "messaging_product",
        "biz_opaque_callback_data", "recipient_identity_key_hash",
    ]

    /// Each kind that is sent, by Meta's name.
    package static let types =
        ["text"] + MediaKind.allCases.map(\.rawValue)
        + ["template", "location", "contacts", "reaction", "interactive"]

    private static func message(
        _ body: JSONValue, _ gatewayFields: [String]
    ) throws(OutboundError) -> OutboundMessage {
        let members = body.members ?? [:]
        try members.refuseUnknown(in: "", known: common + types + ["status"] + gatewayFields)
        try check(body, "type", .choice(types), isRequired: true)
        let type = body["type"]?.text ?? ""
        for other in types where other != type && members[other] != nil {
            throw .notAllowed(field: other, because: "beside type \(type)")
        }
        let to = try recipient(body)
        try check(
            body, "context",
            .object([.required("message_id", .text(1...OutboundLimits.identifier))]))
        try check(body, "biz_opaque_callback_data", .text(1...OutboundLimits.callbackData))
        try check(body, "recipient_identity_key_hash", .text(1...OutboundLimits.identifier))
        guard let object = members[type] else { throw .missing(field: type) }
        let message = OutboundMessage(
            to: to, content: try content(type, object),
            replyTo: body["context"]?["message_id"]?.text,
            callbackData: body["biz_opaque_callback_data"]?.text,
            identityHash: body["recipient_identity_key_hash"]?.text)
        _ = try message.body()
        return message
    }

    /// Read as strictly as in our own routes; of `to` and `recipient` Meta takes `to`.
    private static func recipient(_ body: JSONValue) throws(OutboundError) -> Recipient {
        try check(body, "recipient_type", .choice(["individual", "group"]))
        let length = Shape.text(1...OutboundLimits.identifier)
        try check(body, "to", length)
        try check(body, "recipient", length)
        if body["recipient_type"]?.text == "group" {
            guard let group = body["to"]?.text else { throw .missing(field: "to") }
            return .group(group)
        }
        let field = body["to"] == nil ? "recipient" : "to"
        guard let text = body[field]?.text else { throw .missing(field: "to") }
        do throws(RecipientError) { return try PhoneNumber.forSending(text) } catch {
            throw .recipient(field: field, error)
        }
    }

    private static func content(
        _ type: String, _ object: JSONValue
    ) throws(OutboundError) -> OutboundContent {
        if let kind = MediaKind(rawValue: type) {
            try ContentShapes.media(kind).check(object, type)
            return .media(
                kind, source: try MediaSource(link: object["link"]?.text, id: object["id"]?.text),
                caption: object["caption"]?.text, filename: object["filename"]?.text,
                isVoice: object["voice"]?.bool ?? false)
        }
        switch type {
        case "text":
            try ContentShapes.text.check(object, type)
            return .text(
                body: object["body"]?.text ?? "", previewURL: object["preview_url"]?.bool ?? false)
        case "template":
            try OutboundTemplate.shape.check(object, type)
            return .template(
                name: object["name"]?.text ?? "",
                language: object["language"]?["code"]?.text ?? "",
                components: object["components"])
        case "location": return .location(object)
        case "contacts": return .contacts(object)
        case "reaction":
            try ContentShapes.reaction.check(object, type)
            return .reaction(
                messageID: object["message_id"]?.text ?? "", emoji: object["emoji"]?.text ?? "")
        default: return .interactive(object)
        }
    }

    private static func check(
        _ body: JSONValue, _ name: String, _ shape: Shape, isRequired: Bool = false
    ) throws(OutboundError) {
        if let value = body[name] {
            try shape.check(value, name)
        } else if isRequired {
            throw .missing(field: name)
        }
    }
}
