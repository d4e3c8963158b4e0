internal import SQLite
internal import Wire

extension Reader {
    /// Matches that are looked at for one page; it is shorter than asked for when they give no more.
    ///
    /// It bounds how long a search for a common word holds up what is applied, to some 20 ms.
    static let mostMatches = 5_000

    // MARK: Conversations

    /// Conversations whose party is called so, at the place of their last message, and those in which so
    /// was written, at the place of the newest such message: each once.
    ///
    /// One more than the page holds if there are so many; `rest` is where to go on when there may be more.
    func search(
        _ query: SearchQuery, after start: Cursor, began: RunStart, _ filter: ConversationFilter,
        limit: Int
    ) throws -> (found: [PlacedConversation], rest: Cursor?) {
        let (named, keys) = try called(
            query, after: start, moved: Moves(sql).since(began.moves), filter)
        // By name come, before the place that was reached, this many.
        var before = 0
        var (decided, written): (Set<String>, [PlacedConversation]) = (named, [])
        var (looked, rest): (Int, Cursor?) = (0, nil)
        let isFirst = start == .newest
        try matches(query.messages(), below: start.at) { match in
            let cut = Cursor(at: match.place + 1, id: "")
            while before < keys.count, keys[before] >= cut { before += 1 }
            guard before + written.count <= limit else { return .stop }
            guard looked < Self.mostMatches else {
                rest = cut
                return .stop
            }
            looked += 1
            let key = Cursor(at: match.place, id: match.conversation)
            guard match.number <= began.messages, key < start, !decided.contains(key.id) else {
                return .next
            }
            decided.insert(key.id)
            // On an earlier page, if something newer in it matches.
            guard
                try isFirst
                    || !hasMatch(query, in: key.id, above: match.place, until: began.messages),
                let shown = try shown(key), filter.admits(shown.row, lastAt: shown.row.lastAt)
            else { return .next }
            written.append(shown)
            return .next
        }
        let reached = rest.map { cut in keys.prefix { $0 >= cut } } ?? keys[...]
        let calledSo = try reached.prefix(limit + 1).compactMap { try shown($0) }
        return ((calledSo + written).sorted { $0.key > $1.key }, rest)
    }

    /// All that are called so, and the keys of those that are wanted after a place, newest first.
    private func called(
        _ query: SearchQuery, after start: Cursor, moved: [String: Int64?],
        _ filter: ConversationFilter
    ) throws -> (ids: Set<String>, keys: [Cursor]) {
        var ids: Set<String> = []
        var keys: [Cursor] = []
        try sql(
            """
            SELECT c.id, c.phone_number_id, c.last_at, c.unread, c.window_at
            FROM party_words AS w CROSS JOIN parties AS p ON p.number = w.rowid
                CROSS JOIN conversations AS c ON c.id = p.conversation
            WHERE w.party_words MATCH ?
            """
        ).forEach(.text(query.parties)) { row in
            let id = row.text(0)
            ids.insert(id)
            guard let lastAt = moved[id, default: row.integer(2)],
                filter.admits(
                    row.text(1), unread: row.integer(3), windowAt: row.integer(4), lastAt: lastAt)
            else { return .next }
            // After all messages of that moment, its own last one among them.
            let key = Cursor(
                at: SearchIndex.place(at: lastAt) + SearchIndex.perMillisecond, id: id)
            if key < start { keys.append(key) }
            return .next
        }
        return (ids, keys.sorted(by: >))
    }

    private struct Match {
        let place: Int64
        let conversation: String
        /// In the order in which messages were kept here.
        let number: Int64
    }

    /// Calls `body` with each message that matches, the newest first.
    private func matches(
        _ expression: String, below place: Int64, body: (Match) throws -> Statement.Iteration
    ) throws {
        try sql(
            """
            SELECT m.place, m.conversation, m.rowid
            FROM message_words AS w CROSS JOIN messages AS m ON m.place = w.rowid AND m.place > 0
            WHERE w.message_words MATCH ? AND w.rowid <= ?
                AND NOT (m.type = 'reaction' AND m.direction = 'outbound')
            ORDER BY w.rowid DESC
            """
        ).forEach(.text(expression), .integer(place)) { row in
            try body(
                Match(
                    place: row.integer(0), conversation: row.text(1), number: row.integer(2)))
        }
    }

    /// Whether something newer in a conversation matches that was there when the run began.
    private func hasMatch(
        _ query: SearchQuery, in conversation: String, above place: Int64, until began: Int64
    ) throws -> Bool {
        var found = false
        try sql(
            """
            SELECT m.rowid
            FROM message_words AS w CROSS JOIN messages AS m ON m.place = w.rowid AND m.place > 0
            WHERE w.message_words MATCH ? AND w.rowid > ?
                AND NOT (m.type = 'reaction' AND m.direction = 'outbound')
            """
        ).forEach(.text(query.messages(in: [conversation])), .integer(place)) { row in
            found = row.integer(0) <= began
            return found ? .stop : .next
        }
        return found
    }

    // MARK: Messages

    /// A page of the messages in which all the words are, newest first.
    func search(_ asked: SearchMessages) throws -> SearchMessages.Answer {
        let cursor = try asked.cursor.map { try Cursor($0, order: .place) } ?? .newest
        let conversations = try asked.contact.map {
            try find($0, asked.phoneNumberID).conversations
        }
        guard conversations != [] else { return .init(messages: [], nextCursor: nil, behind: nil) }
        let until = asked.before.map { SearchIndex.place(at: $0.milliseconds) } ?? .max
        let since = asked.since.map { SearchIndex.place(at: $0.milliseconds) } ?? 0
        var ids: [String] = []
        var (looked, rest): (Int, Int64?) = (0, nil)
        try sql(
            """
            SELECT m.id, m.place, m.phone_number_id
            FROM message_words AS w CROSS JOIN messages AS m ON m.place = w.rowid AND m.place > 0
            WHERE w.message_words MATCH ? AND w.rowid < ? AND w.rowid <= ? AND w.rowid > ?
                AND NOT (m.type = 'reaction' AND m.direction = 'outbound')
            ORDER BY w.rowid DESC
            """
        ).forEach(
            .text(SearchQuery(asked.query).messages(in: conversations)), .integer(cursor.at),
            .integer(until), .integer(since)
        ) { row in
            guard looked < Self.mostMatches, ids.count <= asked.limit else {
                rest = row.integer(1) + 1
                return .stop
            }
            looked += 1
            if row.text(2) == asked.phoneNumberID ?? row.text(2) { ids.append(row.text(0)) }
            return .next
        }
        let rows = try ids.compactMap { try fold.message($0) }
        let page = Self.fitting(rows.prefix(asked.limit))
        if page.count < rows.count { rest = page.last?.place }
        return .init(
            messages: try page.map { try whole($0).message },
            nextCursor: rest.map { Cursor(at: $0, id: "", order: .place).text }, behind: nil)
    }
}
