internal import CloudAPI
internal import JSON
internal import SQLite
internal import Wire

extension Fold {
    /// A message of ours got further in provider's outbox.
    func apply(_ transition: OutboxTransition, _ arrival: Arrival) throws {
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
        try settle(transition.id, arrival)
    }

    /// Keeps what is sent and to whom.
    private func file(
        _ outbound: OutboxTransition.Outbound, of transition: OutboxTransition, _ arrival: Arrival
    ) throws -> Filing {
        let recipient = outbound.to
        let keys = [recipient.phone.map(PartyKey.phone), recipient.userID.map(PartyKey.user)]
            .compactMap { $0 }
        let person = keys.isEmpty ? nil : try join(keys, arrival)
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
        return try file(row)
    }

    /// Meta says what became of a message, perhaps before we know of it.
    func apply(_ status: MessageStatusUpdate, _ arrival: Arrival) throws {
        try meetRecipient(of: status, arrival)
        var isNews = false
        if let (message, attempt) = CallbackData.read(status.callbackData) {
            isNews = try register(
                status.wamid, of: status.phoneNumberID, as: message, attempt: attempt)
        }
        let target = try sql(
            "SELECT message, attempt FROM wamids WHERE phone_number_id = ? AND wamid = ?"
        ).first(.text(status.phoneNumberID), .text(status.wamid)) { ($0.text(0), $0.integer(1)) }
        let error = try status.errors.first.map { try coder.encode(Problem(of: $0)) } ?? ""
        try sql(
            """
            INSERT INTO statuses(phone_number_id, wamid, status, participant, message, attempt,
                timestamp, at, seq, error)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(phone_number_id, wamid, status, participant) DO UPDATE SET
                timestamp = excluded.timestamp, at = excluded.at, seq = excluded.seq,
                error = excluded.error
            WHERE (excluded.at, excluded.seq) < (statuses.at, statuses.seq)
            """
        ).run(
            .text(status.phoneNumberID), .text(status.wamid), .text(status.status.name),
            .text(status.recipient.participant), .text(target?.0 ?? ""),
            .integer(target?.1 ?? 0),
            .integer(status.timestamp.map { $0 * 1_000 } ?? arrival.entry.at),
            .integer(arrival.entry.at), .integer(arrival.entry.position.seq), .text(error))
        isNews = isNews || sql.database.changes > 0
        guard isNews, let target else { return }
        try settle(target.0, arrival)
    }

    /// A status that names both forms of a person joins them.
    private func meetRecipient(of status: MessageStatusUpdate, _ arrival: Arrival) throws {
        let recipient = status.recipient
        guard !recipient.isGroup, let phone = recipient.id, let user = recipient.userID else {
            return
        }
        let person = try join([PartyKey.phone(phone), PartyKey.user(user)], arrival)
        let news = Profile(phone: .init(value: phone), userID: .init(value: user))
        if try people.learn(news, of: person) {
            try conversations.personChanged(person, at: arrival.entry.at)
        }
    }

    /// Notes which message a wamid is of, and answers whether that is news; statuses that waited under it
    /// find their message.
    private func register(
        _ wamid: String, of phoneNumberID: String, as message: String, attempt: Int64
    ) throws -> Bool {
        try sql(
            """
            INSERT OR IGNORE INTO wamids(phone_number_id, wamid, message, attempt)
            VALUES (?, ?, ?, ?)
            """
        ).run(.text(phoneNumberID), .text(wamid), .text(message), .integer(attempt))
        guard sql.database.changes > 0 else { return false }
        try sql(
            """
            UPDATE statuses SET message = ?, attempt = ?
            WHERE phone_number_id = ? AND wamid = ?
            """
        ).run(.text(message), .integer(attempt), .text(phoneNumberID), .text(wamid))
        return true
    }

    /// Brings a message's status up to date with all that is known of it, and tells a change.
    private func settle(_ id: String, _ arrival: Arrival) throws {
        // Without the message itself, what is known of it waits.
        guard var row = try message(id) else { return }
        var progress = try progress(of: id)
        var hasJoined = false
        for transition in progress.transitions where !transition.wamid.isEmpty {
            let isNews = try register(
                transition.wamid, of: row.phoneNumberID, as: id, attempt: transition.attempt)
            hasJoined = hasJoined || isNews
        }
        if hasJoined { progress = try self.progress(of: id) }
        guard let outcome = progress.outcome else { return }
        let before = row
        (row.status, row.error, row.wamid) = (outcome.status, outcome.error, outcome.wamid)
        if row != before {
            try sql("UPDATE messages SET status = ?, error = ?, wamid = ? WHERE id = ?").run(
                .text(row.status.rawValue), .text(row.error), .text(row.wamid), .text(id))
        }
        let shown = try shown(row, statusAt: progress.statusAt)
        try feed.add(
            .messageStatus, at: arrival.entry.at, phoneNumberID: row.phoneNumberID,
            data: try coder.encode(shown))
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
            SELECT at, seq, timestamp, status, attempt, wamid, error FROM statuses
            WHERE message = ? AND message <> ''
            """
        ).all(.text(message)) { row in
            Progress.Report(
                moment: Moment(at: row.integer(0), seq: row.integer(1)),
                timestamp: row.integer(2), name: row.text(3), attempt: row.integer(4),
                wamid: row.text(5), error: row.text(6))
        }
        return Progress(transitions: transitions, reports: reports)
    }
}
