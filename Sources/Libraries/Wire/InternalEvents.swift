/// Types of events that are for provider alone.
///
/// Inbox gives them only to whoever names them, and ingress to no caller: they say nothing that the
/// public events don't, and may change with any release.
package enum InternalEvent: String, CaseIterable, Sendable {
    /// The keys of one person became others; `data` is a ``PersonUpdate``.
    case personUpdated = "person.updated"
    /// A conversation was marked as read; `data` is a ``WantedReadMark``.
    case readMarkWanted = "read_mark.wanted"
    /// Meta reported on one try of a message of ours; `data` is a ``ReportedStatus``.
    case statusReported = "status.reported"
    /// A person was erased; `data` is an ``ErasedPerson``.
    case personErased = "person.erased"
    /// What told of somebody who was erased since; given to nobody.
    case eventErased = "event.erased"
}

/// Whose data is to go, and which files with it.
package struct ErasedPerson: Codable, Hashable, Sendable {
    /// Hex of the SHA-256 of each of their keys.
    package var keys: [String]
    /// Messages taken in before go, by our clock.
    package var before: Timestamp
    /// Meta's ids of the files of their messages.
    package var media: [String]
    /// Ids of the conversations with them.
    package var conversations: [String]

    package init(
        keys: [String], before: Timestamp, media: [String], conversations: [String] = []
    ) {
        self.keys = keys
        self.before = before
        self.media = media
        self.conversations = conversations
    }
}

/// What a status of Meta's says, whichever of the message's tries it is of.
package struct ReportedStatus: Codable, Hashable, Sendable {
    /// The message's id.
    package var id: String
    /// The try's, which need not be the one that the message goes by.
    package var wamid: String
    package var status: MessageStatus
    /// Why Meta could not deliver it.
    package var error: Problem?

    package init(id: String, wamid: String, status: MessageStatus, error: Problem?) {
        self.id = id
        self.wamid = wamid
        self.status = status
        self.error = error
    }
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
