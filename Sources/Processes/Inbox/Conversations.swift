internal import CloudAPI
internal import SQLite
internal import Wire

/// The rows of `conversations`: each shows what follows from its messages and its person.
///
/// During a batch a conversation is only noted as touched; at its end each is brought up to date once,
/// with one event.
final class Conversations {
    /// The conversation's row, and what has to be done to it.
    private struct Touched {
        var row: ConversationRow
        /// As it is in the table; nil when it is not there yet.
        let original: ConversationRow?
        /// When the newest entry that touched it was written.
        var at: Int64
        /// Whether the unread ones must be counted; else `row.unread` was kept as messages came.
        var recount = false
        /// Whether what is shown of the person changed.
        var looksNew = false
    }

    let sql: StatementCache
    private let people: People
    private let feed: Feed
    private let search: SearchIndex
    private let moves: Moves
    private let coder: Coder
    private var touched: [String: Touched] = [:]

    init(
        _ sql: StatementCache, _ people: People, _ feed: Feed, _ search: SearchIndex, _ coder: Coder
    ) {
        self.sql = sql
        self.people = people
        self.feed = feed
        self.search = search
        moves = Moves(sql)
        self.coder = coder
    }

    /// Forgets what a transaction had touched that was rolled back.
    func begin() { touched = [:] }

    // MARK: What happens to a conversation

    /// The id of the conversation with that person or group, which is made if it isn't there.
    func touch(phoneNumberID: String, party: String, at: Int64) throws -> String {
        let id = Identifiers.conversation(phoneNumberID: phoneNumberID, party: party)
        if touched[id] == nil {
            if let row = try row(id) {
                touched[id] = Touched(row: row, original: row, at: at)
            } else {
                var row = ConversationRow(id: id, phoneNumberID: phoneNumberID, party: party)
                row.read = try readMark(of: party, phoneNumberID)
                touched[id] = Touched(row: row, original: nil, at: at)
            }
        }
        let known = touched[id]?.at ?? at
        touched[id]?.at = max(known, at)
        return id
    }

    /// A conversation that is there, in which something is to be looked at again.
    func touch(_ id: String, at: Int64) throws {
        if let known = touched[id] {
            touched[id]?.at = max(known.at, at)
        } else if let row = try row(id) {
            touched[id] = Touched(row: row, original: row, at: at)
        }
    }

    /// The person did something at that time (Meta's, milliseconds) after which they may be answered; the
    /// conversation is touched already.
    func opened(_ id: String, at: Int64) {
        guard let known = touched[id]?.row.windowAt else { return }
        touched[id]?.row.windowAt = max(known, at)
    }

    /// A message that was not there before; its conversation is touched already.
    func added(_ message: MessageRow) {
        guard message.opensWindow, let read = touched[message.conversation]?.row.read else {
            return
        }
        if message.received > read { touched[message.conversation]?.row.unread += 1 }
    }

    /// A message that is another one now.
    func replaced(_ message: MessageRow) { touched[message.conversation]?.recount = true }

    /// What is shown of a person changed: name, number or user id.
    func personChanged(_ person: String, at: Int64) throws {
        for number in try numbers(of: person) {
            touched[try touch(phoneNumberID: number, party: person, at: at)]?.looksNew = true
        }
    }

    /// A person has more keys than before, and perhaps all that belonged to others.
    func personJoined(_ joining: People.Joining, at: Int64) throws {
        for absorbed in joining.absorbed {
            for number in try numbers(of: absorbed) {
                try move(phoneNumberID: number, from: absorbed, to: joining.person, at: at)
            }
        }
        try marked(joining.person, nil, at: at)
        try personChanged(joining.person, at: at)
    }

    /// A conversation in which more was seen than before.
    struct Seen {
        let conversation: String
        let phoneNumberID: String
        /// Up to where it was seen before.
        let after: Moment
        /// Up to where it is seen now.
        let upTo: Moment
    }

    /// A read mark of a person or group changed, with one business number or (nil) with all.
    @discardableResult
    func marked(_ party: String, _ phoneNumberID: String?, at: Int64) throws -> [Seen] {
        var seen: [Seen] = []
        for number in try numbers(of: party) where phoneNumberID == nil || number == phoneNumberID {
            let id = try touch(phoneNumberID: number, party: party, at: at)
            let mark = try readMark(of: party, number)
            guard let before = touched[id]?.row.read, before != mark else { continue }
            touched[id]?.row.read = mark
            touched[id]?.recount = true
            seen.append(
                Seen(conversation: id, phoneNumberID: number, after: before, upTo: mark))
        }
        return seen
    }

    /// Messages were taken out: it is counted anew, or goes when nothing is left in it.
    func emptied(_ id: String, at: Int64) throws {
        let isLeft = try sql(
            """
            SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1)
                OR EXISTS (SELECT 1 FROM amendments WHERE conversation = ?1)
            """
        ).first(.text(id)) { $0.integer(0) != 0 }
        guard isLeft != true else {
            try touch(id, at: at)
            touched[id]?.row.windowAt = try self.opened(id)
            touched[id]?.recount = true
            touched[id]?.looksNew = true
            return
        }
        try search.forget(id)
        try sql("DELETE FROM conversations WHERE id = ?").run(.text(id))
        try sql("DELETE FROM moves WHERE conversation = ?").run(.text(id))
        touched[id] = nil
    }

    /// When its person last did something after which they may be answered, by what is kept of it.
    private func opened(_ id: String) throws -> Int64 {
        try sql(
            """
            SELECT max(
                coalesce((SELECT max(timestamp) FROM messages
                    WHERE conversation = ?1 AND opens_window = 1), 0),
                coalesce((SELECT max(timestamp) FROM amendments
                    WHERE conversation = ?1 AND author <> ''), 0))
            """
        ).first(.text(id)) { $0.integer(0) } ?? 0
    }

    private func move(phoneNumberID: String, from old: String, to new: String, at: Int64) throws {
        let source = try touch(phoneNumberID: phoneNumberID, party: old, at: at)
        let target = try touch(phoneNumberID: phoneNumberID, party: new, at: at)
        let windowAt = touched[source]?.row.windowAt ?? 0
        let known = touched[target]?.row.windowAt ?? 0
        touched[target]?.row.windowAt = max(known, windowAt)
        touched[target]?.recount = true
        try search.moving(from: source, to: target)
        try sql("UPDATE messages SET conversation = ? WHERE conversation = ?").run(
            .text(target), .text(source))
        try sql("UPDATE amendments SET conversation = ? WHERE conversation = ?").run(
            .text(target), .text(source))
        try search.forget(source)
        try sql("DELETE FROM conversations WHERE id = ?").run(.text(source))
        touched[source] = nil
    }

    /// The business numbers that have a conversation with that party, those of this batch included.
    func numbers(of party: String) throws -> [String] {
        let kept = try sql("SELECT phone_number_id FROM conversations WHERE party = ?")
            .all(.text(party)) { $0.text(0) }
        let new = touched.values.filter { $0.row.party == party }.map(\.row.phoneNumberID)
        return Set(kept + new).sorted()
    }

    /// Up to where the party's messages were seen: the newest mark set under any of its keys.
    private func readMark(of party: String, _ phoneNumberID: String) throws -> Moment {
        let keys = PartyKey.isGroup(party) ? [party] : try people.keys(of: party)
        var mark = Moment.distantPast
        for key in keys {
            try sql(
                "SELECT at, seq FROM read_marks WHERE key = ? AND phone_number_id IN ('', ?)"
            ).forEach(.text(key), .text(phoneNumberID)) { row in
                mark = max(mark, Moment(at: row.integer(0), seq: row.integer(1)))
                return .next
            }
        }
        return mark
    }

    // MARK: At the end of a batch

    /// Writes what changed, and tells it.
    func finish() throws {
        for id in touched.keys.sorted() {
            guard var conversation = touched[id] else { continue }
            try refresh(&conversation)
            guard conversation.row != conversation.original || conversation.looksNew else {
                continue
            }
            try write(conversation.row)
            if conversation.row.lastAt != conversation.original?.lastAt {
                try moves.note(id, was: conversation.original?.lastAt)
            }
            let profile = try people.profile(of: conversation.row.party)
            if conversation.original == nil || conversation.looksNew {
                try search.called(id, profile, party: conversation.row.party)
            }
            let shown = conversation.row.conversation(with: profile, at: conversation.at)
            try feed.add(
                .conversationUpdated, at: conversation.at,
                phoneNumberID: conversation.row.phoneNumberID, data: coder.encode(shown))
        }
        touched = [:]
    }

    private func refresh(_ conversation: inout Touched) throws {
        let id = conversation.row.id
        // None is left of a reaction that was taken back, where it was all there was.
        let last = try last(in: id)
        conversation.row.lastAt = last?.at ?? 0
        conversation.row.lastText = last?.text ?? ""
        conversation.row.lastType = last?.type ?? ""
        conversation.row.lastDirection = last?.direction ?? ""
        conversation.row.freeUntil = try freeUntil(in: id)
        guard conversation.recount else { return }
        let read = conversation.row.read
        conversation.row.unread =
            try sql(
                """
                SELECT count(*) FROM messages WHERE conversation = ? AND opens_window = 1
                AND (received_at, received_seq) > (?, ?)
                """
            ).first(.text(id), .integer(read.at), .integer(read.seq)) { $0.integer(0) } ?? 0
    }

    private func row(_ id: String) throws -> ConversationRow? {
        try sql(
            """
            SELECT id, phone_number_id, party, last_at, last_text, last_type, last_direction,
                window_at, unread, read_at, read_seq, free_until
            FROM conversations WHERE id = ?
            """
        ).first(.text(id)) { ConversationRow($0) }
    }

    private func write(_ row: ConversationRow) throws {
        try sql(
            """
            INSERT INTO conversations(id, phone_number_id, party, last_at, last_text, last_type,
                last_direction, window_at, unread, read_at, read_seq, free_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET last_at = excluded.last_at,
                last_text = excluded.last_text, last_type = excluded.last_type,
                last_direction = excluded.last_direction, window_at = excluded.window_at,
                unread = excluded.unread, read_at = excluded.read_at, read_seq = excluded.read_seq,
                free_until = excluded.free_until
            """
        ).run(
            .text(row.id), .text(row.phoneNumberID), .text(row.party), .integer(row.lastAt),
            .text(row.lastText), .text(row.lastType), .text(row.lastDirection),
            .integer(row.windowAt), .integer(row.unread), .integer(row.read.at),
            .integer(row.read.seq), .integer(row.freeUntil))
    }
}
