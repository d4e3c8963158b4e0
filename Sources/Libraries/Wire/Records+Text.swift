package import FoundationEssentials
internal import JSON

// What inbox tells of each change; the same members as `encode(to:)` writes, a test holds the two together.

extension Message {
    /// Its JSON; `encoder` writes the parts that few messages have.
    package func json(with encoder: JSONEncoder) throws -> String {
        var object = ObjectText<CodingKeys>(room: 1_536)
        object.add(.id, id)
        object.add(.wamid, wamid)
        object.add(.direction, direction.rawValue)
        object.add(.provider, provider)
        object.add(.phoneNumberID, phoneNumberID)
        object.add(.contact, contact)
        object.add(.userID, userID)
        object.add(.groupID, groupID)
        object.add(.type, type)
        object.add(.text, text)
        object.add(.content, content)
        try object.add(.media, media, encoder)
        object.add(.replyTo, replyTo)
        object.add(.reference, reference)
        object.add(.status, status.rawValue)
        object.add(.statusAt, .object(statusAt.mapValues { .string($0.text) }))
        try object.add(.error, error, encoder)
        object.add(.sentBy, sentBy)
        object.add(.origin, origin)
        object.add(.forwarded, forwarded)
        object.add(.referredProduct, referredProduct)
        object.add(.referral, referral)
        try object.add(.reactions, reactions, encoder)
        object.add(.editedAt, editedAt?.text)
        object.add(.revokedAt, revokedAt?.text)
        try object.add(.revisions, revisions, encoder)
        try object.add(.participants, participants, encoder)
        object.add(.pricing, pricing)
        object.add(.timestamp, timestamp.text)
        object.add(.receivedAt, receivedAt.text)
        return object.text
    }
}

extension Conversation {
    /// Its JSON.
    package var json: String {
        var object = ObjectText<CodingKeys>(room: 768)
        object.add(.id, id)
        object.add(.phoneNumberID, phoneNumberID)
        object.add(.contact, contact)
        object.add(.userID, userID)
        object.add(.username, username)
        object.add(.groupID, groupID)
        object.add(.name, name)
        object.add(.lastMessageText, lastMessageText)
        object.add(.lastMessageType, lastMessageType)
        object.add(.lastMessageAt, lastMessageAt?.text)
        object.add(.lastDirection, lastDirection?.rawValue)
        object.add(.unreadCount, Int64(unreadCount))
        object.add(.marketingOptOut, marketingOptOut)
        object.add(.window, window.value)
        return object.text
    }
}

extension Conversation.Window {
    fileprivate var value: JSONValue {
        func moment(_ at: Timestamp?) -> JSONValue { at.map { .string($0.text) } ?? .null }
        return .object([
            CodingKeys.open.rawValue: .bool(open),
            CodingKeys.expiresAt.rawValue: moment(expiresAt),
            CodingKeys.freeEntryPointExpiresAt.rawValue: moment(freeEntryPointExpiresAt),
        ])
    }
}

extension ObjectText {
    fileprivate mutating func add(
        _ key: Key, _ value: (some Encodable)?, _ encoder: JSONEncoder
    ) throws {
        if let value { add(key, json: try encoder.encode(value)) } else { add(key, .null) }
    }

    fileprivate mutating func add(
        _ key: Key, _ list: [some Encodable], _ encoder: JSONEncoder
    ) throws {
        if list.isEmpty { add(key, .array([])) } else { add(key, json: try encoder.encode(list)) }
    }
}
