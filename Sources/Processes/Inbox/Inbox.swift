internal import Daemon
internal import IPC
internal import Reactor
internal import SQLite
internal import Wire

/// What `inbox` answers: applies journals, gives pages, and lets readers follow changes.
actor Inbox: Responder {
    /// What a page holds at most.
    static let largestPage = 200

    let place: Place
    let store: InboxStore
    let epoch: String
    /// Rung after each batch: there may be events, and positions have moved.
    let news: Bell
    var positions = Positions()
    var newestEvent: Int64
    /// Why nothing is applied at the moment; the store has no room.
    private var full: DatabaseError?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        place.loop.asUnownedSerialExecutor()
    }

    init(_ store: InboxStore, _ opening: InboxStore.Opening, in place: Place) {
        self.place = place
        self.store = store
        epoch = opening.epoch
        newestEvent = opening.newestEvent
        news = Bell(on: place.loop)
        for (origin, standing) in opening.positions {
            positions.start(origin, at: standing.position.seq)
        }
    }

    func answer(_ operation: InboxOperation, _ call: Call) async throws -> Reply {
        switch operation {
        case .position:
            try await call.answering(AskPosition.self) { asked in
                .init(await self.store.position(of: asked.origin))
            }
        case .append: try await call.answering(AppendEntries.self) { try await self.append($0) }
        case .conversations:
            try await call.answering(ListConversations.self) { try await self.conversations($0) }
        case .messages:
            try await call.answering(ListMessages.self) { try await self.messages($0) }
        case .message: try await call.answering(FindMessage.self) { try await self.message($0) }
        case .follow: try await call.answering(FollowChanges.self) { try await self.follow($0) }
        case .describe: try await call.answering(DescribeInbox.self) { _ in try await self.report() }
        }
    }

    // MARK: Journals

    private func append(_ batch: AppendEntries) async throws -> AppendEntries.Answer {
        let applied = try await kept { try await self.store.append(batch) }
        full = nil
        newestEvent = max(newestEvent, applied.newestEvent)
        if applied.answer.outcome == .applied {
            positions.applied(
                batch.origin, to: applied.answer.position?.seq ?? 0, writtenAt: applied.lastAt,
                completeTo: batch.completeTo, now: Clocks.wall)
        }
        news.ring()
        return applied.answer
    }

    /// Runs `body` on the store, and sorts out what is the matter with the store.
    func kept<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as DatabaseError {
            switch error.remedy {
            case .fix: throw error
            case .exit, .stayDown:
                // What was committed last is unknown, or nothing can be: the next process looks again.
                place.fail("\(error)")
            case .refuseWrites, .refuseRow, .retry:
                full = error
                throw Problem(
                    .storeFull, status: 503, "inbox has no room to store what it is told.",
                    hint: "Free disk space; nothing is lost, the journals keep it.",
                    retryable: true, retryAfterSeconds: 1)
            }
        }
    }

    // MARK: Health

    private func report() async throws -> ProcessReport {
        let figures = try await kept { try await self.store.figures() }
        var reasons: [Condition] = []
        if let full {
            reasons.append(
                Condition(
                    "store_full", "inbox stores nothing: \(full)",
                    hint: "Free disk space; the journals keep what comes until then."))
        }
        var warnings: [Condition] = []
        if let holes = figures["holes"], holes > 0 {
            warnings.append(
                Condition(
                    "holes", "\(holes) times entries were pruned before inbox had them",
                    hint: "Find out what removed a journal's file; Protocols/alarms.md has more."))
        }
        if let unparsed = figures["unparsed"], unparsed > 0 {
            warnings.append(
                Condition(
                    "unparsed", "\(unparsed) webhooks or entries could not be read; kept as they came",
                    hint: "A newer release may read them; Protocols/alarms.md has more."))
        }
        return place.report(reasons: reasons, warnings: warnings, figures: figures)
    }
}
