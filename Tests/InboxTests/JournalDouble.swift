import CloudAPI
import FoundationEssentials
import JSON
import Wire

/// A journal as a process would have written it: entries in order, with marks made from their numbers.
struct JournalDouble {
    let origin: String
    let process: Service
    private(set) var entries: [JournalEntry] = []

    init(_ process: Service, origin: String? = nil) {
        self.process = process
        self.origin = origin ?? "origin-of-\(process.rawValue)"
    }

    mutating func add(_ kind: JournalEntry.Kind, _ body: Data, at: Int64) {
        let seq = Int64(entries.count + 1)
        entries.append(
            JournalEntry(
                position: JournalPosition(seq: seq, mark: UInt64(seq) &* 0x9E37_79B9_7F4A_7C15),
                at: at, kind: kind, body: body))
    }

    mutating func add(_ webhook: String, at: Int64) { add(.webhook, Data(webhook.utf8), at: at) }

    mutating func add(_ transition: OutboxTransition) throws {
        add(.outbox, try JSONEncoder().encode(transition), at: transition.at)
    }

    mutating func add(_ command: JournalCommand, at: Int64) throws {
        add(.command, try JSONEncoder().encode(command), at: at)
    }

    mutating func add(_ transition: MediaTransition) throws {
        add(.media, try JSONEncoder().encode(transition), at: transition.at)
    }

    /// The request that ships these entries.
    func batch(_ range: Range<Int>, completeTo: Int64? = nil) -> AppendEntries {
        AppendEntries(
            origin: origin, process: process,
            after: range.lowerBound == 0 ? nil : entries[range.lowerBound - 1].position,
            entries: Array(entries[range]), completeTo: completeTo)
    }

    func whole(completeTo: Int64? = nil) -> AppendEntries {
        batch(0..<entries.count, completeTo: completeTo)
    }

    /// The newest entry, as a read names it.
    var head: JournalHead { JournalHead(origin: origin, seq: Int64(entries.count)) }
}

/// Bodies as Meta posts them, and transitions as provider journals them.
enum Sample {
    static let number = "300200100400602"
    static let person = "436605550122"
    static let user = "AT.70011223344556677"
    /// 2026-09-21T14:13:20Z; seconds, and in milliseconds.
    static let start: Int64 = 1_790_000_000
    static let startAt = start * 1_000

    /// One inbound text; what is nil is left out.
    static func text(
        _ text: String, wamid: String, from: String? = person, user: String? = nil,
        name: String? = nil, group: String? = nil, number: String = number,
        at seconds: Int64 = start
    ) -> JSONValue {
        var message: [String: JSONValue] = [
            "id": .string(wamid), "timestamp": .string("\(seconds)"), "type": "text",
            "text": ["body": .string(text)],
        ]
        message["from"] = from.map(JSONValue.string)
        message["from_user_id"] = user.map(JSONValue.string)
        message["group_id"] = group.map(JSONValue.string)
        var contact: [String: JSONValue] = [:]
        contact["profile"] = name.map { ["name": .string($0)] }
        contact["wa_id"] = from.map(JSONValue.string)
        contact["user_id"] = user.map(JSONValue.string)
        return change(
            ["contacts": [.object(contact)], "messages": [.object(message)]], number: number)
    }

    /// One inbound picture.
    static func image(
        _ media: String, wamid: String, from: String = person, number: String = number,
        at seconds: Int64 = start
    ) -> JSONValue {
        let message: JSONValue = [
            "id": .string(wamid), "timestamp": .string("\(seconds)"), "type": "image",
            "from": .string(from),
            "image": ["id": .string(media), "mime_type": "image/jpeg", "sha256": "q3Zf"],
        ]
        return change(
            ["contacts": [["wa_id": .string(from)]], "messages": [message]], number: number)
    }

    static func status(
        _ status: String, wamid: String, at seconds: Int64, callback: String? = nil,
        to phone: String = person, number: String = number
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(wamid), "status": .string(status), "timestamp": .string("\(seconds)"),
            "recipient_id": .string(phone),
        ]
        members["biz_opaque_callback_data"] = callback.map(JSONValue.string)
        if status == "failed" { members["errors"] = [["code": 131_026, "title": "No"]] }
        return change(["statuses": [.object(members)]], number: number)
    }

    static func change(_ value: [String: JSONValue], number: String = number) -> JSONValue {
        var value = value
        value["messaging_product"] = "whatsapp"
        value["metadata"] = [
            "display_phone_number": "4930550010001", "phone_number_id": .string(number),
        ]
        return ["field": "messages", "value": .object(value)]
    }

    /// A whole body with those changes.
    static func body(_ changes: JSONValue...) -> Data { body(changes) }

    static func body(_ changes: [JSONValue]) -> Data {
        let payload: JSONValue = [
            "object": "whatsapp_business_account",
            "entry": [["id": "200100300400501", "changes": .array(changes)]],
        ]
        return payload.encoded()
    }

    /// The first transition of a message.
    static func queued(
        _ id: String, at: Int64, text: String = "hello", to phone: String = person,
        reference: String? = nil, number: String = number
    ) -> OutboxTransition {
        OutboxTransition(
            id: id, mode: .stub, status: .queued, at: at,
            message: .init(
                phoneNumberID: number, to: .init(phone: phone), type: "text", text: text,
                content: ["body": .string(text)], replyTo: nil, reference: reference))
    }
}
