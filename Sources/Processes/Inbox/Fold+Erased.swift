internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

// What an entry tells of somebody who was erased after it was written is dropped, whenever it comes.

extension Fold {
    /// What is left of an entry that told of erased people alone.
    static let erasedBody = Data(#"{"erased":true}"#.utf8)

    /// Whether one of these keys is erased up to a moment after the arrival.
    ///
    /// The others are its person's too, if nobody knew: then what is kept under them goes as well.
    func isErased(_ keys: [String], _ arrival: Arrival) throws -> Bool {
        guard try !erasures.isEmpty() else { return false }
        let moments = try keys.map { try erasures.upTo($0) }
        guard let upTo = moments.compactMap({ $0 }).max(), upTo > arrival.moment else {
            return false
        }
        if moments.contains(where: { $0.map { $0 < upTo } ?? true }) {
            try erase(Set(keys.map(Erasures.name)), upTo: upTo, arrival)
        }
        return true
    }

    func isErased(_ message: InboundMessage, _ arrival: Arrival) throws -> Bool {
        guard try !erasures.isEmpty() else { return false }
        let id = Identifiers.message(phoneNumberID: message.phoneNumberID, wamid: message.wamid)
        if try erasures.contains(id: id) { return true }
        let keys = message.namedSender.keys
        guard try isErased(keys, arrival) else { return false }
        if case .media(let file) = message.kind { try forget(file: file.id) }
        // It was told again after the erasure, and that came first.
        let told = try self.message(id)
        try forget(id, wamids: [message.wamid], of: message.phoneNumberID)
        if let told, let upTo = try keys.compactMap({ try erasures.upTo($0) }).max() {
            try conversations.emptied(told.conversation, at: arrival.entry.at)
            try erase(Set(keys.map(Erasures.name)), upTo: upTo, arrival)
        }
        return true
    }

    func isErased(_ transition: OutboxTransition, _ arrival: Arrival) throws -> Bool {
        guard try !erasures.isEmpty() else { return false }
        if try erasures.contains(id: transition.id) { return true }
        guard let message = transition.message, try isErased(message.to.keys, arrival) else {
            return false
        }
        let wamids = try progress(of: transition.id).transitions.map(\.wamid)
        try forget(
            transition.id, wamids: (wamids + [transition.wamid ?? ""]).filter { !$0.isEmpty },
            of: message.phoneNumberID)
        return true
    }

    func isErased(_ status: MessageStatusUpdate, _ arrival: Arrival) throws -> Bool {
        guard try !erasures.isEmpty() else { return false }
        let id = Identifiers.message(phoneNumberID: status.phoneNumberID, wamid: status.wamid)
        if try erasures.contains(id: id) { return true }
        if let (message, _) = CallbackData.read(status.callbackData),
            try erasures.contains(id: message)
        {
            return true
        }
        let member = status.recipient.participant
        return try !member.isEmpty && isErased([Self.key(ofMember: member)], arrival)
    }

    /// Whether a change tells of somebody erased, or is known to have done so.
    func isErased(_ raw: JSONValue, id: String, _ arrival: Arrival) throws -> Bool {
        guard try !erasures.isEmpty() else { return false }
        if try erasures.contains(id: id) { return true }
        guard try redaction(as: arrival.moment).isAbout(raw) else { return false }
        try erasures.add(id: id)
        return true
    }

    /// What takes out of JSON what is erased and came at that moment.
    func redaction(as moment: Moment) -> Redaction {
        Redaction { key in try self.erasures.upTo(key).map { $0 > moment } ?? false }
    }

    /// Keeps what could not be read, but for what is of erased people.
    func setAside(
        _ raw: Data, of arrival: Arrival, at path: String, because error: String,
        isSuspect: Bool = false
    ) throws {
        guard let rest = try rest(of: raw, at: path, as: arrival.moment) else { return }
        try ledger.setAside(
            rest, of: arrival, at: path, because: error, isSuspect: isSuspect)
    }

    /// A webhook, or the part of one at `path`, without what is of erased people; nil: nothing is left.
    func rest(of raw: Data, at path: String, as moment: Moment) throws -> Data? {
        guard try !erasures.isEmpty(), let json = try? coder.read(JSONValue.self, raw) else {
            return raw
        }
        let redaction = redaction(as: moment)
        guard let rest = path.isEmpty ? try redaction.rest(of: json) : json else { return nil }
        guard try path.isEmpty || !redaction.names(json) else { return nil }
        return rest == json ? raw : rest.encoded()
    }

    /// The key of a group's member, as statuses name them.
    static func key(ofMember member: String) -> String {
        member.allSatisfy { $0.isASCII && $0.isNumber }
            ? PartyKey.phone(member) : PartyKey.user(member)
    }
}
