package import JSON

/// Tells a person that a message was read, and on wish that an answer is being typed.
///
/// Marks the messages before it, too; typing shows for 25 seconds at most. (Meta, "Mark messages as read")
package struct ReadMark: Hashable, Sendable {
    /// The wamid of the message that was read.
    package let messageID: String
    package let showsTyping: Bool

    package init(messageID: String, showsTyping: Bool = false) {
        self.messageID = messageID
        self.showsTyping = showsTyping
    }

    /// The request's body.
    package var body: JSONValue {
        var members: [String: JSONValue] = [
            "messaging_product": "whatsapp", "status": "read", "message_id": .string(messageID),
        ]
        if showsTyping { members["typing_indicator"] = ["type": "text"] }
        return .object(members)
    }
}
