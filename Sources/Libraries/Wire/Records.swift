package import JSON

/// Where a message stands; one list for code, wire, pages and logs.
package enum MessageStatus: String, Codable, CaseIterable, Sendable {
    /// Inbound: it came.
    case received
    /// Durably ours, not yet tried.
    case queued
    /// Committed before the first byte left.
    case sending
    /// Meta has it and gave it a wamid.
    case accepted
    case sent, delivered, read, played
    /// Waits for a person or for a cure; says why.
    case held
    /// It may have reached Meta: never sent again blindly.
    case unknown
    /// Told to a caller who was still waiting: not sent, and won't be.
    case refused
    case failed
}

/// Which way a message went.
package enum Direction: String, Codable, Sendable { case inbound, outbound }

/// One message, as every reader sees it.
package struct Message: Codable, Hashable, Sendable {
    /// `msg_…`; for inbound ones a hash of the number and the wamid.
    package var id: String
    package var wamid: String?
    package var direction: Direction
    /// `meta` or `stub`.
    package var provider: String
    package var phoneNumberID: String
    /// `+` and the digits, or the business-scoped user id when there is no phone.
    package var contact: String
    package var userID: String?
    package var groupID: String?
    /// Meta's name of the kind, such as `text`; unknown ones as they came.
    package var type: String
    /// One line for people.
    package var text: String?
    /// The object that Meta puts under the type's name.
    package var content: JSONValue?
    package var media: Media?
    /// The wamid of the message it answers.
    package var replyTo: String?
    /// The caller's own value.
    package var reference: String?
    package var status: MessageStatus
    /// When each status was reached, by its name.
    package var statusAt: [String: Timestamp]
    package var error: Problem?
    /// Who sent it: the API, the app (echo), or nil.
    package var sentBy: String?
    /// `app` for what was just written in the business's own app, `history` for what is older than the
    /// gateway; nil for all that came and went through it.
    package var origin: String?
    /// `forwarded`, or `frequently_forwarded` for more than five times.
    package var forwarded: String?
    /// `{catalog_id, product_retailer_id}` of the product that was asked about.
    package var referredProduct: JSONValue?
    /// The ad or post that led here, as Meta tells it.
    package var referral: JSONValue?
    /// What people set on it, oldest first, one of each.
    package var reactions: [Reaction]
    /// When its author changed it last; `text` and `content` are the new ones.
    package var editedAt: Timestamp?
    /// When its author took it back; what it said is the last of `revisions`.
    package var revokedAt: Timestamp?
    /// What it said before, oldest first.
    package var revisions: [Revision]
    /// How far it got with each member of a group that Meta told of.
    package var participants: [Participant]
    /// What Meta charges: `{pricing_model, type, category, billable}`, as it came.
    package var pricing: JSONValue?
    /// Meta's clock.
    package var timestamp: Timestamp
    /// Our clock.
    package var receivedAt: Timestamp

    package init(
        id: String, wamid: String?, direction: Direction, provider: String, phoneNumberID: String,
        contact: String, userID: String? = nil, groupID: String? = nil, type: String,
        text: String?, content: JSONValue?, media: Media? = nil, replyTo: String? = nil,
        reference: String? = nil, status: MessageStatus, statusAt: [String: Timestamp] = [:],
        error: Problem? = nil, sentBy: String? = nil, origin: String? = nil,
        forwarded: String? = nil, referredProduct: JSONValue? = nil, referral: JSONValue? = nil,
        reactions: [Reaction] = [], editedAt: Timestamp? = nil, revokedAt: Timestamp? = nil,
        revisions: [Revision] = [], participants: [Participant] = [], pricing: JSONValue? = nil,
        timestamp: Timestamp, receivedAt: Timestamp
    ) {
        self.id = id
        self.wamid = wamid
        self.direction = direction
        self.provider = provider
        self.phoneNumberID = phoneNumberID
        self.contact = contact
        self.userID = userID
        self.groupID = groupID
        self.type = type
        self.text = text
        self.content = content
        self.media = media
        self.replyTo = replyTo
        self.reference = reference
        self.status = status
        self.statusAt = statusAt
        self.error = error
        self.sentBy = sentBy
        self.origin = origin
        self.forwarded = forwarded
        self.referredProduct = referredProduct
        self.referral = referral
        self.reactions = reactions
        self.editedAt = editedAt
        self.revokedAt = revokedAt
        self.revisions = revisions
        self.participants = participants
        self.pricing = pricing
        self.timestamp = timestamp
        self.receivedAt = receivedAt
    }

    package enum CodingKeys: String, CodingKey {
        case id, wamid, direction, provider, contact, type, text, content, media, reference, status,
            error
        case origin, forwarded, referral, reactions, revisions, participants, pricing, timestamp
        case phoneNumberID = "phone_number_id"
        case userID = "user_id"
        case groupID = "group_id"
        case replyTo = "reply_to"
        case statusAt = "status_at"
        case sentBy = "sent_by"
        case referredProduct = "referred_product"
        case editedAt = "edited_at"
        case revokedAt = "revoked_at"
        case receivedAt = "received_at"
    }
}

/// The file of a message.
package struct Media: Codable, Hashable, Sendable {
    package var id: String?
    package var state: MediaState
    package var mimeType: String?
    package var size: Int64?
    package var sha256: String?
    package var filename: String?

    package init(
        id: String?, state: MediaState, mimeType: String? = nil, size: Int64? = nil,
        sha256: String? = nil,
        filename: String? = nil
    ) {
        self.id = id
        self.state = state
        self.mimeType = mimeType
        self.size = size
        self.sha256 = sha256
        self.filename = filename
    }

    package enum CodingKeys: String, CodingKey {
        case id, state, size, sha256, filename
        case mimeType = "mime_type"
    }
}

/// All messages between one business number and one person or group.
package struct Conversation: Codable, Hashable, Sendable {
    /// `conv_…`, a hash of the number and the person or group.
    package var id: String
    package var phoneNumberID: String
    package var contact: String
    package var userID: String?
    package var username: String?
    package var groupID: String?
    package var name: String?
    package var lastMessageText: String?
    package var lastMessageType: String?
    package var lastMessageAt: Timestamp?
    package var lastDirection: Direction?
    package var unreadCount: Int
    /// Whether the person asked Meta for no more marketing from this business.
    package var marketingOptOut: Bool
    package var window: Window

    /// Whether the person may be written to without a template, by Meta's clock.
    package struct Window: Codable, Hashable, Sendable {
        package var open: Bool
        /// 24 hours after the person's last message; nil when there is none.
        package var expiresAt: Timestamp?
        /// Until when everything is free of charge, templates too, for somebody who came by an ad.
        ///
        /// 72 hours after an answer within a day; it does not keep the window open.
        package var freeEntryPointExpiresAt: Timestamp?

        package init(open: Bool, expiresAt: Timestamp?, freeEntryPointExpiresAt: Timestamp? = nil) {
            self.open = open
            self.expiresAt = expiresAt
            self.freeEntryPointExpiresAt = freeEntryPointExpiresAt
        }

        package enum CodingKeys: String, CodingKey {
            case open
            case expiresAt = "expires_at"
            case freeEntryPointExpiresAt = "free_entry_point_expires_at"
        }
    }

    package init(
        id: String, phoneNumberID: String, contact: String, userID: String?, username: String?,
        groupID: String?, name: String?, lastMessageText: String?, lastMessageType: String?,
        lastMessageAt: Timestamp?, lastDirection: Direction?, unreadCount: Int,
        marketingOptOut: Bool = false, window: Window
    ) {
        self.id = id
        self.phoneNumberID = phoneNumberID
        self.contact = contact
        self.userID = userID
        self.username = username
        self.groupID = groupID
        self.name = name
        self.lastMessageText = lastMessageText
        self.lastMessageType = lastMessageType
        self.lastMessageAt = lastMessageAt
        self.lastDirection = lastDirection
        self.unreadCount = unreadCount
        self.marketingOptOut = marketingOptOut
        self.window = window
    }

    package enum CodingKeys: String, CodingKey {
        case id, contact, username, name, window
        case phoneNumberID = "phone_number_id"
        case userID = "user_id"
        case groupID = "group_id"
        case lastMessageText = "last_message_text"
        case lastMessageType = "last_message_type"
        case lastMessageAt = "last_message_at"
        case lastDirection = "last_direction"
        case unreadCount = "unread_count"
        case marketingOptOut = "marketing_opt_out"
    }
}

/// One change that readers follow.
package struct Event: Codable, Hashable, Sendable {
    /// Opaque; carries the epoch of the inbox that gave it.
    package var id: String
    /// `message.received`, `message.status`, `message.updated`, `conversation.updated` or `account.…`.
    package var type: String
    package var at: Timestamp
    package var phoneNumberID: String
    /// The message or conversation as it was right after the change.
    package var data: JSONValue

    package init(id: String, type: String, at: Timestamp, phoneNumberID: String, data: JSONValue) {
        self.id = id
        self.type = type
        self.at = at
        self.phoneNumberID = phoneNumberID
        self.data = data
    }

    package enum CodingKeys: String, CodingKey {
        case id, type, at, data
        case phoneNumberID = "phone_number_id"
    }
}
