internal import CloudAPI
internal import SQLite
internal import Wire

/// Answers what people ask: each page is one range of one index.
struct Reader {
    private let sql: StatementCache
    private let fold: Fold

    init(_ fold: Fold) {
        self.fold = fold
        sql = fold.sql
    }

    // MARK: Conversations

    /// A page of conversations, newest first, as of `now` (wall clock, milliseconds).
    func conversations(_ asked: ListConversations, now: Int64) throws -> ListConversations.Answer {
        let cursor = try asked.cursor.map { try Cursor($0) } ?? .newest
        let filter = SearchPattern(asked.query ?? "")
        let tail: [Parameter] =
            [.integer(cursor.at), .text(cursor.id)] + filter.parameters
            + [.integer(asked.limit + 1)]
        let statement: Statement
        let parameters: [Parameter]
        if let number = asked.phoneNumberID {
            statement = try sql(Self.pageOfNumber)
            parameters = [.text(number)] + tail
        } else {
            statement = try sql(Self.page)
            parameters = tail
        }
        var found: [(row: ConversationRow, profile: Profile)] = []
        try statement.execute(parameters) { row in
            found.append((ConversationRow(row), Self.profile(row)))
            return .next
        }
        let page = found.prefix(asked.limit)
        let next = found.count > asked.limit ? page.last : nil
        return .init(
            conversations: page.map { $0.row.conversation(with: $0.profile, at: now) },
            nextCursor: next.map { Cursor(at: $0.row.lastAt, id: $0.row.id).text }, behind: nil)
    }

    private static func profile(_ row: borrowing Row) -> Profile {
        Profile(
            phone: .init(value: row.text(12)), userID: .init(value: row.text(13)),
            username: .init(value: row.text(14)), name: .init(value: row.text(15)),
            marketing: .init(value: row.text(16)))
    }

    private static let page: StaticString = """
        SELECT c.id, c.phone_number_id, c.party, c.last_at, c.last_text, c.last_type,
            c.last_direction, c.window_at, c.unread, c.read_at, c.read_seq,
            c.free_until, p.phone, p.user_id, p.username, p.name, p.marketing
        FROM conversations AS c LEFT JOIN persons AS p ON p.key = c.party
        WHERE (c.last_at, c.id) < (?, ?)
            AND (? = '' OR p.name LIKE ? ESCAPE '\\' OR p.username LIKE ? ESCAPE '\\'
                OR p.user_id LIKE ? ESCAPE '\\' OR c.party LIKE ? ESCAPE '\\'
                OR p.phone LIKE ? ESCAPE '\\' OR c.last_text LIKE ? ESCAPE '\\')
        ORDER BY c.last_at DESC, c.id DESC LIMIT ?
        """

    private static let pageOfNumber: StaticString = """
        SELECT c.id, c.phone_number_id, c.party, c.last_at, c.last_text, c.last_type,
            c.last_direction, c.window_at, c.unread, c.read_at, c.read_seq,
            c.free_until, p.phone, p.user_id, p.username, p.name, p.marketing
        FROM conversations AS c LEFT JOIN persons AS p ON p.key = c.party
        WHERE c.phone_number_id = ? AND (c.last_at, c.id) < (?, ?)
            AND (? = '' OR p.name LIKE ? ESCAPE '\\' OR p.username LIKE ? ESCAPE '\\'
                OR p.user_id LIKE ? ESCAPE '\\' OR c.party LIKE ? ESCAPE '\\'
                OR p.phone LIKE ? ESCAPE '\\' OR c.last_text LIKE ? ESCAPE '\\')
        ORDER BY c.last_at DESC, c.id DESC LIMIT ?
        """

    // MARK: Messages

    /// A page of the messages with one person or group, newest first, over all business numbers or one.
    func messages(_ asked: ListMessages) throws -> ListMessages.Answer {
        let cursor = try asked.cursor.map { try Cursor($0) } ?? .newest
        let (party, conversations) = try find(asked.contact, asked.phoneNumberID)
        var rows: [MessageRow] = []
        // One range an index each, then merged: a business has few numbers.
        for conversation in conversations {
            try sql(
                """
                SELECT id, conversation, wamid, direction, provider, phone_number_id, contact,
                    user_id, group_id, type, text, line, content, media, reply_to, reference,
                    status, error, sent_by, timestamp, received_at, received_seq, opens_window,
                    origin, precedence, context, referral, raw, edited_at, revoked_at, told_status
                FROM messages WHERE conversation = ? AND (timestamp, id) < (?, ?)
                    AND NOT (type = 'reaction' AND direction = 'outbound')
                ORDER BY timestamp DESC, id DESC LIMIT ?
                """
            ).forEach(
                .text(conversation), .integer(cursor.at), .text(cursor.id),
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
    private static func fitting(_ rows: ArraySlice<MessageRow>) -> ArraySlice<MessageRow> {
        var bytes = 0
        let count = rows.prefix { row in
            bytes += row.content.utf8.count
            return bytes <= largestPage
        }.count
        return rows.prefix(max(1, count))
    }

    /// Whom a contact names, and the ids of the conversations with them.
    private func find(
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
                ?? sql("SELECT message FROM wamids WHERE wamid = ? ORDER BY wamid LIMIT 1")
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

    private func whole(_ row: MessageRow) throws -> (message: Message, progress: Progress) {
        let progress = row.direction == .outbound ? try fold.progress(of: row.id) : Progress()
        return (try fold.shown(row, progress), progress)
    }
}

/// What a search looks for, as patterns of LIKE.
struct SearchPattern {
    private let text: String
    private let digits: String

    /// Fewer digits in a word are not taken for a part of a number that is written with blanks or dashes.
    private static let fewestDigits = 3

    init(_ query: String) {
        text = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let number = query.filter { $0.isASCII && $0.isNumber }
        let isNumber = query.allSatisfy { !$0.isLetter } && number.count >= Self.fewestDigits
        digits = isNumber ? number : text
    }

    /// In the order of the places in `Reader.page`.
    var parameters: [Parameter] {
        let pattern = Parameter.text(Self.containing(text))
        let number = Parameter.text(Self.containing(digits))
        return [.text(text), pattern, pattern, pattern, number, number, pattern]
    }

    private static func containing(_ text: String) -> String {
        var escaped = "%"
        for character in text {
            if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped + "%"
    }
}
