package import JSON

/// A message on its way to the Cloud API: `POST /{phone_number_id}/messages`.
package struct OutboundMessage: Hashable, Sendable {
    package let to: Recipient
    package let content: OutboundContent
    /// The wamid of the message that is quoted.
    package let replyTo: String?
    /// Comes back with every status: how an answer that was lost is found again.
    package let callbackData: String?

    package init(
        to: Recipient, content: OutboundContent, replyTo: String? = nil,
        callbackData: String? = nil
    ) {
        self.to = to
        self.content = content
        self.replyTo = replyTo
        self.callbackData = callbackData
    }

    /// The request's body, checked against what Meta documents (Meta, "Messages API", v23).
    ///
    /// - Throws: ``OutboundError``; then nothing may be sent.
    package func body() throws(OutboundError) -> JSONValue {
        var members: [String: JSONValue] = [
            "messaging_product": "whatsapp", "recipient_type": "individual",
            "type": .string(content.type), content.type: try content.object(),
        ]
        switch to {
        // With `+`: without it Meta may put the country code of the business in front.
        case .phone: members["to"] = .string(to.display)
        case .user(let id): members["recipient"] = .string(id)
        case .group(let id):
            members["to"] = .string(id)
            members["recipient_type"] = "group"
        }
        if let replyTo {
            try replyTo.checkLength("context.message_id", upTo: OutboundLimits.identifier)
            members["context"] = ["message_id": .string(replyTo)]
        }
        if let callbackData {
            try callbackData.checkLength(
                "biz_opaque_callback_data", upTo: OutboundLimits.callbackData)
            members["biz_opaque_callback_data"] = .string(callbackData)
        }
        return .object(members)
    }
}
