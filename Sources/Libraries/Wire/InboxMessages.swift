/// How far `inbox` is behind what a read should have seen.
package struct Behind: Codable, Hashable, Sendable {
    package var entries: Int64
    package var seconds: Int64

    package init(entries: Int64, seconds: Int64) {
        self.entries = entries
        self.seconds = seconds
    }
}

/// The newest conversations.
package struct ListConversations: Request {
    package static let operation = InboxOperation.conversations
    /// 1–200.
    package let limit: Int
    /// `next_cursor` of the page before.
    package let cursor: String?
    /// Words of a name, a number, or of any message.
    package let query: String?
    package let phoneNumberID: String?
    /// What each of them must be; empty: all are given.
    package let only: [Trait]
    /// The last message was at or after this moment.
    package let since: Timestamp?
    /// The last message was before this moment.
    package let before: Timestamp?
    /// What the answer must have seen: the newest entries that were answered for.
    package let seen: [JournalHead]

    package enum Trait: String, Codable, Sendable {
        /// Something in it was not seen yet.
        case unread
        /// The person may be written to without a template.
        case openWindow = "open_window"
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var conversations: [Conversation]
        package var nextCursor: String?
        package var behind: Behind?

        package init(conversations: [Conversation], nextCursor: String?, behind: Behind?) {
            self.conversations = conversations
            self.nextCursor = nextCursor
            self.behind = behind
        }

        package enum CodingKeys: String, CodingKey {
            case conversations, behind
            case nextCursor = "next_cursor"
        }
    }

    package init(
        limit: Int, cursor: String?, query: String?, phoneNumberID: String?, only: [Trait] = [],
        since: Timestamp? = nil, before: Timestamp? = nil, seen: [JournalHead]
    ) {
        self.limit = limit
        self.cursor = cursor
        self.query = query
        self.phoneNumberID = phoneNumberID
        self.only = only
        self.since = since
        self.before = before
        self.seen = seen
    }

    package enum CodingKeys: String, CodingKey {
        case limit, cursor, only, since, before, seen
        case query = "q"
        case phoneNumberID = "phone_number_id"
    }
}

/// The newest messages with one person, in both directions.
package struct ListMessages: Request {
    package static let operation = InboxOperation.messages
    /// Any form that names the person when reading.
    package let contact: String
    package let limit: Int
    package let cursor: String?
    package let phoneNumberID: String?
    /// Messages of this moment and after, by their `timestamp`.
    package let since: Timestamp?
    /// Messages before this moment.
    package let before: Timestamp?
    package let seen: [JournalHead]

    package struct Answer: Codable, Hashable, Sendable {
        package var contact: String
        /// False when nobody of that name ever wrote or was written to.
        package var known: Bool
        package var messages: [Message]
        package var nextCursor: String?
        package var behind: Behind?

        package init(
            contact: String, known: Bool, messages: [Message], nextCursor: String?, behind: Behind?
        ) {
            self.contact = contact
            self.known = known
            self.messages = messages
            self.nextCursor = nextCursor
            self.behind = behind
        }

        package enum CodingKeys: String, CodingKey {
            case contact, known, messages, behind
            case nextCursor = "next_cursor"
        }
    }

    package init(
        contact: String, limit: Int, cursor: String?, phoneNumberID: String?,
        since: Timestamp? = nil, before: Timestamp? = nil, seen: [JournalHead]
    ) {
        self.contact = contact
        self.limit = limit
        self.cursor = cursor
        self.phoneNumberID = phoneNumberID
        self.since = since
        self.before = before
        self.seen = seen
    }

    package enum CodingKeys: String, CodingKey {
        case contact, limit, cursor, since, before, seen
        case phoneNumberID = "phone_number_id"
    }
}

/// The newest messages in which all the words are, with anybody or with one person.
package struct SearchMessages: Request {
    package static let operation = InboxOperation.search
    /// Words; the last one may go on.
    package let query: String
    /// Any form that names the person when reading.
    package let contact: String?
    package let limit: Int
    package let cursor: String?
    package let phoneNumberID: String?
    /// Messages of this moment and after, by their `timestamp`.
    package let since: Timestamp?
    /// Messages before this moment.
    package let before: Timestamp?
    package let seen: [JournalHead]

    package struct Answer: Codable, Hashable, Sendable {
        package var messages: [Message]
        package var nextCursor: String?
        package var behind: Behind?

        package init(messages: [Message], nextCursor: String?, behind: Behind?) {
            self.messages = messages
            self.nextCursor = nextCursor
            self.behind = behind
        }

        package enum CodingKeys: String, CodingKey {
            case messages, behind
            case nextCursor = "next_cursor"
        }
    }

    package init(
        query: String, contact: String?, limit: Int, cursor: String?, phoneNumberID: String?,
        since: Timestamp? = nil, before: Timestamp? = nil, seen: [JournalHead]
    ) {
        self.query = query
        self.contact = contact
        self.limit = limit
        self.cursor = cursor
        self.phoneNumberID = phoneNumberID
        self.since = since
        self.before = before
        self.seen = seen
    }

    package enum CodingKeys: String, CodingKey {
        case contact, limit, cursor, since, before, seen
        case query = "q"
        case phoneNumberID = "phone_number_id"
    }
}

/// How a caller names one message: `{"id":…}` or `{"reference":…}`.
package enum MessageName: Hashable, Sendable {
    /// `msg_…` or a wamid.
    case id(String)
    /// The caller's own value; the newest message that carries it.
    case reference(String)
}

extension MessageName: Codable {
    package enum CodingKeys: String, CodingKey { case id, reference }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let id = try container.decodeIfPresent(String.self, forKey: .id)
        let reference = try container.decodeIfPresent(String.self, forKey: .reference)
        switch (id, reference) {
        case (let id?, nil): self = .id(id)
        case (nil, let reference?): self = .reference(reference)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .id, in: container, debugDescription: "neither id nor reference, or both")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .id(let id): try container.encode(id, forKey: .id)
        case .reference(let reference): try container.encode(reference, forKey: .reference)
        }
    }
}

/// Inbox's part of one message's story.
package struct FindMessage: Request {
    package static let operation = InboxOperation.message
    package let name: MessageName
    package let seen: [JournalHead]

    package struct Answer: Codable, Hashable, Sendable {
        /// Nil when no such message is known here.
        package var message: Message?
        package var timeline: [TimelineEntry]
        package var behind: Behind?

        package init(message: Message?, timeline: [TimelineEntry], behind: Behind?) {
            self.message = message
            self.timeline = timeline
            self.behind = behind
        }
    }

    package init(name: MessageName, seen: [JournalHead]) {
        self.name = name
        self.seen = seen
    }
}

/// One step of a message's story.
package struct TimelineEntry: Codable, Hashable, Sendable {
    package var at: Timestamp
    package var status: MessageStatus
    /// `webhook` or `outbox`.
    package var source: String
    package var error: Problem?
    /// Of a message to a group: with which member, as a message's `contact`.
    package var participant: String?

    package init(
        at: Timestamp, status: MessageStatus, source: String, error: Problem? = nil,
        participant: String? = nil
    ) {
        self.participant = participant
        self.at = at
        self.status = status
        self.source = source
        self.error = error
    }
}

/// The changes after an event, at once or as soon as there is one.
package struct FollowChanges: Request {
    package static let operation = InboxOperation.follow
    /// An event's id; nil: from now on.
    package let after: String?
    /// Event types to give; empty: all.
    package let kinds: [String]
    package let limit: Int
    /// How long to wait for the first one, in milliseconds; 0 answers at once.
    package let wait: Int

    package struct Answer: Codable, Hashable, Sendable {
        package var events: [Event]
        /// What to ask `after` next time.
        package var next: String
        /// Whether there are more right now.
        package var more: Bool
        /// Unless there is more: all that ingress answered for until this moment, by the boot clock in
        /// milliseconds, is in these events or before them.
        ///
        /// Nil while that is not known.
        package var completeTo: Int64?

        package init(events: [Event], next: String, more: Bool, completeTo: Int64? = nil) {
            self.events = events
            self.next = next
            self.more = more
            self.completeTo = completeTo
        }

        package enum CodingKeys: String, CodingKey {
            case events, next, more
            case completeTo = "complete_to"
        }
    }

    package init(after: String?, kinds: [String], limit: Int, wait: Int) {
        self.after = after
        self.kinds = kinds
        self.limit = limit
        self.wait = wait
    }
}
