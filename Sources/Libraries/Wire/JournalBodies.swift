package import JSON

/// What happened to a message in provider's outbox: the body of an `outbox` entry.
package struct OutboxTransition: Codable, Hashable, Sendable {
    /// `msg_…`, made by ingress.
    package var id: String
    package var mode: Mode
    package var status: MessageStatus
    /// Milliseconds since 1970 by our clock.
    package var at: Int64
    package var wamid: String?
    package var attempt: Int
    package var error: Problem?
    /// What is sent and to whom; with the first transition of a message.
    package var message: Outbound?

    package struct Outbound: Codable, Hashable, Sendable {
        package var phoneNumberID: String
        package var to: Recipient
        package var type: String
        package var text: String?
        package var content: JSONValue?
        package var replyTo: String?
        package var reference: String?

        package init(
            phoneNumberID: String, to: Recipient, type: String, text: String?, content: JSONValue?,
            replyTo: String?, reference: String?
        ) {
            self.phoneNumberID = phoneNumberID
            self.to = to
            self.type = type
            self.text = text
            self.content = content
            self.replyTo = replyTo
            self.reference = reference
        }

        package enum CodingKeys: String, CodingKey {
            case to, type, text, content, reference
            case phoneNumberID = "phone_number_id"
            case replyTo = "reply_to"
        }
    }

    /// Exactly one of the three is there.
    package struct Recipient: Codable, Hashable, Sendable {
        /// Digits with the country code.
        package var phone: String?
        package var userID: String?
        package var groupID: String?

        package init(phone: String? = nil, userID: String? = nil, groupID: String? = nil) {
            self.phone = phone
            self.userID = userID
            self.groupID = groupID
        }

        package enum CodingKeys: String, CodingKey {
            case phone
            case userID = "user_id"
            case groupID = "group_id"
        }
    }

    package init(
        id: String, mode: Mode, status: MessageStatus, at: Int64, wamid: String? = nil,
        attempt: Int = 0, error: Problem? = nil, message: Outbound? = nil
    ) {
        self.id = id
        self.mode = mode
        self.status = status
        self.at = at
        self.wamid = wamid
        self.attempt = attempt
        self.error = error
        self.message = message
    }
}

/// Something a caller told us to do to what is kept: the body of a `command` entry.
package struct JournalCommand: Codable, Hashable, Sendable {
    package enum Verb: String, Codable, Sendable {
        /// All inbound messages of the conversation so far were seen.
        case markRead = "mark_read"
        /// All that is kept of the person and was received before is erased.
        case erase
    }

    /// Made at random, so that shipping it again does nothing.
    package var id: String
    package var verb: Verb
    /// As the caller wrote it: any form that names the person when reading.
    package var contact: String
    /// Nil: every business number.
    package var phoneNumberID: String?
    /// Hashes of the person's keys, in place of `contact`: what is left of an erasure that was done.
    package var keys: [String]?

    package init(
        id: String, verb: Verb, contact: String, phoneNumberID: String?, keys: [String]? = nil
    ) {
        self.id = id
        self.verb = verb
        self.contact = contact
        self.phoneNumberID = phoneNumberID
        self.keys = keys
    }

    package enum CodingKeys: String, CodingKey {
        case id, verb, contact, keys
        case phoneNumberID = "phone_number_id"
    }
}

/// What became of a file: the body of a `media` entry.
package struct MediaTransition: Codable, Hashable, Sendable {
    /// Meta's.
    package var mediaID: String
    package var phoneNumberID: String
    package var state: MediaState
    /// Milliseconds since 1970 by our clock; of one file each is later than the one before.
    package var at: Int64
    package var mimeType: String?
    /// Bytes.
    package var size: Int64?
    /// Hex.
    package var sha256: String?
    package var filename: String?
    package var error: Problem?

    package init(
        mediaID: String, phoneNumberID: String, state: MediaState, at: Int64,
        mimeType: String? = nil, size: Int64? = nil, sha256: String? = nil,
        filename: String? = nil, error: Problem? = nil
    ) {
        self.mediaID = mediaID
        self.phoneNumberID = phoneNumberID
        self.state = state
        self.at = at
        self.mimeType = mimeType
        self.size = size
        self.sha256 = sha256
        self.filename = filename
        self.error = error
    }

    package enum CodingKeys: String, CodingKey {
        case state, at, size, sha256, filename, error
        case mediaID = "media_id"
        case phoneNumberID = "phone_number_id"
        case mimeType = "mime_type"
    }
}
