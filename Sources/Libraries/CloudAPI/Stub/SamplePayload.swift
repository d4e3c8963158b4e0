package import FoundationEssentials
import JSON

/// A webhook that nobody sent, for trying the gateway out; it is signed in mode stub only.
package enum SamplePayload {
    /// The account that samples come from; no real one has it.
    package static let wabaID = "0"

    /// Makes a whole body with one text message.
    ///
    /// `from` is a phone number in any form that is read, or a BSUID; `name` is left out when empty;
    /// `timestamp` is Unix seconds.
    package static func textMessage(
        text: String, from: String, name: String, phoneNumberID: String, wamid: String,
        timestamp: Int64
    ) -> Data {
        var message: [String: JSONValue] = [
            "id": .string(wamid), "timestamp": .string(String(timestamp)), "type": "text",
            "text": ["body": .string(text)],
        ]
        var contact: [String: JSONValue] = [:]
        if !name.isEmpty { contact["profile"] = ["name": .string(name)] }
        switch Recipient.forReading(from) {
        case .user(let id)?:
            message["from_user_id"] = .string(id)
            contact["user_id"] = .string(id)
        case let person:
            let digits = person?.display.drop { $0 == "+" }.description ?? from
            message["from"] = .string(digits)
            contact["wa_id"] = .string(digits)
        }
        return MetaEnvelope.messages(
            wabaID: wabaID, phoneNumberID: phoneNumberID, displayNumber: phoneNumberID,
            value: ["contacts": [.object(contact)], "messages": [.object(message)]])
    }
}
