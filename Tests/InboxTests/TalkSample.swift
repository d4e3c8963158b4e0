import FoundationEssentials
import JSON
import Wire

/// Changes as Meta posts them, for what is more than a text.
extension Sample {
    /// One message of any kind; `body` stands under the type's name.
    static func message(
        _ type: String, _ body: JSONValue?, wamid: String, from: String? = person,
        user: String? = nil, group: String? = nil, number: String = number,
        at seconds: Int64 = start, _ more: [String: JSONValue] = [:]
    ) -> JSONValue {
        var message = more
        message["id"] = .string(wamid)
        message["timestamp"] = .string("\(seconds)")
        message["type"] = .string(type)
        message[type] = body
        message["from"] = from.map(JSONValue.string)
        message["from_user_id"] = user.map(JSONValue.string)
        message["group_id"] = group.map(JSONValue.string)
        return change(["messages": [.object(message)]], number: number)
    }

    static func reaction(
        _ emoji: String?, to target: String, wamid: String, from: String? = person,
        user: String? = nil, number: String = number, at seconds: Int64 = start
    ) -> JSONValue {
        var body: [String: JSONValue] = ["message_id": .string(target)]
        body["emoji"] = emoji.map(JSONValue.string)
        return message(
            "reaction", .object(body), wamid: wamid, from: from, user: user, number: number,
            at: seconds)
    }

    static func edit(
        of target: String, to text: String, wamid: String, from: String? = person,
        user: String? = nil, number: String = number, at seconds: Int64 = start
    ) -> JSONValue {
        message(
            "edit",
            [
                "original_message_id": .string(target),
                "message": ["type": "text", "text": ["body": .string(text)]],
            ], wamid: wamid, from: from, user: user, number: number, at: seconds)
    }

    static func revoke(
        _ target: String, wamid: String, from: String? = person, user: String? = nil,
        number: String = number, at seconds: Int64 = start
    ) -> JSONValue {
        message(
            "revoke", ["original_message_id": .string(target)], wamid: wamid, from: from,
            user: user, number: number, at: seconds)
    }

    /// One message of the business's app.
    static func echo(
        _ type: String = "text", _ body: JSONValue = ["body": "from the app"], wamid: String,
        to phone: String = person, number: String = number, at seconds: Int64 = start,
        field: String = "smb_message_echoes"
    ) -> JSONValue {
        value(
            field,
            [
                "message_echoes": [
                    [
                        "from": "4930550010001", "to": .string(phone), "id": .string(wamid),
                        "timestamp": .string("\(seconds)"), "type": .string(type), type: body,
                    ]
                ]
            ], number: number)
    }

    /// A thread of history: each message is from the person, or (with a status) from the business.
    static func history(
        _ messages: [(wamid: String, text: String?, status: String?)], of phone: String = person,
        number: String = number, at seconds: Int64 = start
    ) -> JSONValue {
        let elements = messages.map { message -> JSONValue in
            let type = message.text == nil ? "media_placeholder" : "text"
            var element: [String: JSONValue] = [
                "id": .string(message.wamid), "timestamp": .string("\(seconds)"),
                "type": .string(type),
                "from": .string(message.status == nil ? phone : "4930550010001"),
                "history_context": ["status": .string(message.status ?? "READ")],
            ]
            element["text"] = message.text.map { ["body": .string($0)] }
            return .object(element)
        }
        return value(
            "history",
            [
                "history": [
                    [
                        "metadata": ["phase": 0, "chunk_order": 1, "progress": 100],
                        "threads": [["id": .string(phone), "messages": .array(elements)]],
                    ]
                ]
            ], number: number)
    }

    /// A change of any field that belongs to a number.
    static func value(
        _ field: String, _ value: [String: JSONValue], number: String = number
    ) -> JSONValue {
        guard var change = change(value, number: number).members else { return .null }
        change["field"] = .string(field)
        return .object(change)
    }

    /// A change of any field that belongs to the account.
    static func account(_ field: String, _ value: JSONValue) -> JSONValue {
        ["field": .string(field), "value": value]
    }

    /// A whole body with those changes and a time of the entry, as fields other than messages have it.
    static func body(at time: Int64, _ changes: JSONValue...) -> Data {
        let payload: JSONValue = [
            "object": "whatsapp_business_account",
            "entry": [
                ["id": "200100300400501", "time": .integer(time), "changes": .array(changes)]
            ],
        ]
        return payload.encoded()
    }

    /// What became of a message to a group with one member.
    static func status(
        _ status: String, wamid: String, at seconds: Int64, member: String, group: String,
        number: String = number
    ) -> JSONValue {
        change(
            [
                "statuses": [
                    [
                        "id": .string(wamid), "status": .string(status),
                        "timestamp": .string("\(seconds)"), "recipient_id": .string(group),
                        "recipient_type": "group", "recipient_participant_id": .string(member),
                    ]
                ]
            ], number: number)
    }
}

extension StoreDouble {
    /// Applies these bodies as webhooks of ingress, each an entry of its own, a millisecond apart.
    @discardableResult
    func receive(_ changes: JSONValue..., journal: inout JournalDouble) async throws -> Int {
        let before = journal.entries.count
        for change in changes {
            journal.add(
                .webhook, Sample.body(change), at: Sample.startAt + Int64(journal.entries.count))
        }
        try await append(journal.batch(before..<journal.entries.count))
        return journal.entries.count
    }
}
