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
    /// Rung after each batch: there may be events, and positions have moved.
    let news: Bell
    /// Rung when somebody was erased.
    let erased: Bell
    private var erasures: String?
    let copier: StoreCopier
    var positions = Positions()
    var readTimes = ReadTimes()
    private(set) var epoch = ""
    private(set) var newestEvent: Int64 = 0
    /// Why nothing was applied the last time it was tried: the store has no room.
    private(set) var full: DatabaseError?
    private var fullness = Reminder()
    /// Why nothing is answered at all: the file is left as it is, for a person to look at.
    private(set) var damage: DatabaseError?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        place.loop.asUnownedSerialExecutor()
    }

    init(_ store: InboxStore, in place: Place) {
        self.place = place
        self.store = store
        news = Bell(on: place.loop)
        erased = Bell(on: place.loop)
        copier = StoreCopier("inbox/backup.db", in: place)
    }

    /// Opens the store; with a damaged one it stays up only to say so.
    ///
    /// - Throws: `DatabaseError` for all that a new start may mend.
    func open() async throws {
        do {
            let opening = try await store.open()
            epoch = opening.epoch
            newestEvent = opening.newestEvent
            for (origin, standing) in opening.positions {
                positions.start(origin, at: standing.position.seq)
            }
        } catch let error as DatabaseError {
            guard error.isDamage else { throw error }
            found(error)
        }
    }

    /// Reads the whole file, if a process has left it open, while journals are applied; answers whether it was read.
    ///
    /// - Throws: what else than damage kept it from being read.
    func examine() async throws -> Bool {
        guard damage == nil, await store.wasLeftOpen else { return false }
        do { try await DatabaseCheck.run(store.path) } catch let error as DatabaseError {
            guard error.isDamage else { throw error }
            found(error)
        }
        return true
    }

    /// From now on it is up only to say so.
    private func found(_ damage: DatabaseError) {
        if self.damage == nil { place.log.error("store.damaged error=\(damage)") }
        self.damage = damage
    }

    func answer(_ operation: InboxOperation, _ call: Call) async throws -> Reply {
        if damage != nil, operation != .describe { throw Self.damaged }
        return switch operation {
        case .position:
            try await call.answering(AskPosition.self) { asked in
                .init(await self.store.position(of: asked.origin))
            }
        case .redact: try await call.answering(RedactEntries.self) { try await self.redact($0) }
        case .append: try await call.answering(AppendEntries.self) { try await self.append($0) }
        case .conversations:
            try await call.answering(ListConversations.self) { try await self.conversations($0) }
        case .messages:
            try await call.answering(ListMessages.self) { try await self.messages($0) }
        case .search: try await call.answering(SearchMessages.self) { try await self.search($0) }
        case .message: try await call.answering(FindMessage.self) { try await self.message($0) }
        case .follow: try await call.answering(FollowChanges.self) { try await self.follow($0) }
        case .audit: try await call.answering(AuditInbox.self) { _ in try await self.audit() }
        case .backUp: try await call.answering(BackUpInbox.self) { _ in try await self.backUp() }
        case .describe:
            try await call.answering(DescribeInbox.self) { _ in try await self.report() }
        }
    }

    // MARK: Journals

    private func append(_ batch: AppendEntries) async throws -> AppendEntries.Answer {
        let applied = try await kept { try await self.store.append(batch) }
        // A journal that has nothing new says so all the time: that proves no room.
        if applied.answer.outcome == .applied, !batch.entries.isEmpty { noteCommit() }
        newestEvent = max(newestEvent, applied.newestEvent)
        if applied.answer.outcome == .applied {
            positions.applied(
                batch.origin, of: batch.process, to: applied.answer.position?.seq ?? 0,
                writtenAt: applied.lastAt, completeTo: batch.completeTo, now: Clocks.wall)
        }
        news.ring()
        if applied.answer.erasures != erasures {
            erasures = applied.answer.erasures
            erased.ring()
        }
        return applied.answer
    }

    // MARK: Retention

    /// Between two looks at what is too old.
    private static let retiring = Duration.seconds(3_600)
    /// Before another look at a clock that was not to be believed.
    private static let trusting = Duration.seconds(600)

    /// Takes out what is older than so many days, each hour, until its task is cancelled.
    func retire(afterDays days: Int) async {
        let pause = Bell(on: place.loop)
        var clock = ClockTrust()
        while !Task.isCancelled {
            guard clock.isDeserved() else {
                _ = await pause.wait(atMost: Self.trusting)
                continue
            }
            do { try await retire(before: Clocks.wall - Int64(days) * 24 * 3_600 * 1_000) } catch {
                place.log.warning("retention.failed error=\(error)")
            }
            _ = await pause.wait(atMost: Self.retiring)
        }
    }

    private func retire(before time: Int64) async throws {
        while !Task.isCancelled {
            let (count, newest) = try await kept {
                try await self.store.retire(before: time, now: Clocks.wall)
            }
            guard count > 0 else { return }
            noteCommit()
            newestEvent = max(newestEvent, newest)
            news.ring()
        }
    }

    // MARK: Suspects

    /// Looks again at what was set aside since inbox ended while it was applied, until its task is cancelled.
    func lookAgain() async {
        let pause = Bell(on: place.loop)
        let start = ContinuousClock.now
        while !Task.isCancelled {
            _ = await pause.wait(atMost: SecondLook.first)
            do { try await lookAgain(since: start) } catch {
                place.log.warning("suspects.failed error=\(error)")
            }
        }
    }

    private func lookAgain(since start: ContinuousClock.Instant) async throws {
        let looks = SecondLook.allowed(after: .now - start)
        while !Task.isCancelled, damage == nil {
            let looked = try await kept { try await self.store.lookAgain(allowed: looks) }
            guard let looked else { return }
            noteCommit()
            if let error = looked.error {
                place.log.warning("suspects.refused error=\(error)")
            } else {
                place.log.info("suspects.applied")
            }
            newestEvent = max(newestEvent, looked.newestEvent)
            news.ring()
        }
    }

    /// Something was written: if there was no room, there is again.
    private func noteCommit() { full = nil }

    /// Runs `body` on the store, and sorts out what is the matter with the store.
    func kept<Result>(_ body: () async throws -> Result) async throws -> Result {
        if damage != nil { throw Self.damaged }
        do {
            return try await body()
        } catch let error as DatabaseError {
            switch error.remedy {
            case .fix: throw error
            case .exit where error.isDamage:
                found(error)
                throw Self.damaged
            case .exit, .stayDown:
                // What was committed last is unknown, or nothing can be: the next process looks again.
                place.fail("store.io_failed error=\(error)")
            case .refuseWrites, .refuseRow, .retry:
                full = error
                if fullness.isDue() { place.log.error("store.full error=\(error)") }
                throw Problem(
                    .storeFull, status: 503, "inbox has no room to store what it is told.",
                    hint: "Free disk space; nothing is lost, the journals keep it.",
                    retryable: true, retryAfterSeconds: 1)
            }
        }
    }

    private static let damaged = Problem(
        .unavailable, status: 503, "The store of inbox is damaged.",
        hint: "See ./run.sh logs inbox; put a copy back. The journals keep what comes meanwhile.",
        retryable: true, retryAfterSeconds: 60)
}
