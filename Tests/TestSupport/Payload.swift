internal import Glibc
package import JSON

/// Bodies of webhooks, written as Meta's documentation shows them.
package enum Payload {
    package static let phoneNumberID = "106540352242922"
    /// Who writes unless a test says otherwise.
    package static let contact = "919812345678"

    /// A text message, alone in its webhook.
    package static func text(
        _ text: String, wamid: String, from: String = contact,
        phoneNumberID: String = phoneNumberID, at time: Int = now
    ) -> [UInt8] {
        body([
            change(
                phoneNumberID, contacts: [person(from)],
                messages: [message(text, wamid: wamid, from: from, at: time)])
        ])
    }

    /// One status of one message.
    package static func status(
        _ status: String, of wamid: String, to recipient: String = contact, at time: Int = now,
        phoneNumberID: String = phoneNumberID
    ) -> [UInt8] {
        body([
            change(
                phoneNumberID,
                statuses: [
                    [
                        "id": .string(wamid), "status": .string(status),
                        "timestamp": .string("\(time)"), "recipient_id": .string(recipient),
                    ]
                ])
        ])
    }

    /// A webhook of one entry for each of the changes.
    package static func body(_ changes: [JSONValue]) -> [UInt8] {
        let entries = changes.map { change -> JSONValue in
            ["id": "102290129340398", "changes": [change]]
        }
        let body: JSONValue = ["object": "whatsapp_business_account", "entry": .array(entries)]
        return Array(body.encoded(.escaped))
    }

    package static func change(
        _ phoneNumberID: String = phoneNumberID, contacts: [JSONValue] = [],
        messages: [JSONValue] = [], statuses: [JSONValue] = []
    ) -> JSONValue {
        var value: [String: JSONValue] = [
            "messaging_product": "whatsapp",
            "metadata": [
                "display_phone_number": "15550783881", "phone_number_id": .string(phoneNumberID),
            ],
        ]
        if !contacts.isEmpty { value["contacts"] = .array(contacts) }
        if !messages.isEmpty { value["messages"] = .array(messages) }
        if !statuses.isEmpty { value["statuses"] = .array(statuses) }
        return ["field": "messages", "value": .object(value)]
    }

    package static func message(
        _ text: String, wamid: String, from: String = contact, at time: Int = now
    ) -> JSONValue {
        [
            "from": .string(from), "id": .string(wamid), "timestamp": .string("\(time)"),
            "type": "text", "text": ["body": .string(text)],
        ]
    }

    package static func person(_ number: String, name: String = "Asha") -> JSONValue {
        ["profile": ["name": .string(name)], "wa_id": .string(number)]
    }

    /// Unix seconds.
    package static var now: Int { time(nil) }
}
