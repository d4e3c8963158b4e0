package import FoundationEssentials
import JSON

/// What makes two deliveries of one update the same.
///
/// No part is ever null: absent is `""`.
package enum DedupeKey: Hashable, Sendable {
    case message(phoneNumberID: String, wamid: String)
    case status(phoneNumberID: String, wamid: String, status: String, participant: String)
    /// For all that has no id: the caller hashes these bytes (SHA-256). They are the same for the same
    /// change, whatever order its names came in.
    case canonical(Data)
}

extension Update {
    /// The key under which a second delivery is recognised.
    package var dedupeKey: DedupeKey {
        switch self {
        case .message(let message):
            .message(phoneNumberID: message.phoneNumberID, wamid: message.wamid)
        case .appMessage(let past):
            .message(phoneNumberID: past.message.phoneNumberID, wamid: past.message.wamid)
        case .status(let status):
            .status(
                phoneNumberID: status.phoneNumberID, wamid: status.wamid,
                status: status.status.name, participant: status.recipient.participant)
        case .errors(let errors):
            Self.canonical(["errors": errors.raw, "id": .string(errors.phoneNumberID)])
        case .account(let event):
            Self.canonical([
                "change": event.raw, "id": .string(event.wabaID),
                "time": event.time.map(JSONValue.integer) ?? .null,
            ])
        case .foreign(_, let raw):
            Self.canonical(["foreign": raw])
        case .malformed(let raw, _, _):
            // Not the path: the same element may come again in another batch.
            Self.canonical(["malformed": raw])
        }
    }

    private static func canonical(_ value: JSONValue) -> DedupeKey { .canonical(value.encoded()) }
}
