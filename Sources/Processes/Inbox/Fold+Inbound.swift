internal import CloudAPI
internal import JSON
internal import SQLite
internal import Wire

/// What became of a message that was to be kept.
enum Filing {
    case new
    /// It was there, but this entry is the earlier one.
    case replaced
    case duplicate
}

extension Fold {
    /// Somebody wrote.
    func apply(_ message: InboundMessage, _ arrival: Arrival) throws {
        let timestamp = message.timestamp.map { $0 * 1_000 } ?? arrival.entry.at
        let person = try meet(message, at: timestamp, arrival)
        guard let party = message.groupID.map(PartyKey.group) ?? person else { return }
        var row = try MessageRow(
            message, at: timestamp, provider: providerName, received: arrival.moment, coder)
        row.conversation = try conversations.touch(
            phoneNumberID: message.phoneNumberID, party: party, at: arrival.entry.at)
        if case .media(let file) = message.kind { try link(row.id, to: file.id) }
        let filing = try file(row)
        switch filing {
        case .new: conversations.added(row)
        case .replaced: conversations.replaced(row)
        case .duplicate: return
        }
        let shown = try shown(row, statusAt: row.inboundStatusAt)
        try feed.add(
            filing == .new ? .messageReceived : .messageUpdated, at: arrival.entry.at,
            phoneNumberID: row.phoneNumberID, data: try coder.encode(shown))
    }

    /// Keeps a message under its id; of two of one id the one that came first, by its entry.
    func file(_ row: MessageRow) throws -> Filing {
        try sql(
            """
            INSERT INTO messages(id, conversation, wamid, direction, provider, phone_number_id,
                contact, user_id, group_id, type, text, line, content, media, reply_to, reference,
                status, error, sent_by, timestamp, received_at, received_seq, opens_window)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO NOTHING
            """
        ).execute(row.parameters) { _ in .next }
        if sql.database.changes > 0 { return .new }
        guard let known = try message(row.id), row.received < known.received else {
            return .duplicate
        }
        var row = row
        // How far it got does not come from here; an inbound one is `received` in both.
        (row.status, row.error, row.wamid) = (known.status, known.error, known.wamid)
        try sql(
            """
            UPDATE messages SET (id, conversation, wamid, direction, provider, phone_number_id,
                contact, user_id, group_id, type, text, line, content, media, reply_to, reference,
                status, error, sent_by, timestamp, received_at, received_seq, opens_window) =
            (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            WHERE id = ?
            """
        ).execute(row.parameters + [.text(row.id)]) { _ in .next }
        return .replaced
    }

    func message(_ id: String) throws -> MessageRow? {
        try sql(
            """
            SELECT id, conversation, wamid, direction, provider, phone_number_id, contact, user_id,
                group_id, type, text, line, content, media, reply_to, reference, status, error,
                sent_by, timestamp, received_at, received_seq, opens_window
            FROM messages WHERE id = ?
            """
        ).first(.text(id)) { MessageRow($0) }
    }

    /// What a message of this mode says of who carried it.
    private var providerName: String { mode == .live ? "meta" : "stub" }

    /// Notes who wrote, under all their keys; nil when a group's message names nobody.
    private func meet(
        _ message: InboundMessage, at timestamp: Int64, _ arrival: Arrival
    ) throws -> String? {
        var sender = message.sender
        var keys = [sender.waID.map(PartyKey.phone), sender.userID.map(PartyKey.user)]
        keys.append(sender.parentUserID.map(PartyKey.user))
        if let (phone, userID) = message.newAddress {
            // The person goes on under a new number: one person, one history. (WA §4.11)
            keys += [phone.map(PartyKey.phone), userID.map(PartyKey.user)]
            sender.waID = phone ?? sender.waID
            sender.userID = userID ?? sender.userID
        }
        let known = keys.compactMap { $0 }
        guard !known.isEmpty else { return nil }
        let joining = try join(known, arrival)
        let news = Profile(
            phone: .init(value: sender.waID ?? "", at: timestamp),
            userID: .init(value: sender.userID ?? "", at: timestamp),
            username: .init(value: sender.username ?? "", at: timestamp),
            name: .init(value: sender.name ?? "", at: timestamp))
        if try people.learn(news, of: joining) {
            try conversations.personChanged(joining, at: arrival.entry.at)
        }
        return joining
    }

    /// Makes all keys name one person, and brings their conversations together.
    func join(_ keys: [String], _ arrival: Arrival) throws -> String {
        let joining = try people.join(keys)
        if joining.grew || !joining.absorbed.isEmpty {
            try conversations.personJoined(joining, at: arrival.entry.at)
        }
        if joining.isNews { try tellKeys(of: joining.person, at: arrival.entry.at) }
        return joining.person
    }
}

extension InboundMessage {
    /// Where a person who changed their number can be reached now; nil for all other messages.
    fileprivate var newAddress: (phone: String?, userID: String?)? {
        guard case .system(let type, _) = kind,
            ["user_changed_number", "customer_changed_number", "user_changed_user_id"].contains(
                type)
        else { return nil }
        let phone = (content["wa_id"] ?? content["new_wa_id"])?.identifier
        let userID = content["user_id"]?.identifier
        return phone == nil && userID == nil ? nil : (phone, userID)
    }
}

extension MessageRow {
    init(
        _ message: InboundMessage, at timestamp: Int64, provider: String, received: Moment,
        _ coder: Coder
    ) throws {
        let written = message.writtenText ?? ""
        let line = message.listText
        self.init(
            id: Identifiers.message(
                phoneNumberID: message.phoneNumberID, wamid: message.wamid),
            wamid: message.wamid, direction: .inbound, provider: provider,
            phoneNumberID: message.phoneNumberID,
            contact: message.sender.waID.map { "+" + $0 } ?? message.sender.userID ?? message
                .groupID
                ?? "",
            userID: message.sender.userID ?? "", groupID: message.groupID ?? "",
            type: message.type, text: written.isEmpty ? line : written, status: .received,
            timestamp: timestamp, received: received, opensWindow: message.opensWindow)
        self.line = line == text ? "" : line
        let content = message.content == .null ? message.raw : message.content
        self.content = content.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        replyTo = message.context?.replyTo ?? ""
        if case .reaction(let to, _) = message.kind { replyTo = to }
        if case .media(let file) = message.kind {
            media = try coder.encode(
                Media(
                    id: file.id, state: .pending, mimeType: file.mimeType, sha256: file.sha256,
                    filename: file.filename))
        }
        if let cause = message.errors.first {
            error = try coder.encode(Problem(of: cause))
        }
    }

    var inboundStatusAt: [String: Timestamp] {
        [MessageStatus.received.rawValue: Timestamp(milliseconds: timestamp)]
    }
}
