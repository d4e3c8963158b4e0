internal import Reactor
internal import Wire

extension Inbox {
    /// How long a read waits for what was answered before it.
    static let patience = Duration.seconds(1)
    /// Scalars of a search; nobody types more, and each word of it is looked up.
    static let longestQuery = 256

    func conversations(_ asked: ListConversations) async throws -> ListConversations.Answer {
        try check(limit: asked.limit)
        try check(query: asked.query)
        let behind = await settle(asked.seen)
        var answer = try await timed(asked.query == nil ? .conversations : .search) {
            try await self.store.conversations(asked, now: Clocks.wall)
        }
        answer.behind = behind
        return answer
    }

    func messages(_ asked: ListMessages) async throws -> ListMessages.Answer {
        try check(limit: asked.limit)
        let behind = await settle(asked.seen)
        var answer = try await timed(.messages) { try await self.store.messages(asked) }
        answer.behind = behind
        return answer
    }

    func search(_ asked: SearchMessages) async throws -> SearchMessages.Answer {
        try check(limit: asked.limit)
        try check(query: asked.query)
        let behind = await settle(asked.seen)
        var answer = try await timed(.search) { try await self.store.search(asked) }
        answer.behind = behind
        return answer
    }

    func message(_ asked: FindMessage) async throws -> FindMessage.Answer {
        let behind = await settle(asked.seen)
        var answer = try await kept { try await self.store.message(asked) }
        answer.behind = behind
        return answer
    }

    /// Asks the store, and notes how long it took: its queue, the page, and both ways.
    private func timed<Result>(
        _ kind: ReadTimes.Kind, _ body: () async throws -> Result
    ) async throws -> Result {
        let began = ContinuousClock.now
        let result = try await kept(body)
        readTimes.note(kind, .now - began)
        return result
    }

    private func check(query: String?) throws(Problem) {
        guard query?.unicodeScalars.count ?? 0 <= Self.longestQuery else {
            throw .invalid(
                "q", "q is too long.", hint: "Use at most \(Self.longestQuery) characters.")
        }
    }

    func check(limit: Int) throws(Problem) {
        guard (1...Self.largestPage).contains(limit) else {
            throw .invalid(
                "limit", "limit is \(limit).", hint: "Use a whole number from 1 to 200.")
        }
    }

    /// Waits until everything that was answered before is applied; answers what is still missing.
    private func settle(_ seen: [JournalHead]) async -> Behind? {
        positions.want(seen, now: Clocks.boot)
        let deadline = ContinuousClock.now + Self.patience
        while let behind = positions.behind(seen, now: Clocks.boot) {
            let left = deadline - .now
            guard left > .zero, !positions.isLate(seen, now: Clocks.boot), !Task.isCancelled else {
                return behind
            }
            _ = await news.wait(atMost: left)
        }
        return nil
    }
}
