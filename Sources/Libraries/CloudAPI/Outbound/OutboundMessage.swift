package import JSON

/// A message on its way to the Cloud API: `POST /{phone_number_id}/messages`.
package struct OutboundMessage: Hashable, Sendable {
    package let to: Recipient
    package let content: OutboundContent
    /// The wamid of the message that is quoted.
    package let replyTo: String?
    /// Comes back with every status: how an answer that was lost is found again.
    package let callbackData: String?
    /// Meta refuses the message when the person's identity is no longer this one.
    package let identityHash: String?

    package init(
        to: Recipient, content: OutboundContent, replyTo: String? = nil,
        callbackData: String? = nil, identityHash: String? = nil
    ) {
        self.to = to
        self.content = content
        self.replyTo = replyTo
        self.callbackData = callbackData
        self.identityHash = identityHash
    }

    /// The same message for whoever puts a value of their own there.
    package var withoutCallbackData: OutboundMessage {
        OutboundMessage(to: to, content: content, replyTo: replyTo, identityHash: identityHash)
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
            if case .reaction = content {
                throw .notAllowed(field: "context", because: "with a reaction")
            }
            members["context"] = ["message_id": .string(replyTo)]
        }
        if let callbackData {
            try callbackData.checkLength(
                "biz_opaque_callback_data", upTo: OutboundLimits.callbackData)
            members["biz_opaque_callback_data"] = .string(callbackData)
        }
        if let identityHash {
            try identityHash.checkLength(
                "recipient_identity_key_hash", upTo: OutboundLimits.identifier)
            members["recipient_identity_key_hash"] = .string(identityHash)
        }
        return .object(members)
    }
}
