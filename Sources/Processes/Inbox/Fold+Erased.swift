internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

// What an entry tells of somebody who was erased after it was written is dropped, whenever it comes.

extension Fold {
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

    /// What is to be kept of a change of that hash; nil when it tells of erased people alone.
    ///
    /// What lost a part carries the hash of the whole, so that this one, told again, is no other change.
    func rest(ofKept raw: JSONValue, hash: String, _ arrival: Arrival) throws -> JSONValue? {
        guard try !erasures.isEmpty() else { return raw }
        if try erasures.contains(id: hash) { return nil }
        guard let rest = try redaction(as: arrival.moment).rest(ofChange: raw) else {
            try erasures.add(id: hash)
            return nil
        }
        return rest == raw ? raw : rest.with(Redaction.mark, .string(hash))
    }

    /// What takes out of JSON what is erased and came at that moment, or is known to have gone.
    func redaction(as moment: Moment) -> Redaction {
        Redaction(
            isErased: { key in try self.erasures.upTo(key).map { $0 > moment } ?? false },
            isGone: { element, number in
                if let (message, _) = CallbackData.read(
                    element["biz_opaque_callback_data"]?.identifier),
                    try self.erasures.contains(id: message)
                {
                    return true
                }
                guard let wamid = element["id"]?.identifier else { return false }
                return try self.erasures.contains(
                    id: Identifiers.message(phoneNumberID: number, wamid: wamid))
            },
            isChangeGone: { try self.erasures.contains(id: $0) })
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
