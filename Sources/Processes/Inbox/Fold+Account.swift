internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// What is kept of a change of the account.
struct AccountRow {
    var field: String
    var phoneNumberID: String
    var raw: JSONValue
    /// `entry.time`, milliseconds; nil where Meta tells none.
    var time: Int64?
    /// What the change raises or clears; nil for neither.
    var alarm: AccountAlarm?
}

extension Fold {
    /// Something changed that is no message: it is kept whole, told once, and does what it says.
    func apply(_ event: AccountEvent, _ update: Update, _ arrival: Arrival) throws {
        let isNew = try keep(
            AccountRow(
                field: event.field, phoneNumberID: event.phoneNumberID, raw: event.raw,
                time: event.time.map { $0 * 1_000 }, alarm: event.alarm), update, arrival)
        if isNew && !event.isKnown {
            try ledger.note([UnknownName(in: "field", event.field)])
        }
        switch event.news {
        case .preferences(let changes):
            for change in changes { try apply(change, arrival) }
        case .userIDs(let changes):
            for change in changes { try apply(change, arrival) }
        case .addressBook(let changes):
            for change in changes where !change.isRemoved { try apply(change, arrival) }
        case .calls(let calls):
            for call in calls where call.isFromUser {
                try apply(call, to: event.phoneNumberID, arrival)
            }
        default: break
        }
    }

    /// Keeps a change under the hash of what it says; answers whether it is news.
    @discardableResult
    func keep(_ row: AccountRow, _ update: Update, _ arrival: Arrival) throws -> Bool {
        guard case .canonical(let bytes) = update.dedupeKey else { return false }
        let key = row.raw[Redaction.mark]?.text ?? Identifiers.content(bytes)
        guard let raw = try rest(ofKept: row.raw, hash: key, arrival) else { return false }
        let data = String(decoding: raw.encoded(), as: UTF8.self)
        var trouble = ""
        if case .raised(let raised)? = row.alarm?.state { trouble = try coder.encode(raised) }
        let at = arrival.entry.at
        try sql(
            """
            INSERT OR IGNORE INTO account_events(key, at, field, raw, time, subject, trouble)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            .text(key), .integer(at), .text(row.field), .text(data), .integer(row.time ?? at),
            .text(row.alarm?.subject ?? ""), .text(trouble))
        guard sql.database.changes > 0 else {
            // Delivered again, perhaps first: the time is that of the first delivery.
            try sql("UPDATE account_events SET at = min(at, ?), time = min(time, ?) WHERE key = ?")
                .run(.integer(at), .integer(row.time ?? at), .text(key))
            return false
        }
        try feed.add(
            .account(field: row.field), at: at, phoneNumberID: row.phoneNumberID, data: data)
        return true
    }

    // MARK: People

    private func apply(_ change: UserPreference, _ arrival: Arrival) throws {
        let at = change.timestamp.map { $0 * 1_000 } ?? arrival.entry.at
        guard
            let person = try meet(
                change.person, under: change.person.keys, because: .preference, at: at, arrival),
            change.category == UserPreference.marketing
        else { return }
        let news = Profile(marketing: .init(value: change.value, at: at))
        if try people.learn(news, of: person) {
            try conversations.personChanged(person, at: arrival.entry.at)
        }
    }

    /// The person goes on under another user id: one person, one history.
    private func apply(_ change: UserIDChange, _ arrival: Arrival) throws {
        let previous = [change.previousUserID, change.previousParentUserID].compactMap { $0 }
        try meet(
            change.person, under: change.person.keys + previous.map(PartyKey.user),
            because: .userIDUpdate,
            at: change.timestamp.map { $0 * 1_000 } ?? arrival.entry.at, arrival)
    }

    /// As of the beginning of time: how the business names somebody never overrules how they name themselves.
    private func apply(_ change: AddressBookChange, _ arrival: Arrival) throws {
        try meet(
            change.person, under: change.person.keys, because: .addressBook, at: 0, arrival)
    }

    // MARK: Calls

    /// Somebody called: a line in the conversation, unread, which opens the window (Meta, "Send messages").
    ///
    /// All that is told of one call has one id, so that it is one line, of what came first.
    private func apply(_ call: CallEvent, to number: String, _ arrival: Arrival) throws {
        let timestamp = call.timestamp.map { $0 * 1_000 } ?? arrival.entry.at
        guard !number.isEmpty, !call.id.isEmpty,
            let person = try meet(
                call.person, under: call.person.keys, because: .call, at: timestamp, arrival)
        else { return }
        var row = MessageRow(
            id: Identifiers.message(phoneNumberID: number, wamid: call.id), wamid: call.id,
            direction: .inbound, provider: providerName, phoneNumberID: number,
            contact: call.person.waID.map { "+" + $0 } ?? call.person.userID ?? "",
            userID: call.person.userID ?? "", type: "call", text: "📞 Call", status: .received,
            timestamp: timestamp, received: arrival.moment, opensWindow: true)
        row.content = String(decoding: call.raw.encoded(), as: UTF8.self)
        row.conversation = try conversations.touch(
            phoneNumberID: number, party: person, at: arrival.entry.at)
        conversations.opened(row.conversation, at: timestamp)
        try keep(row, as: .messageReceived, naming: [], arrival)
    }
}

extension Sender {
    /// All keys under which the person is found.
    fileprivate var keys: [String] {
        [
            waID.map(PartyKey.phone), userID.map(PartyKey.user), parentUserID.map(PartyKey.user),
        ].compactMap { $0 }
    }
}
