package import JSON

/// An emoji that somebody set on a message.
package struct Reaction: Codable, Hashable, Sendable {
    /// As a message's `contact`; nil: the business itself.
    package var from: String?
    package var emoji: String
    /// Meta's clock.
    package var at: Timestamp

    package init(from: String?, emoji: String, at: Timestamp) {
        self.from = from
        self.emoji = emoji
        self.at = at
    }
}

/// What a message said before its author changed it or took it back.
package struct Revision: Codable, Hashable, Sendable {
    /// When it began to say that; Meta's clock.
    package var at: Timestamp
    package var type: String
    package var text: String?
    package var content: JSONValue?

    package init(at: Timestamp, type: String, text: String?, content: JSONValue?) {
        self.at = at
        self.type = type
        self.text = text
        self.content = content
    }
}

/// How far a message to a group got with one of its members.
package struct Participant: Codable, Hashable, Sendable {
    /// `+` and the digits, or a user id.
    package var contact: String
    package var status: MessageStatus
    package var statusAt: [String: Timestamp]
    package var error: Problem?

    package init(
        contact: String, status: MessageStatus, statusAt: [String: Timestamp], error: Problem?
    ) {
        self.contact = contact
        self.status = status
        self.statusAt = statusAt
        self.error = error
    }

    package enum CodingKeys: String, CodingKey {
        case contact, status, error
        case statusAt = "status_at"
    }
}
