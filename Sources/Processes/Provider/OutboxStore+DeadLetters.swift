internal import Wire

// The list of dead letters, and a person's decisions on it.

extension OutboxStore {
    /// Messages that one request lets go: some tens of milliseconds of the disk.
    static let retriedAtOnce = 500
    /// What a page holds at most.
    static let largestPage = 200

    /// A page of the list; `held` is what templates are held for.
    ///
    /// - Throws: `Problem` of status 400 for a cursor that is none.
    func deadLetters(
        _ asked: ListDeadLetters, in tables: Tables, held: [String: Problem] = [:], at now: Int64
    ) throws -> ListDeadLetters.Answer {
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
            deadLetters: try page.map { number, letter in
                var letter = letter
                letter.wouldBeRefused = try tables.messages.ticket(of: number).flatMap {
                    try tables.objection(to: $0, held: held, at: now)
                }
                return letter
            },
            counts: try tables.deadLetters.counts(),
            nextCursor: rows.count > asked.limit ? page.last.map { String($0.number) } : nil)
    }

    /// Lets dead letters go again, once for each request; answers their tickets too.
    ///
    /// A dry run answers the same and changes nothing, whatever was asked under its key.
    func retry(
        _ asked: RetryDeadLetters, in tables: Tables, held: [String: Problem] = [:], at now: Int64
    ) throws -> (answer: RetryDeadLetters.Answer, tickets: [Ticket]) {
        if !asked.dryRun, let answer = try tables.deadLetters.answer(to: asked.key) {
            return (answer, [])
        }
        let found = try tables.deadLetters.numbers(
            of: asked.choice, limit: Self.retriedAtOnce + 1)
        var answer = RetryDeadLetters.Answer(retried: [], more: found.count > Self.retriedAtOnce)
        var tickets: [Ticket] = []
        for (number, id) in found.prefix(Self.retriedAtOnce) {
            guard try release(number, dryRun: asked.dryRun, in: tables, at: now) else { continue }
            answer.retried.append(id)
            guard let ticket = try tables.messages.ticket(of: number) else { continue }
            if !asked.dryRun { tickets.append(ticket) }
            if let objection = try tables.objection(to: ticket, held: held, at: now) {
                answer.wouldBeRefused.append(ForeseenRefusal(of: id, by: objection))
            }
        }
        if !asked.dryRun {
            try tables.deadLetters.keep(
                answer, to: asked.key, at: now, forgettingBefore: now - Self.shortestMemory)
        }
        return (answer, tickets)
    }

    /// Lets one go again, or finds out whether it could; false when it is not one to be let go.
    private func release(
        _ number: Int64, dryRun: Bool, in tables: Tables, at now: Int64
    ) throws -> Bool {
        guard !dryRun else {
            var message = try tables.messages.find(number: number)?.kept.message
            return message?.happened(.released) != nil
        }
        guard try happened([.released], to: number, in: tables, at: now, aged: 0) != nil else {
            return false
        }
        try tables.deadLetters.revive(number)
        return true
    }
}
