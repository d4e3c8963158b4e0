internal import Wire

// The list of dead letters, and a person's decisions on it.

extension OutboxStore {
    /// Messages that one request lets go: some tens of milliseconds of the disk.
    static let retriedAtOnce = 500
    /// What a page holds at most.
    static let largestPage = 200

    /// A page of the list.
    ///
    /// - Throws: `Problem` of status 400 for a cursor that is none.
    func deadLetters(_ asked: ListDeadLetters, in tables: Tables) throws -> ListDeadLetters.Answer {
        guard (1...Self.largestPage).contains(asked.limit) else {
            throw Problem.invalid(
                "limit", "limit is \(asked.limit).", hint: "Use 1 to \(Self.largestPage).")
        }
        guard let before = asked.cursor.map({ Int64($0) }) ?? .max else {
            throw Problem.invalid(
                "cursor", "This is no cursor.", hint: "Use next_cursor of the page before.")
        }
        let rows = try tables.deadLetters.page(
            before: before, cause: asked.cause, limit: asked.limit + 1)
        let page = rows.prefix(asked.limit)
        return ListDeadLetters.Answer(
            deadLetters: page.map(\.letter), counts: try tables.deadLetters.counts(),
            nextCursor: rows.count > asked.limit ? page.last.map { String($0.number) } : nil)
    }

    /// Lets dead letters go again, once for each request; answers their tickets too.
    func retry(
        _ asked: RetryDeadLetters, in tables: Tables, at now: Int64
    ) throws -> (answer: RetryDeadLetters.Answer, tickets: [Ticket]) {
        if let answer = try tables.deadLetters.answer(to: asked.key) { return (answer, []) }
        let found = try tables.deadLetters.numbers(
            of: asked.choice, limit: Self.retriedAtOnce + 1)
        var (ids, tickets): ([String], [Ticket]) = ([], [])
        for (number, id) in found.prefix(Self.retriedAtOnce) {
            guard try happened([.released], to: number, in: tables, at: now, aged: 0) != nil else {
                continue
            }
            try tables.deadLetters.revive(number)
            ids.append(id)
            if let ticket = try tables.messages.ticket(of: number) { tickets.append(ticket) }
        }
        let answer = RetryDeadLetters.Answer(
            retried: ids, more: found.count > Self.retriedAtOnce)
        try tables.deadLetters.keep(
            answer, to: asked.key, at: now, forgettingBefore: now - Self.shortestMemory)
        return (answer, tickets)
    }
}
