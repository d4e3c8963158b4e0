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
        guard let party = try party(of: message, at: timestamp, arrival) else { return }
        let conversation = try open(
            message, with: party, opensAt: message.opensWindow ? timestamp : nil, arrival)
        if let amendment = Amendment(
            message, from: try author(of: message), in: conversation, at: timestamp,
            arrival.moment)
        {
            return try apply(amendment, naming: message.unknownNames, arrival)
        }
        var row = try MessageRow(
            message, at: timestamp, provider: providerName, received: arrival.moment, coder)
        row.conversation = conversation ?? ""
        try link(row, to: message.kind)
        try keep(row, as: .messageReceived, naming: message.unknownNames, arrival)
    }

    /// Touches the message's conversation, and opens its window if it does; nil for an edit or a revocation,
    /// which changes a message and nothing else.
    func open(
        _ message: InboundMessage, with party: String, opensAt: Int64?, _ arrival: Arrival
    ) throws -> String? {
        switch message.kind {
        case .edit, .revoke: return nil
        default: break
        }
        let conversation = try conversations.touch(
            phoneNumberID: message.phoneNumberID, party: party, at: arrival.entry.at)
        if let opensAt { conversations.opened(conversation, at: opensAt) }
        return conversation
    }

    /// Whose conversation a message belongs to; nil when it names nobody, or somebody who was erased since.
    func party(
        of message: InboundMessage, at timestamp: Int64, _ arrival: Arrival
    ) throws -> String? {
        guard try !isErased(message, arrival) else { return nil }
        let person = try meet(message, at: timestamp, arrival)
        return message.groupID.map(PartyKey.group) ?? person
    }

    /// Files a message that is not about another one, with what was said about it before it came, and
    /// tells it.
    func keep(
        _ row: MessageRow, as kind: Feed.Kind, naming names: [UnknownName], _ arrival: Arrival
    ) throws {
        let filing = try file(row)
        switch filing {
        case .new: conversations.added(row)
        case .replaced: conversations.replaced(row)
        case .duplicate: return
        }
        try ledger.note(names)
        // Of most messages nothing was said before they came, and so nothing is looked up for them.
        let isSpokenOf = try filing == .replaced || isSpokenOf(row)
        let isAmended =
            try isSpokenOf && amend(row.wamid, of: row.phoneNumberID, at: arrival.entry.at)
        let kept = isAmended || filing == .replaced ? try self.message(row.id) ?? row : row
        try feed.add(
            filing == .new ? kind : .messageUpdated, at: arrival.entry.at,
            phoneNumberID: row.phoneNumberID,
            data: try coder.encode(try shown(kept, isSpokenOf: isSpokenOf)))
    }

    /// Whether anything was said about a message, or it has more names than one.
    private func isSpokenOf(_ row: MessageRow) throws -> Bool {
        guard row.direction == .inbound else { return true }
        return try sql("SELECT 1 FROM amendments WHERE phone_number_id = ? AND target = ?")
            .first(.text(row.phoneNumberID), .text(row.wamid)) { _ in true } ?? false
    }

    /// Keeps a message under its id; of two of one id the one that was told live, else the one that came
    /// first, by its entry.
    func file(_ row: MessageRow) throws -> Filing {
        var row = row
        row.place = try search.freePlace(at: row.timestamp)
        try sql(
            """
            INSERT INTO messages(id, conversation, wamid, direction, provider, phone_number_id,
                contact, user_id, group_id, type, text, line, content, media, reply_to, reference,
                status, error, sent_by, timestamp, received_at, received_seq, opens_window,
                origin, precedence, context, referral, raw, edited_at, revoked_at, told_status,
                place)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO NOTHING
            """
        ).execute(row.parameters) { _ in .next }
        if sql.database.changes > 0 {
            search.added(row)
            return .new
        }
        guard let known = try message(row.id) else { return .duplicate }
        let told = known.toldStatus(with: row)
        guard (row.precedence, row.received) < (known.precedence, known.received) else {
            if told != known.toldStatus {
                try sql("UPDATE messages SET told_status = ? WHERE id = ?").run(
                    .text(told), .text(row.id))
            }
            return .duplicate
        }
        if row.timestamp == known.timestamp { row.place = known.place }
        if let raw = coder.decode(JSONValue.self, known.raw) {
            try ledger.forget(UnknownName.all(in: raw))
        }
        // How far it got does not come from here; an inbound one is `received` in both.
        (row.status, row.error, row.wamid) = (known.status, known.error, known.wamid)
        row.toldStatus = told
        // It is another original now: what was changed of it is changed anew.
        try sql("DELETE FROM originals WHERE message = ?").run(.text(row.id))
        try sql(
            """
            UPDATE messages SET (id, conversation, wamid, direction, provider, phone_number_id,
                contact, user_id, group_id, type, text, line, content, media, reply_to, reference,
                status, error, sent_by, timestamp, received_at, received_seq, opens_window,
                origin, precedence, context, referral, raw, edited_at, revoked_at, told_status,
                place) =
            (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?)
            WHERE id = ?
            """
        ).execute(row.parameters + [.text(row.id)]) { _ in .next }
        search.changed(known, to: row)
        return .replaced
    }

    func message(_ id: String) throws -> MessageRow? {
        try sql(
            """
            SELECT id, conversation, wamid, direction, provider, phone_number_id, contact, user_id,
                group_id, type, text, line, content, media, reply_to, reference, status, error,
                sent_by, timestamp, received_at, received_seq, opens_window, origin, precedence,
                context, referral, raw, edited_at, revoked_at, told_status, place
            FROM messages WHERE id = ?
            """
        ).first(.text(id)) { MessageRow($0) }
    }

    /// What a message of this mode says of who carried it.
    var providerName: String { mode == .live ? "meta" : "stub" }

    /// Notes who is on the other side, under all their keys; nil when a group's message names nobody.
    private func meet(
        _ message: InboundMessage, at timestamp: Int64, _ arrival: Arrival
    ) throws -> String? {
        let named = message.namedSender
        return try meet(
            named.sender, under: named.keys, because: named.cause, at: timestamp, arrival)
    }

    /// Notes what is told of a person; nil when no key is told, or they were erased since.
    @discardableResult
    func meet(
        _ person: Sender, under keys: [String], because cause: LinkCause, at timestamp: Int64,
        _ arrival: Arrival
    ) throws -> String? {
        guard try !keys.isEmpty && !isErased(keys, arrival) else { return nil }
        let joined = try join(keys, because: cause, arrival)
        let news = Profile(
            phone: .init(value: person.waID ?? "", at: timestamp),
            userID: .init(value: person.userID ?? "", at: timestamp),
            username: .init(value: person.username ?? "", at: timestamp),
            name: .init(value: person.name ?? "", at: timestamp))
        if try people.learn(news, of: joined) {
            try conversations.personChanged(joined, at: arrival.entry.at)
        }
        return joined
    }

    /// Makes all keys name one person, and brings their conversations together.
    func join(_ keys: [String], because cause: LinkCause, _ arrival: Arrival) throws -> String {
        if keys.count > 1 { try people.link(keys, because: cause, arrival.moment) }
        let joining = try people.join(keys)
        if joining.grew || !joining.absorbed.isEmpty {
            try conversations.personJoined(joining, at: arrival.entry.at)
            // Who wrote under one key may have changed it under the other.
            try amendAll(by: joining.person, arrival)
        }
        if joining.isNews { try tellKeys(of: joining.person, at: arrival.entry.at) }
        return joining.person
    }

    /// Who wrote, as a key; a group's message may name nobody.
    func author(of message: InboundMessage) throws -> String {
        message.sender.waID.map(PartyKey.phone) ?? message.sender.userID.map(PartyKey.user)
            ?? message.groupID.map(PartyKey.group) ?? ""
    }
}

extension InboundMessage {
    /// Who wrote it, with all keys that it tells of them, and why these are one person's.
    var namedSender: (sender: Sender, keys: [String], cause: LinkCause) {
        var sender = sender
        var keys = [sender.waID.map(PartyKey.phone), sender.userID.map(PartyKey.user)]
        keys.append(sender.parentUserID.map(PartyKey.user))
        var cause = LinkCause.message
        if case .system(let notice) = kind, notice.kind == .numberChanged {
            // The person goes on under a new number: one person, one history. (WA §4.11)
            keys.append(notice.newWaID.map(PartyKey.phone))
            keys += [notice.newUserID, notice.newParentUserID, notice.previousUserID].map {
                $0.map(PartyKey.user)
            }
            sender.waID = notice.newWaID ?? sender.waID
            sender.userID = notice.newUserID ?? sender.userID
            cause = .numberChange
        }
        if let digits = sharedOwnNumber {
            keys.append(PartyKey.phone(digits))
            sender.waID = sender.waID ?? digits
            cause = .sharedNumber
        }
        return (sender, keys.compactMap { $0 }, cause)
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
        let content = message.content == .null ? message.raw : message.shownContent
        self.content = content.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        raw = message.raw.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        referral = message.referral.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        replyTo = message.context?.replyTo ?? ""
        if let context = message.context, context.isForwarded || context.referredProduct != nil {
            let often = context.isFrequentlyForwarded
            self.context = try coder.encode(
                Context(
                    forwarded: context.isForwarded
                        ? (often ? "frequently_forwarded" : "forwarded") : nil,
                    referredProduct: context.referredProduct))
        }
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

    /// How far the app said that a message got, after `other` told of the same one: the further of the two.
    fileprivate func toldStatus(with other: MessageRow) -> String {
        guard let news = DeliveryState(rawValue: other.toldStatus) else { return toldStatus }
        return DeliveryState.merging(DeliveryState(rawValue: toldStatus), with: news).rawValue
    }
}
