internal import SQLite
internal import Wire

/// A conversation with who it is with, and the place it has in a list.
struct PlacedConversation {
    let key: Cursor
    let row: ConversationRow
    let profile: Profile
}

extension Reader {
    /// A page of conversations, newest first, as of `now` (wall clock, milliseconds).
    ///
    /// A run of pages shows every conversation that was there when it began once, at the place it had then, also
    /// when somebody writes in it meanwhile (see `Moves`).
    func conversations(_ asked: ListConversations, now: Int64) throws -> ListConversations.Answer {
        let filter = ConversationFilter(asked, now: now)
        let order: Cursor.Order = asked.query == nil ? .time : .place
        let cursor = try asked.cursor.map { try Cursor($0, order: order) }
        let began = try cursor?.began ?? runStart()
        let start = cursor ?? .newest
        var found: [PlacedConversation]
        var rest: Cursor?
        if let query = asked.query {
            (found, rest) = try search(
                SearchQuery(query), after: start, began: began, filter, limit: asked.limit)
        } else {
            found = try list(after: start, began: began, filter, limit: asked.limit)
        }
        if found.count > asked.limit {
            found = Array(found.prefix(asked.limit))
            rest = found.last?.key
        }
        let next = rest.map { Cursor(at: $0.at, id: $0.id, order: order, began: began) }
        return .init(
            conversations: found.map { $0.row.conversation(with: $0.profile, at: now) },
            nextCursor: next?.text, behind: nil)
    }

    /// Those after a place, one more than the page holds if there are so many.
    private func list(
        after start: Cursor, began: RunStart, _ filter: ConversationFilter, limit: Int
    ) throws -> [PlacedConversation] {
        let moved = try Moves(sql).since(began.moves)
        var keys = moved.filter { $0.value != nil }.map { Cursor(at: $0.value ?? 0, id: $0.key) }
            .filter { $0 < start && $0.at >= filter.since && $0.at < filter.before }
        let first = min(start, Cursor(at: filter.before, id: ""))
        var count = 0
        let range: [Parameter] = [
            .integer(first.at), .text(first.id), .integer(filter.since),
            .integer(filter.windowAfter),
        ]
        let number = filter.phoneNumberID.map { [Parameter.text($0)] } ?? []
        try sql(Self.pageOf(filter)).execute(number + range) { row in
            let id = row.text(0)
            guard moved[id] == nil else { return .next }
            keys.append(Cursor(at: row.integer(1), id: id))
            count += 1
            return count > limit ? .stop : .next
        }
        var found: [PlacedConversation] = []
        for key in keys.sorted(by: >) where found.count <= limit {
            guard let conversation = try shown(key), filter.admits(conversation.row, lastAt: key.at)
            else { continue }
            found.append(conversation)
        }
        return found
    }

    /// The statement for a list without a search: each goes along one index.
    private static func pageOf(_ filter: ConversationFilter) -> StaticString {
        switch (filter.phoneNumberID != nil, filter.isUnread) {
        case (false, false):
            """
            SELECT id, last_at FROM conversations INDEXED BY conversations_by_last
            WHERE (last_at, id) < (?, ?) AND last_at >= ? AND window_at > ?
            ORDER BY last_at DESC, id DESC
            """
        case (false, true):
            """
            SELECT id, last_at FROM conversations INDEXED BY conversations_unread
            WHERE (last_at, id) < (?, ?) AND last_at >= ? AND window_at > ? AND unread > 0
            ORDER BY last_at DESC, id DESC
            """
        case (true, false):
            """
            SELECT id, last_at FROM conversations INDEXED BY conversations_by_number
            WHERE phone_number_id = ? AND (last_at, id) < (?, ?) AND last_at >= ? AND window_at > ?
            ORDER BY last_at DESC, id DESC
            """
        case (true, true):
            """
            SELECT id, last_at FROM conversations INDEXED BY conversations_unread
            WHERE phone_number_id = ? AND (last_at, id) < (?, ?) AND last_at >= ? AND window_at > ?
                AND unread > 0
            ORDER BY last_at DESC, id DESC
            """
        }
    }

    /// The conversation of that key; nil when it is gone.
    func shown(_ key: Cursor) throws -> PlacedConversation? {
        try sql(
            """
            SELECT c.id, c.phone_number_id, c.party, c.last_at, c.last_text, c.last_type,
                c.last_direction, c.window_at, c.unread, c.read_at, c.read_seq, c.free_until,
                p.phone, p.user_id, p.username, p.name, p.marketing
            FROM conversations AS c LEFT JOIN persons AS p ON p.key = c.party
            WHERE c.id = ?
            """
        ).first(.text(key.id)) { row in
            PlacedConversation(
                key: key, row: ConversationRow(row),
                profile: Profile(
                    phone: .init(value: row.text(12)), userID: .init(value: row.text(13)),
                    username: .init(value: row.text(14)), name: .init(value: row.text(15)),
                    marketing: .init(value: row.text(16))))
        }
    }

    private func runStart() throws -> RunStart {
        RunStart(
            moves: try Moves(sql).newest(),
            messages: try sql("SELECT max(rowid) FROM messages").first { $0.integer(0) } ?? 0)
    }
}
