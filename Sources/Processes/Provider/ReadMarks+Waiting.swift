internal import CloudAPI
internal import JSON
internal import Reactor
internal import Wire

// Marks of conversations that were marked as read here: they wait in the outbox until Meta has them.

extension ReadMarks {
    /// Between two marks of a number, in ms: gently, since a person does not see when a tick turns blue.
    static let pace: Int64 = 100
    /// Between two looks at a number that is paused, in ms.
    static let pauseLook: Int64 = 30_000
    /// A number with nothing to tell is looked at again when there is news.
    static let longestWait: Int64 = 3_600_000

    /// Tells what waits, until its task is cancelled; the owner starts it once.
    func run() async {
        while !Task.isCancelled {
            isNews = false
            var wait = Self.longestWait
            for number in numbers {
                do { wait = min(wait, try await tellNext(of: number)) } catch {
                    // The disk, which a send tells somebody about; the mark is still there.
                    wait = min(wait, Self.pauseLook)
                }
            }
            // What came meanwhile rang nobody.
            if wait > Self.pace, isNews { continue }
            _ = await bell.wait(atMost: .milliseconds(wait))
        }
    }

    /// There may be more to tell.
    func look() {
        isNews = true
        bell.ring()
    }

    /// Tells the next mark of a number; answers in how many ms there may be another.
    private func tellNext(of number: String) async throws -> Int64 {
        guard await sender.pause(ofNumber: number) == nil else { return Self.pauseLook }
        let next = try await outbox.change { _, tables, now in
            try tables.readMarks.next(of: number, at: now).map { ($0, wait: $0.notBefore - now) }
        }
        guard let (mark, wait) = next else { return Self.longestWait }
        guard wait <= 0 else { return wait }
        let body = ReadMark(messageID: mark.wamid).body.encoded()
        let outcome = await graph.mark(body, from: number, within: Self.longestTry)
        guard !Task.isCancelled else { return Self.longestWait }
        switch await decide(on: outcome, from: number) {
        case .told: try await forget(mark)
        case .never(let problem): try await giveUp(mark, problem)
        case .later(let problem, _, let tries?) where mark.tries + 1 >= tries:
            try await giveUp(mark, problem)
        case .later(_, let atLeast, _):
            let delay = max(atLeast, Backoff.delay(after: mark.tries + 1, random))
            try await outbox.change { _, tables, now in
                try tables.readMarks.postpone(mark, to: now + delay)
            }
        case .blocked: return Self.pauseLook
        }
        return Self.pace
    }

    private func forget(_ mark: ReadMarkTable.Waiting) async throws {
        try await outbox.change { _, tables, _ in try tables.readMarks.remove(mark) }
    }

    private func giveUp(_ mark: ReadMarkTable.Waiting, _ problem: Problem) async throws {
        try await forget(mark)
        givenUp += 1
        onGivenUp(problem.providerCode)
    }
}
