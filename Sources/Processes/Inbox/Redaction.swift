internal import CloudAPI
internal import JSON

/// Takes what is of certain people out of a webhook, and leaves what is of others: JSON in, JSON out.
struct Redaction {
    /// Members that name somebody: a number, or a user id.
    private static let addresses = [
        "from", "from_user_id", "from_parent_user_id", "to", "to_user_id", "to_parent_user_id",
        "recipient_id", "recipient_user_id", "recipient_parent_user_id",
        "parent_recipient_user_id", "recipient_participant_id", "participant_recipient_id",
        "recipient_participant_user_id", "participant_recipient_user_id", "wa_id", "user_id",
        "parent_user_id", "input", "phone_number", "previous", "current",
    ]
    /// Members with more of them inside: of an address book's card, of a changed id, of a chat's head.
    private static let nested = ["contact", "user_id", "parent_user_id"]
    /// Lists inside an element that has others' parts too.
    private static let shared = [
        "threads", "added_participants", "removed_participants", "failed_participants",
    ]

    /// Whether what is of the person with that key goes.
    let isErased: (_ key: String) throws -> Bool

    /// What is left of a webhook; nil when that is nothing.
    func rest(of webhook: JSONValue) throws -> JSONValue? {
        guard let entries = webhook["entry"]?.elements else {
            return try names(webhook) ? nil : webhook
        }
        let left = try entries.compactMap { entry -> JSONValue? in
            guard let changes = entry["changes"]?.elements else { return entry }
            let left = try changes.compactMap { change -> JSONValue? in
                guard case .object(let value)? = change["value"] else { return change }
                return try rest(of: value).map { change.with("value", .object($0)) }
            }
            return left.isEmpty && !changes.isEmpty ? nil : entry.with("changes", .array(left))
        }
        return left.isEmpty && !entries.isEmpty ? nil : webhook.with("entry", .array(left))
    }

    /// A change's value without their elements; nil when it has no other ones.
    private func rest(of value: [String: JSONValue]) throws -> [String: JSONValue]? {
        var (rest, hasLost, hasElements) = (value, false, false)
        for (name, member) in value {
            guard case .array(let elements) = member else { continue }
            let left = try elements.compactMap(rest(ofElement:))
            hasLost = hasLost || left != elements
            // A profile alone tells nothing.
            hasElements = hasElements || (!left.isEmpty && name != "contacts")
            rest[name] = left.isEmpty && !elements.isEmpty ? nil : .array(left)
        }
        return hasLost && !hasElements ? nil : rest
    }

    private func rest(ofElement element: JSONValue) throws -> JSONValue? {
        guard try !names(element) else { return nil }
        var rest = element
        for name in Self.shared {
            guard let inside = element[name]?.elements else { continue }
            let left = try inside.filter { try !names($0) && !isChatOfErased($0) }
            if left.isEmpty, !inside.isEmpty { return nil }
            rest = rest.with(name, .array(left))
        }
        // Whom an answer is to.
        if let context = element["context"], let author = context["from"]?.identifier,
            try isErased(Self.key(author))
        {
            rest = rest.with("context", context.with("from", nil))
        }
        return rest
    }

    /// Whether something is one of theirs: it names them as who wrote it, whom it is to, or whom it is about.
    func names(_ element: JSONValue) throws -> Bool {
        try Self.addresses.contains { name in
            try element[name]?.identifier.map { try isErased(Self.key($0)) } ?? false
        }
            || Self.nested.contains { name in
                try element[name].map { $0.members != nil ? try names($0) : false } ?? false
            }
    }

    /// Whether a change of the account is about them: it, or an element of one of its lists, names them.
    func isAbout(_ change: JSONValue) throws -> Bool {
        guard case .object(let value) = change["value"] ?? change else { return false }
        if try names(.object(value)) { return true }
        return try value.values.contains { member in
            try member.elements?.contains { try rest(ofElement: $0) != $0 } ?? false
        }
    }

    /// A chat of the business's app is named by the other side.
    private func isChatOfErased(_ thread: JSONValue) throws -> Bool {
        if let id = thread["id"]?.identifier, try isErased(Self.key(id)) { return true }
        return try thread["context"].map(names) ?? false
    }

    private static func key(_ address: String) -> String {
        let digits = address.hasPrefix("+") ? String(address.dropFirst()) : address
        return digits.allSatisfy { $0.isASCII && $0.isNumber }
            ? PartyKey.phone(digits) : PartyKey.user(address)
    }
}

extension JSONValue {
    /// With another member of that name, or without it.
    fileprivate func with(_ name: String, _ member: JSONValue?) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = member
        return .object(members)
    }
}
