internal import CloudAPI
internal import SQLite
internal import Wire

/// Answers what people ask: each page is one range of one index, or of two that are merged.
struct Reader {
    let sql: StatementCache
    let fold: Fold

    init(_ fold: Fold) {
        self.fold = fold
        sql = fold.sql
    }

    // MARK: Messages

    /// A page of the messages with one person or group, newest first, over all business numbers or one.
    func messages(_ asked: ListMessages) throws -> ListMessages.Answer {
        let cursor = min(
            try asked.cursor.map { try Cursor($0) } ?? .newest,
            Cursor(at: asked.before?.milliseconds ?? .max, id: ""))
        let since = asked.since?.milliseconds ?? .min
        let (party, conversations) = try find(asked.contact, asked.phoneNumberID)
        var rows: [MessageRow] = []
        // One range an index each, then merged: a business has few numbers.
        for conversation in conversations {
            try sql(
                """
                SELECT id, conversation, wamid, direction, provider, phone_number_id, contact,
                    user_id, group_id, type, text, line, content, media, reply_to, reference,
                    status, error, sent_by, timestamp, received_at, received_seq, opens_window,
                    origin, precedence, context, referral, raw, edited_at, revoked_at, told_status,
                    place
                FROM messages WHERE conversation = ? AND (timestamp, id) < (?, ?) AND timestamp >= ?
                    AND NOT (type = 'reaction' AND direction = 'outbound')
                ORDER BY timestamp DESC, id DESC LIMIT ?
                """
            ).forEach(
                .text(conversation), .integer(cursor.at), .text(cursor.id), .integer(since),
                .integer(asked.limit + 1)
            ) { row in
                rows.append(MessageRow(row))
                return .next
            }
        }
        rows.sort { ($0.timestamp, $0.id) > ($1.timestamp, $1.id) }
        let page = Self.fitting(rows.prefix(asked.limit))
        let next = rows.count > page.count ? page.last : nil
        return .init(
            contact: try display(party, asked.contact), known: !conversations.isEmpty,
            messages: try page.map { try whole($0).message },
            nextCursor: next.map { Cursor(at: $0.timestamp, id: $0.id).text }, behind: nil)
    }

    /// Bytes of content on one page: half of what a frame holds, the rest is for the other fields.
    private static let largestPage = 4 << 20

    /// As many of the rows as one answer can carry, and at least one.
    static func fitting(_ rows: ArraySlice<MessageRow>) -> ArraySlice<MessageRow> {
        var bytes = 0
        let count = rows.prefix { row in
            bytes += row.content.utf8.count
            return bytes <= largestPage
        }.count
        return rows.prefix(max(1, count))
    }

    /// Whom a contact names, and the ids of the conversations with them.
    func find(
        _ contact: String, _ phoneNumberID: String?
    ) throws -> (party: String?, conversations: [String]) {
        for key in PartyKey.forReading(contact) {
            let party = PartyKey.isGroup(key) ? key : try fold.people.person(of: key)
            guard let party else { continue }
            let ids = try sql(
                "SELECT id, phone_number_id FROM conversations WHERE party = ?"
            ).all(.text(party)) { (id: $0.text(0), number: $0.text(1)) }
            guard !ids.isEmpty else { continue }
            return (
                party, ids.filter { phoneNumberID == nil || $0.number == phoneNumberID }.map(\.id)
            )
        }
        return (nil, [])
    }

    /// How the person or group is shown; what was asked for, tidied, when they are not known.
    private func display(_ party: String?, _ contact: String) throws -> String {
        let asked = Recipient.forReading(contact)?.display ?? contact
        guard let party, !PartyKey.isGroup(party) else { return asked }
        let profile = try fold.people.profile(of: party)
        return profile.phone.value.orNil.map { "+" + $0 } ?? profile.userID.value.orNil ?? asked
    }

    // MARK: One message

    func message(_ asked: FindMessage) throws -> FindMessage.Answer {
        guard let row = try find(asked.name) else {
            return .init(message: nil, timeline: [], behind: nil)
        }
        let (message, progress) = try whole(row)
        guard row.direction == .outbound else {
            let received = TimelineEntry(
                at: Timestamp(milliseconds: row.timestamp), status: .received, source: "webhook")
            return .init(message: message, timeline: [received], behind: nil)
        }
        let timeline = progress.steps.map { step in
            TimelineEntry(
                at: Timestamp(milliseconds: step.at), status: step.status, source: step.source,
                error: fold.coder.decode(Problem.self, step.error),
                participant: step.participant)
        }
        return .init(message: message, timeline: timeline, behind: nil)
    }

    private func find(_ name: MessageName) throws -> MessageRow? {
        let id: String?
        switch name {
        case .id(let text):
            if let row = try fold.message(text) { return row }
            id =
                try sql(
                    "SELECT id FROM messages WHERE wamid = ? AND wamid <> '' ORDER BY id LIMIT 1"
                )
                .first(.text(text)) { $0.text(0) }
                ?? sql(
                    "SELECT message FROM wamids WHERE wamid = ? ORDER BY phone_number_id LIMIT 1"
                )
                .first(.text(text)) { $0.text(0) }
                ?? amended(by: text)
        case .reference(let reference):
            id = try sql(
                """
                SELECT id FROM messages WHERE reference = ? AND reference <> ''
                ORDER BY timestamp DESC, id DESC LIMIT 1
                """
            ).first(.text(reference)) { $0.text(0) }
        }
        return try id.flatMap { try fold.message($0) }
    }

    /// The message that a reaction, an edit or a revocation of that wamid or id is about.
    private func amended(by name: String) throws -> String? {
        let found =
            try sql(
                """
                SELECT phone_number_id, target FROM amendments
                WHERE wamid = ? AND wamid <> '' ORDER BY id LIMIT 1
                """
            ).first(.text(name)) { ($0.text(0), $0.text(1)) }
            ?? sql("SELECT phone_number_id, target FROM amendments WHERE id = ?")
            .first(.text(name)) { ($0.text(0), $0.text(1)) }
        return try found.map { number, target in try fold.messageID(of: target, number) }
    }

    /// The message as readers see it, with how far it got if it is ours.
    func whole(_ row: MessageRow) throws -> (message: Message, progress: Progress) {
        let progress = row.direction == .outbound ? try fold.progress(of: row.id) : Progress()
        return (try fold.shown(row, progress), progress)
    }
}
