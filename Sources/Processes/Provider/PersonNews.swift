internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

/// What an event of inbox's says of one person or group.
struct PersonNews: Hashable, Sendable {
    struct Wrote: Hashable, Sendable {
        let phoneNumberID: String
        /// Meta's clock, ms: the newest message that opened the window.
        let at: Int64
    }

    /// Keys that are one person's; at least one.
    let keys: [String]
    /// That they wrote to a number of ours.
    var wrote: Wrote?

    /// Nil for an event that says nothing of who is who, nor of who wrote.
    init?(_ event: Event) {
        switch event.type {
        case InternalEvent.personUpdated.rawValue:
            self.init(keys: event.data["keys"]?.elements?.compactMap(\.text) ?? [])
        case "conversation.updated":
            let expiry = event.data["window"]?["expires_at"]?.text.flatMap(Timestamp.init(text:))
            self.init(
                keys: Self.keys(of: event.data),
                wrote: expiry.map {
                    Wrote(
                        phoneNumberID: event.phoneNumberID,
                        at: $0.milliseconds - ServiceWindow.length)
                })
        default: return nil
        }
    }

    private init?(keys: [String], wrote: Wrote? = nil) {
        guard let first = keys.first, wrote != nil || keys.contains(where: { $0 != first }) else {
            return nil
        }
        self.keys = keys
        self.wrote = wrote
    }

    /// The keys that a conversation shows: its group's, or its person's.
    private static func keys(of conversation: JSONValue) -> [String] {
        if let group = conversation["group_id"]?.text { return [PartyKey.group(group)] }
        let phone = conversation["contact"]?.text.flatMap { contact in
            contact.hasPrefix("+") ? PartyKey.phone(String(contact.dropFirst())) : nil
        }
        return [phone, conversation["user_id"]?.text.map(PartyKey.user)].compactMap { $0 }
    }
}
