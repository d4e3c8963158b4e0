import FoundationEssentials
import JSON

/// The frame around one `value`, as Meta posts it.
enum MetaEnvelope {
    /// The bytes of a webhook's body; text outside ASCII is escaped, as on Meta's wire.
    static func messages(
        wabaID: String, phoneNumberID: String, displayNumber: String, value: [String: JSONValue]
    ) -> Data {
        var value = value
        value["messaging_product"] = "whatsapp"
        value["metadata"] = [
            "display_phone_number": .string(displayNumber),
            "phone_number_id": .string(phoneNumberID),
        ]
        let change: JSONValue = ["field": "messages", "value": .object(value)]
        let body: JSONValue = [
            "object": .string(WebhookPayload.object),
            "entry": [["id": .string(wabaID), "changes": [change]]],
        ]
        return body.encoded(.escaped)
    }
}
