internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

// What a journal may keep of an entry, and what an entry tells that a journal kept a part of.

extension Fold {
    /// Where an entry tells ids of what it told before: they must not come back, in whatever order things come.
    private static let tombstones = "erased"
    /// How an entry begins of which nothing else is left.
    private static let blankStart = Data(#"{"erased":"#.utf8)

    /// What is left of an entry without the people who were erased since it was written; nil: all of it stays.
    ///
    /// Applying what is left gives what applying the entry and the erasures gives.
    func redacted(_ arrival: Arrival) throws -> Data? {
        guard try !erasures.isEmpty() else { return nil }
        let body = arrival.entry.body
        if body.starts(with: Self.blankStart) { return nil }
        switch arrival.entry.kind {
        case .webhook: return try redacted(webhook: body, arrival)
        case .outbox:
            guard let transition = try? coder.read(OutboxTransition.self, body),
                try isGone(transition, arrival)
            else { return nil }
            return Self.blank([transition.id])
        case .command:
            guard let command = try? coder.read(JournalCommand.self, body) else { return nil }
            return try redacted(command, arrival)
        case .media:
            guard let transition = try? coder.read(MediaTransition.self, body) else { return nil }
            let id = Erasures.id(ofFile: transition.mediaID)
            return try erasures.contains(id: id) ? Self.blank([id]) : nil
        }
    }

    private func redacted(webhook body: Data, _ arrival: Arrival) throws -> Data? {
        guard let payload = try? WebhookPayload.parse(body) else { return nil }
        let rest = try redaction(as: arrival.moment).rest(of: payload)
        guard rest != payload else { return nil }
        var ids = Set(payload[Self.tombstones]?.elements?.compactMap(\.text) ?? [])
        for update in (try? WebhookPayload.updates(in: payload)) ?? [] {
            for id in update.ids where try erasures.contains(id: id) { ids.insert(id) }
        }
        let tombstones = JSONValue.array(ids.sorted().map { .string($0) })
        return rest?.with(Self.tombstones, tombstones).encoded() ?? Self.blank(ids.sorted())
    }

    private func isGone(_ transition: OutboxTransition, _ arrival: Arrival) throws -> Bool {
        if try erasures.contains(id: transition.id) { return true }
        return try transition.message?.to.keys.contains { key in
            try erasures.upTo(key).map { $0 > arrival.moment } ?? false
        } ?? false
    }

    /// An erasure names its person by hashes alone, once it was done: by those of all keys that went with it.
    private func redacted(_ command: JournalCommand, _ arrival: Arrival) throws -> Data? {
        let keys = PartyKey.forReading(command.contact).filter { !PartyKey.isGroup($0) }
        switch command.verb {
        case .erase:
            var left = command
            left.contact = ""
            left.keys = try erasures.together(with: Set(command.keys ?? keys.map(Erasures.name)))
                .sorted()
            return left == command ? nil : try JSONEncoder.gateway().encode(left)
        case .markRead:
            let isErased = try keys.contains {
                try erasures.upTo($0).map { $0 > arrival.moment } ?? false
            }
            return isErased ? Self.blank([]) : nil
        }
    }

    private static func blank(_ ids: [String]) -> Data {
        let body: JSONValue = [tombstones: .array(ids.map { .string($0) })]
        return body.encoded()
    }

    // MARK: Applying

    /// Whether an entry has nothing but the ids of what it told, which are noted then.
    func isBlank(_ body: Data) throws -> Bool {
        guard body.starts(with: Self.blankStart), let json = try? WebhookPayload.parse(body)
        else { return false }
        try noteErased(in: json)
        return json.members?.count == 1
    }

    /// Notes what a journal kept of what a webhook told.
    func noteErased(in payload: JSONValue) throws {
        for id in payload[Self.tombstones]?.elements ?? [] {
            if let id = id.text { try erasures.add(id: id) }
        }
    }
}

extension Update {
    /// What is kept of what it tells when that goes: ids that must not come back.
    fileprivate var ids: [String] {
        switch self {
        case .message(let message): message.ids
        case .appMessage(let past): past.message.ids
        case .status(let status):
            [Identifiers.message(phoneNumberID: status.phoneNumberID, wamid: status.wamid)]
        case .account(let event):
            event.callIDs + [Redaction.hash(of: event)].compactMap { $0 }
        case .errors, .foreign, .malformed: []
        }
    }
}

extension InboundMessage {
    fileprivate var ids: [String] {
        let id = Identifiers.message(phoneNumberID: phoneNumberID, wamid: wamid)
        guard case .media(let file) = kind else { return [id] }
        return [id, Erasures.id(ofFile: file.id)]
    }
}

extension AccountEvent {
    fileprivate var callIDs: [String] {
        guard case .calls(let calls) = news else { return [] }
        return calls.map { Identifiers.message(phoneNumberID: phoneNumberID, wamid: $0.id) }
    }
}
