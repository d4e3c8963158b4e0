/// Types of events that are for provider alone.
///
/// Inbox gives them only to whoever names them, and ingress to no caller: they say nothing that the
/// public events don't, and may change with any release.
package enum InternalEvent: String, CaseIterable, Sendable {
    /// The keys of one person became others; `data` is a ``PersonUpdate``.
    case personUpdated = "person.updated"
    /// A conversation was marked as read; `data` is a ``WantedReadMark``.
    case readMarkWanted = "read_mark.wanted"
}

/// All keys of one person.
package struct PersonUpdate: Codable, Hashable, Sendable {
    /// The smallest of the keys.
    package var person: String
    /// `phone:` and digits, `user:` and a business-scoped user id; two at least.
    package var keys: [String]

    package init(person: String, keys: [String]) {
        self.person = person
        self.keys = keys
    }
}

/// The newest message of a conversation that somebody has now seen here.
package struct WantedReadMark: Codable, Hashable, Sendable {
    /// The conversation's id.
    package var conversation: String
    package var wamid: String
    /// The message's, by Meta's clock.
    package var timestamp: Timestamp

    package init(conversation: String, wamid: String, timestamp: Timestamp) {
        self.conversation = conversation
        self.wamid = wamid
        self.timestamp = timestamp
    }
}
