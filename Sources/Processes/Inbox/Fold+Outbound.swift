internal import CloudAPI
internal import JSON
internal import SQLite
internal import Wire

extension Fold {
    /// A message of ours got further in provider's outbox.
    func apply(_ transition: OutboxTransition, _ arrival: Arrival) throws {
        guard try !isErased(transition, arrival) else { return }
        let moment = Moment(at: transition.at, seq: arrival.entry.position.seq)
        let error = try transition.error.map(coder.encode) ?? ""
        try sql(
            """
            INSERT OR IGNORE INTO transitions(message, at, seq, status, attempt, wamid, error)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            .text(transition.id), .integer(moment.at), .integer(moment.seq),
            .text(transition.status.rawValue), .integer(transition.attempt),
            .text(transition.wamid ?? ""), .text(error))
        let isNews = sql.database.changes > 0
        let filing = try transition.message.map { try file($0, of: transition, arrival) }
        guard isNews || filing == .new else { return }
        try settle(transition.id, hasJoined: filing == .new, arrival)
    }

    /// Keeps what is sent and to whom.
    private func file(
        _ outbound: OutboxTransition.Outbound, of transition: OutboxTransition, _ arrival: Arrival
    ) throws -> Filing {
        let recipient = outbound.to
        let keys = recipient.keys
        let person = keys.isEmpty ? nil : try join(keys, because: .message, arrival)
        guard let party = recipient.groupID.map(PartyKey.group) ?? person else {
            throw Refusal.unreadable("an outbox transition that names no recipient")
        }
        if let person {
            // As of the beginning of time: how a caller writes a number never overrules how Meta does.
            let news = Profile(
                phone: .init(value: recipient.phone ?? ""),
                userID: .init(value: recipient.userID ?? ""))
            if try people.learn(news, of: person) {
                try conversations.personChanged(person, at: arrival.entry.at)
            }
        }
        let text = outbound.text ?? ""
        var row = MessageRow(
            id: transition.id, direction: .outbound,
            provider: transition.mode == .live ? "meta" : "stub",
            phoneNumberID: outbound.phoneNumberID,
            contact: recipient.phone.map { "+" + $0 } ?? recipient.userID ?? recipient.groupID
                ?? "",
            userID: recipient.userID ?? "", groupID: recipient.groupID ?? "", type: outbound.type,
            text: text, status: transition.status, sentBy: "api", timestamp: transition.at,
            received: arrival.moment)
        let line = ListLine.make(text, type: outbound.type)
        row.line = line == text ? "" : line
        row.content = outbound.content.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        row.replyTo = outbound.replyTo ?? ""
        row.reference = outbound.reference ?? ""
        row.conversation = try conversations.touch(
            phoneNumberID: outbound.phoneNumberID, party: party, at: arrival.entry.at)
        let filing = try file(row)
        if filing != .duplicate, let reaction = Amendment(reaction: row, coder) {
            _ = try file(reaction)
        }
        return filing
    }

    /// Meta says what became of a message, perhaps before we know of it.
    func apply(_ status: MessageStatusUpdate, _ arrival: Arrival) throws {
        guard try !isErased(status, arrival) else { return }
        try meetRecipient(of: status, arrival)
        let isKnown = try !status.unknownNames.isEmpty && isReported(status)
        var hasJoined = false
        if let (message, attempt) = CallbackData.read(status.callbackData) {
            hasJoined = try register(
                status.wamid, of: status.phoneNumberID, as: message, attempt: attempt)
        }
        let target = try sql(
            "SELECT message, attempt FROM wamids WHERE phone_number_id = ? AND wamid = ?"
        ).first(.text(status.phoneNumberID), .text(status.wamid)) { ($0.text(0), $0.integer(1)) }
        let error = try status.errors.first.map { try coder.encode(Problem(of: $0)) } ?? ""
        let pricing = status.pricing.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
        try sql(
            """
            INSERT INTO statuses(phone_number_id, wamid, status, participant, message, attempt,
                timestamp, at, seq, error, pricing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(phone_number_id, wamid, status, participant) DO UPDATE SET
                timestamp = excluded.timestamp, at = excluded.at, seq = excluded.seq,
                error = excluded.error, pricing = excluded.pricing
            WHERE (excluded.at, excluded.seq) < (statuses.at, statuses.seq)
            """
        ).run(
            .text(status.phoneNumberID), .text(status.wamid), .text(status.status.name),
            .text(status.recipient.participant), .text(target?.0 ?? ""),
            .integer(target?.1 ?? 0),
            .integer(status.timestamp.map { $0 * 1_000 } ?? arrival.entry.at),
            .integer(arrival.entry.at), .integer(arrival.entry.position.seq), .text(error),
            .text(pricing))
        let isReported = sql.database.changes > 0
        if isReported && !isKnown { try ledger.note(status.unknownNames) }
        guard isReported || hasJoined, let target else { return }
        if isReported {
            let report = Progress.Report(
                moment: arrival.moment, timestamp: 0, name: status.status.name,
                attempt: target.1, wamid: status.wamid, error: error)
            try tell(
                report, of: target.0, from: status.phoneNumberID, at: arrival.entry.at)
        }
        try settle(target.0, hasJoined: hasJoined, arrival)
    }

    /// Whether that status was reported before; looked at only where it matters.
    private func isReported(_ status: MessageStatusUpdate) throws -> Bool {
        try sql(
            """
            SELECT 1 FROM statuses
            WHERE phone_number_id = ? AND wamid = ? AND status = ? AND participant = ?
            """
        ).first(
            .text(status.phoneNumberID), .text(status.wamid), .text(status.status.name),
            .text(status.recipient.participant)
        ) { _ in true } ?? false
    }

    /// A status that names both forms of a person joins them.
    private func meetRecipient(of status: MessageStatusUpdate, _ arrival: Arrival) throws {
        let recipient = status.recipient
        guard !recipient.isGroup, let phone = recipient.id, let user = recipient.userID else {
            return
        }
        let keys = [PartyKey.phone(phone), PartyKey.user(user)]
        guard try !isErased(keys, arrival) else { return }
        let person = try join(keys, because: .status, arrival)
        let news = Profile(phone: .init(value: phone), userID: .init(value: user))
        if try people.learn(news, of: person) {
            try conversations.personChanged(person, at: arrival.entry.at)
        }
    }

    /// Notes which message a wamid is of, and answers whether that is news; statuses that waited under it
    /// find their message.
    ///
    /// Of a message that the business's app shows and that is ours, ours is the one that is kept.
    func register(
        _ wamid: String, of phoneNumberID: String, as message: String, attempt: Int64
    ) throws -> Bool {
        let known = try sql("SELECT message FROM wamids WHERE phone_number_id = ? AND wamid = ?")
            .first(.text(phoneNumberID), .text(wamid)) { $0.text(0) }
        let copy = Identifiers.message(phoneNumberID: phoneNumberID, wamid: wamid)
        if let known {
            guard known == copy, message != copy else { return false }
            try forget(copy)
        }
        try sql(
            """
            INSERT OR REPLACE INTO wamids(phone_number_id, wamid, message, attempt)
            VALUES (?, ?, ?, ?)
            """
        ).run(.text(phoneNumberID), .text(wamid), .text(message), .integer(attempt))
        try sql(
            """
            UPDATE statuses SET message = ?, attempt = ?
            WHERE phone_number_id = ? AND wamid = ?
            """
        ).run(.text(message), .integer(attempt), .text(phoneNumberID), .text(wamid))
        return true
    }

    /// Drops what the app showed of a message of ours.
    private func forget(_ copy: String) throws {
        guard let row = try message(copy) else { return }
        search.removed(row)
        try sql("DELETE FROM messages WHERE id = ?").run(.text(copy))
        try sql("DELETE FROM originals WHERE message = ?").run(.text(copy))
        try conversations.touch(row.conversation, at: row.received.at)
    }

    /// Whether a message that the app shows is one of ours.
    func isOurs(_ row: MessageRow) throws -> Bool {
        try messageID(of: row.wamid, row.phoneNumberID) != row.id
    }

    /// Brings a message's status up to date with all that is known of it, and tells a change.
    ///
    /// `hasJoined`: the message, or one of its wamids, is new, and things may have waited for it.
    func settle(_ id: String, hasJoined isNew: Bool = false, _ arrival: Arrival) throws {
        // Without the message itself, what is known of it waits.
        guard var row = try message(id), row.direction == .outbound else { return }
        var hasJoined = isNew
        var named: Set<String> = []
        var progress = try progress(of: id)
        for transition in progress.transitions where !transition.wamid.isEmpty {
            let isNews = try register(
                transition.wamid, of: row.phoneNumberID, as: id, attempt: transition.attempt)
            if isNews { named.insert(transition.wamid) }
        }
        hasJoined = hasJoined || !named.isEmpty
        if hasJoined { progress = try self.progress(of: id) }
        for report in progress.reports where named.contains(report.wamid) {
            try tell(report, of: id, from: row.phoneNumberID, at: arrival.entry.at)
        }
        guard let outcome = row.origin.isEmpty ? progress.outcome : row.outcome(progress) else {
            return
        }
        let before = row
        (row.status, row.error, row.wamid) = (outcome.status, outcome.error, outcome.wamid)
        if row != before {
            try sql("UPDATE messages SET status = ?, error = ?, wamid = ? WHERE id = ?").run(
                .text(row.status.rawValue), .text(row.error), .text(row.wamid), .text(id))
            try follow(row, at: arrival.entry.at)
        }
        if hasJoined {
            for wamid in try wamids(of: row) {
                try amend(wamid, of: row.phoneNumberID, at: arrival.entry.at)
            }
            row = try message(id) ?? row
        }
        // The app's are told when they come; after that only what changes.
        guard row != before || row.origin.isEmpty else { return }
        try feed.add(
            .messageStatus, at: arrival.entry.at, phoneNumberID: row.phoneNumberID,
            data: try coder.encode(try shown(row, progress)))
    }

    /// What else changes with the status of a message of ours.
    private func follow(_ row: MessageRow, at: Int64) throws {
        // An answer that left may have begun the free days of somebody who came by an ad.
        try conversations.touch(row.conversation, at: at)
        if let reaction = Amendment(reaction: row, coder),
            try amend(reaction.target, of: reaction.phoneNumberID, at: at)
        {
            try tellAmended(reaction.target, of: reaction.phoneNumberID, at: at)
        }
    }

    /// All wamids of a message, of each attempt one.
    func wamids(of row: MessageRow) throws -> [String] {
        guard row.direction == .outbound else { return [row.wamid] }
        var wamids = try sql("SELECT wamid FROM wamids WHERE message = ?")
            .all(.text(row.id)) { $0.text(0) }.sorted()
        if !row.wamid.isEmpty, !wamids.contains(row.wamid) { wamids.append(row.wamid) }
        return wamids
    }

    /// All that is known of how far a message got.
    func progress(of message: String) throws -> Progress {
        let transitions = try sql(
            """
            SELECT at, seq, status, attempt, wamid, error FROM transitions
            WHERE message = ? ORDER BY at, seq
            """
        ).all(.text(message)) { row in
            Progress.Transition(
                moment: Moment(at: row.integer(0), seq: row.integer(1)),
                status: MessageStatus(rawValue: row.text(2)) ?? .queued, attempt: row.integer(3),
                wamid: row.text(4), error: row.text(5))
        }
        let reports = try sql(
            """
            SELECT at, seq, timestamp, status, attempt, wamid, error, participant, pricing
            FROM statuses WHERE message = ? AND message <> ''
            """
        ).all(.text(message)) { row in
            Progress.Report(
                moment: Moment(at: row.integer(0), seq: row.integer(1)),
                timestamp: row.integer(2), name: row.text(3), attempt: row.integer(4),
                wamid: row.text(5), error: row.text(6), participant: row.text(7),
                pricing: row.text(8))
        }
        return Progress(transitions: transitions, reports: reports)
    }
}

extension MessageRow {
    /// How far a message of the business's own app got: what the app knew, or what statuses prove beyond it.
    fileprivate func outcome(_ progress: Progress) -> Progress.Outcome? {
        guard let told = DeliveryState(rawValue: toldStatus) else { return nil }
        if let outcome = progress.outcome,
            let news = DeliveryState(rawValue: outcome.status.rawValue), news >= told
        {
            return Progress.Outcome(status: outcome.status, error: outcome.error, wamid: wamid)
        }
        return MessageStatus(rawValue: toldStatus).map {
            Progress.Outcome(status: $0, wamid: wamid)
        }
    }
}

extension OutboxTransition.Recipient {
    /// Under which a person is found; none for a group.
    var keys: [String] {
        [phone.map(PartyKey.phone), userID.map(PartyKey.user)].compactMap { $0 }
    }
}

extension Amendment {
    /// The reaction that a message of ours is; nil for all other messages.
    init?(reaction row: MessageRow, _ coder: Coder) {
        guard row.direction == .outbound, row.type == "reaction", row.origin.isEmpty,
            let content = coder.decode(JSONValue.self, row.content),
            let target = content["message_id"]?.identifier
        else { return nil }
        self.init(
            id: row.id, phoneNumberID: row.phoneNumberID, wamid: "", kind: .reaction,
            target: target, conversation: row.conversation, author: "", contact: "",
            emoji: content["emoji"]?.text ?? "", timestamp: row.timestamp, received: row.received)
    }
}
