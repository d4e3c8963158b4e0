internal import CloudAPI
internal import JSON

/// Takes what is of certain people out of a webhook, and leaves what is of others: JSON in, JSON out.
struct Redaction {
    /// Members that name somebody: a number, or a user id.
    private static let addresses = [
        "from", "from_user_id", "from_parent_user_id", "to", "to_user_id", "to_parent_user_id",
        "recipient_id", "recipient_user_id", "recipient_parent_user_id",
        "parent_recipient_user_id", "recipient_participant_id", "participant_recipient_id",
        "recipient_participant_user_id", "participant_recipient_user_id",
        "recipient_participant_parent_user_id", "wa_id", "new_wa_id", "user_id",
        "parent_user_id", "previous_user_id", "previous_parent_user_id", "input", "phone_number",
        "previous", "current",
    ]
    /// Members with more of them inside: of an address book's card, of a changed id, of a new number.
    private static let nested = ["contact", "user_id", "parent_user_id", "system"]
    /// Lists of people inside an element that may be about others too.
    private static let members = [
        "added_participants", "removed_participants", "failed_participants",
    ]
    /// Lists whose elements are of the only one of `contacts`, if they name nobody.
    private static let personal: Set = ["messages", "calls", "user_preferences"]
    /// Where a change that lost something says by which hash the whole one was known.
    static let mark = "erased"

    /// Whether what is of the person with that key goes.
    let isErased: (_ key: String) throws -> Bool
    /// Whether an element of a number's is known to have gone, whoever it names.
    var isGone: (_ element: JSONValue, _ number: String) throws -> Bool = { _, _ in false }
    /// Whether a change of that hash is known to have gone.
    var isChangeGone: (_ hash: String) throws -> Bool = { _ in false }

    /// What is left of a webhook; nil when that is nothing.
    func rest(of webhook: JSONValue) throws -> JSONValue? {
        guard let entries = webhook["entry"]?.elements else {
            return try names(webhook) ? nil : webhook
        }
        let left = try entries.compactMap { entry -> JSONValue? in
            guard let changes = entry["changes"]?.elements else { return entry }
            let left = try changes.compactMap { try rest(ofChange: $0, in: entry) }
            if left == changes { return entry }
            return left.isEmpty ? nil : entry.with("changes", .array(left))
        }
        if left == entries { return webhook }
        return left.isEmpty ? nil : webhook.with("entry", .array(left))
    }

    /// A change of a webhook; one that is kept whole and loses a part keeps the hash that it had.
    private func rest(ofChange change: JSONValue, in entry: JSONValue) throws -> JSONValue? {
        let isRead = ["messages", "statuses", "errors"].contains { change["value"]?[$0] != nil }
        let isWhole = change["field"]?.text != "messages" || !isRead
        let before = isWhole ? Self.kept(change, in: entry) : nil
        if let before, try isChangeGone(before.hash) { return nil }
        guard let rest = try rest(ofChange: change) else { return nil }
        guard let before, let after = Self.kept(rest, in: entry), after.raw != before.raw else {
            return rest
        }
        return rest.with(Self.mark, .string(before.hash))
    }

    /// What inbox keeps whole of a change, and the hash that it is known by.
    private static func kept(
        _ change: JSONValue, in entry: JSONValue
    ) -> (raw: JSONValue, hash: String)? {
        let alone: JSONValue = [
            "object": "whatsapp_business_account",
            "entry": [entry.with("changes", .array([change]))],
        ]
        for case .account(let event) in (try? WebhookPayload.updates(in: alone)) ?? [] {
            return hash(of: event).map { (event.raw, $0) }
        }
        return nil
    }

    /// The hash that a change is known by, also when it has lost something since.
    static func hash(of event: AccountEvent) -> String? {
        if let hash = event.raw[mark]?.text { return hash }
        guard case .canonical(let bytes) = Update.account(event).dedupeKey else { return nil }
        return Identifiers.content(bytes)
    }

    /// What is left of a change; nil when it was about them alone.
    func rest(ofChange change: JSONValue) throws -> JSONValue? {
        guard case .object(let value)? = change["value"] else { return change }
        guard try !names(.object(value)), let rest = try rest(of: value) else { return nil }
        return rest == value ? change : change.with("value", .object(rest))
    }

    /// A change's value without their elements; nil when it has no other ones.
    private func rest(of value: [String: JSONValue]) throws -> [String: JSONValue]? {
        let number = value["metadata"]?["phone_number_id"]?.identifier ?? ""
        let contacts = value["contacts"]?.elements ?? []
        let isOfOne = try contacts.count == 1 && names(contacts[0])
        var (rest, hasLost, hasElements) = (value, false, false)
        var (gone, kept): (Set<String>, Set<String>) = ([], [])
        for (name, member) in value where name != "contacts" {
            guard case .array(let elements) = member else { continue }
            let left = try elements.compactMap { element -> JSONValue? in
                let addresses = Self.addresses(of: element)
                let isTheirs = isOfOne && Self.personal.contains(name) && addresses.isEmpty
                let left = isTheirs ? nil : try self.rest(of: element, number)
                if left == nil { gone.formUnion(addresses) } else { kept.formUnion(addresses) }
                return left
            }
            hasLost = hasLost || left != elements
            hasElements = hasElements || !left.isEmpty
            rest[name] = left.isEmpty && !elements.isEmpty ? nil : .array(left)
        }
        // A profile alone tells nothing: it goes with what it was told for.
        let profiles = try contacts.filter { contact in
            let addresses = Self.addresses(of: contact)
            return try !names(contact)
                && (gone.isDisjoint(with: addresses) || !kept.isDisjoint(with: addresses))
        }
        hasLost = hasLost || profiles != contacts
        if hasLost, !contacts.isEmpty {
            rest["contacts"] = profiles.isEmpty ? nil : .array(profiles)
        }
        return hasLost && !hasElements ? nil : rest
    }

    private func rest(of element: JSONValue, _ number: String) throws -> JSONValue? {
        guard try !names(element) && !isGone(element, number) else { return nil }
        var rest = element
        var isAboutOthers = true
        for name in Self.members {
            guard let inside = element[name]?.elements, !inside.isEmpty else { continue }
            let left = try inside.filter { try !names($0) }
            if left.isEmpty { isAboutOthers = false }
            rest = rest.with(name, .array(left))
        }
        // Of those who came and went, all are theirs.
        if !isAboutOthers, Self.members.allSatisfy({ rest[$0]?.elements?.isEmpty ?? true }) {
            return nil
        }
        if let threads = element["threads"]?.elements {
            let left = try threads.filter { try !isChatOfErased($0) }.map { thread in
                guard let messages = thread["messages"]?.elements else { return thread }
                let left = try messages.filter { try !isGone($0, number) }
                return left == messages ? thread : thread.with("messages", .array(left))
            }
            if left != threads { rest = rest.with("threads", .array(left)) }
        }
        return try withoutAuthor(rest)
    }

    /// A message of somebody else, without whom it answers if that is one of them.
    func withoutAuthor(_ message: JSONValue) throws -> JSONValue {
        guard let context = message["context"], let author = context["from"]?.identifier,
            try isErased(Self.key(author))
        else { return message }
        return message.with("context", context.with("from", nil))
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

    /// Whom an element names, as it writes them.
    private static func addresses(of element: JSONValue) -> Set<String> {
        Set(addresses.compactMap { element[$0]?.identifier })
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
    func with(_ name: String, _ member: JSONValue?) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = member
        return .object(members)
    }
}
