package import JSON

/// A name in a webhook that this release does not know; counted, so that a person hears of it.
package struct UnknownName: Hashable, Sendable {
    /// What it is a name of: `field`, `type`, `status`, or the object it stands in (`message`, `text`, …).
    package let place: String
    package let name: String

    package init(in place: String, _ name: String) {
        self.place = place
        self.name = name
    }

    /// Longer ones are cut: a name is a table's key.
    static let maximumLength = 64
    /// Of one message no more are noted.
    static let maximumCount = 8

    /// What every message may have (Meta, "Webhooks: messages"), the object of its type aside.
    private static let ofMessage: Set = [
        "from", "from_user_id", "from_parent_user_id", "from_logical_id", "id", "timestamp", "type",
        "group_id", "context", "referral", "errors", "identity", "origin", "to", "to_user_id",
        "to_parent_user_id", "history_context",
    ]

    private static let ofFile: Set = [
        "id", "mime_type", "sha256", "url", "caption", "filename", "voice", "animated",
    ]

    /// What the object under the name of the type may have; types with lists inside are left alone.
    private static let ofContent: [String: Set<String>] = [
        "text": ["body"], "image": ofFile, "video": ofFile, "audio": ofFile, "voice": ofFile,
        "document": ofFile, "sticker": ofFile,
        "location": ["latitude", "longitude", "name", "address", "url"],
        "button": ["payload", "text"], "reaction": ["message_id", "emoji"],
        "order": ["catalog_id", "text", "product_items"],
        "edit": ["original_message_id", "message"], "revoke": ["original_message_id"],
        "interactive": [
            "type", "button_reply", "list_reply", "nfm_reply", "call_permission_reply",
        ],
        "system": [
            "type", "body", "wa_id", "new_wa_id", "user_id", "parent_user_id", "previous_user_id",
            "previous_parent_user_id", "identity", "customer",
        ],
    ]

    /// What a status may have, older and newer names.
    private static let ofStatus: Set = [
        "id", "status", "timestamp", "recipient_id", "recipient_user_id",
        "recipient_parent_user_id",
        "parent_recipient_user_id", "recipient_type", "recipient_participant_id",
        "participant_recipient_id", "recipient_participant_user_id",
        "recipient_participant_parent_user_id", "recipient_identity_key_hash",
        "biz_opaque_callback_data", "type", "conversation", "pricing", "errors",
    ]

    /// The names in a message that was kept whole.
    package static func all(in message: JSONValue) -> [UnknownName] {
        let type = message["type"]?.nonEmptyString ?? ""
        return all(
            in: message, type: type,
            kind: InboundKind(type: type, content: message[type] ?? .null))
    }

    static func all(in message: JSONValue, type: String, kind: InboundKind) -> [UnknownName] {
        if case .unknown = kind {
            // With its own name told, what stands in it need not be.
            return [UnknownName(in: "type", cut(type.isEmpty ? "(none)" : type))]
        }
        var names = unknown(in: message, but: ofMessage, and: type, "message")
        if case .interactive(.other(let reply)) = kind {
            names.append(UnknownName(in: "interactive", cut(reply)))
        } else if let known = ofContent[type], let content = message[type] {
            names += unknown(in: content, but: known, and: "", type)
        }
        return Array(names.prefix(maximumCount))
    }

    static func all(inStatus status: JSONValue, word: CloudStatus) -> [UnknownName] {
        var names = unknown(in: status, but: ofStatus, and: "", "status object")
        if case .other(let name) = word { names.append(UnknownName(in: "status", cut(name))) }
        return Array(names.prefix(maximumCount))
    }

    private static func unknown(
        in object: JSONValue, but known: Set<String>, and type: String, _ place: String
    ) -> [UnknownName] {
        (object.members ?? [:]).keys.filter { $0 != type && !known.contains($0) }.sorted()
            .map { UnknownName(in: place, cut($0)) }
    }

    static func cut(_ name: String) -> String { String(name.prefix(maximumLength)) }
}
