package import FoundationEssentials
package import JSON

/// A webhook that tells a status, as Meta would post it; made by provider in mode stub.
package enum StatusPayload {
    /// Makes a whole body.
    ///
    /// `timestamp` is Unix seconds; `callbackData` what the send had in `biz_opaque_callback_data`;
    /// `errors` belong to `failed`.
    package static func make(
        phoneNumberID: String, displayNumber: String, wabaID: String, wamid: String,
        status: CloudStatus, timestamp: Int64, recipient: Recipient, callbackData: String?,
        pricing: JSONValue? = nil, errors: [CloudError] = []
    ) -> Data {
        var members: [String: JSONValue] = [
            "id": .string(wamid), "status": .string(status.name),
            "timestamp": .string(String(timestamp)),
        ]
        var contact: [String: JSONValue] = [:]
        switch recipient {
        case .phone(let digits):
            members["recipient_id"] = .string(digits)
            contact["wa_id"] = .string(digits)
        case .user(let id):
            members["recipient_user_id"] = .string(id)
            contact["user_id"] = .string(id)
        case .group(let id):
            members["recipient_id"] = .string(id)
            members["recipient_type"] = "group"
        }
        members["biz_opaque_callback_data"] = callbackData.map(JSONValue.string)
        members["pricing"] = pricing
        if !errors.isEmpty { members["errors"] = .array(errors.map(\.payload)) }

        var value: [String: JSONValue] = ["statuses": [.object(members)]]
        // Meta leaves the contacts out of failures, and of groups.
        if status != .failed, !contact.isEmpty { value["contacts"] = [.object(contact)] }
        return MetaEnvelope.messages(
            wabaID: wabaID, phoneNumberID: phoneNumberID, displayNumber: displayNumber, value: value
        )
    }
}
