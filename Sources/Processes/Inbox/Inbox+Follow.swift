internal import Reactor
internal import Wire

extension Inbox {
    /// Events that are looked at in one go; a reader of few kinds gets its answer in several.
    private static let scannedAtOnce = 5_000
    /// The longest that a reader is kept waiting, in milliseconds: a minute and some to answer in.
    private static let longestWait = 60_000

    /// The changes after an event, at once or as soon as there is one.
    func follow(_ asked: FollowChanges) async throws -> FollowChanges.Answer {
        try check(limit: asked.limit)
        guard (0...Self.longestWait).contains(asked.wait) else {
            throw Problem.invalid(
                "wait", "wait is \(asked.wait) ms.", hint: "Use 0 to \(Self.longestWait).")
        }
        var number = try await start(asked.after)
        let kinds = KindFilter(asked.kinds)
        let deadline = ContinuousClock.now + .milliseconds(asked.wait)
        while true {
            // Before the look at the events, so that none of that time is missing among them.
            let completeTo = positions.completeTo[.ingress]
            let seen = newestEvent
            if number != seen {
                guard
                    let found = try await kept({
                        try await self.store.events(
                            after: number, of: kinds, limit: asked.limit,
                            scanned: Self.scannedAtOnce)
                    })
                else { throw try await expired() }
                number = found.last
                if !found.events.isEmpty || (found.more && asked.wait == 0) {
                    return answer(found.events, next: number, found.more, completeTo)
                }
                if found.more { continue }
            }
            // What came while the store was asked rang nobody: look again before waiting.
            if newestEvent > max(seen, number) { continue }
            let left = deadline - .now
            guard left > .zero, !Task.isCancelled else {
                return answer([], next: number, false, completeTo)
            }
            _ = await news.wait(atMost: left)
        }
    }

    private func answer(
        _ events: [Event], next: Int64, _ more: Bool, _ completeTo: Int64?
    ) -> FollowChanges.Answer {
        .init(
            events: events, next: EventID(epoch: epoch, number: next).text, more: more,
            completeTo: completeTo)
    }

    /// The number to go on after; nil means from now on.
    private func start(_ after: String?) async throws -> Int64 {
        guard let after else { return newestEvent }
        guard let id = EventID(after) else {
            throw Problem.invalid(
                "after", "This is no event's id.",
                hint: "Send next of the answer before, or leave it out to begin now.")
        }
        guard id.epoch == epoch else { throw try await expired() }
        return id.number
    }

    /// The event is of another inbox, or was dropped; `id` is where to go on.
    private func expired() async throws -> Problem {
        let oldest = try await kept { try await self.store.oldestEvent() }
        let id = EventID(epoch: epoch, number: oldest).text
        return Problem(
            .expired, status: 410, "The events after this one are not kept here any more.",
            hint: "Read everything anew, then go on after \(id), the oldest there is.", id: id)
    }
}
