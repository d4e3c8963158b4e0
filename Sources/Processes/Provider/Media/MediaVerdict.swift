internal import Wire

/// What a try to fetch a file came to.
enum MediaOutcome: Hashable, Sendable {
    /// It is here, whole, under that name.
    case fetched(file: String, size: Int64, sha256: String)
    case failed(MediaFailure)
    /// It has more bytes than Meta delivers.
    case tooLong
    /// It is not what was announced.
    case wrongDigest
    /// The disk failed.
    case unwritten(reason: String)
}

/// What follows from a try: a value, so that all of it is tested without a Graph.
enum MediaVerdict: Hashable, Sendable {
    case stored
    /// Again in so many ms; `isOfAll` when others would fare the same.
    case again(Int64, Problem, isStrike: Bool = false, isOfAll: Bool = false)
    /// Something that a person must cure: the scope waits, and nothing is counted.
    case pause(SendScope, Problem)
    case giveUp(Problem)

    /// Tries that blame the file itself, such as "no object has this id".
    ///
    /// With backoff they take a quarter of an hour: Meta says the same of a token that lacks a permission,
    /// which somebody may be about to cure.
    static let mostStrikes = 10
    /// Tries that bring other bytes than were announced: each costs the whole file.
    static let mostWrongDigests = 3

    init(_ outcome: MediaOutcome, for row: MediaRow, _ random: Backoff.Random) {
        let delay = Backoff.delay(after: row.failures + 1, random)
        func strike(_ problem: Problem, most: Int = Self.mostStrikes) -> MediaVerdict {
            row.strikes + 1 < most ? .again(delay, problem, isStrike: true) : .giveUp(problem)
        }
        switch outcome {
        case .fetched: self = .stored
        case .tooLong: self = .giveUp(.mediaTooLong)
        case .wrongDigest: self = strike(.mediaDiffers, most: Self.mostWrongDigests)
        case .unwritten(let reason):
            self = .again(max(delay, 5_000), .mediaUnwritten(reason), isOfAll: true)
        case .failed(.noAnswer(let reason)): self = .again(delay, .mediaUnanswered(reason))
        case .failed(.foreignHost): self = strike(.foreignMediaHost)
        case .failed(.refused(let error)):
            let ticket = Ticket(number: 0, id: row.id, from: row.phoneNumberID, person: "")
            switch Verdict(error, for: ticket) {
            case .retry(let problem, let atLeast, _): self = .again(max(delay, atLeast), problem)
            case .slow(_, let problem, let atLeast):
                self = .again(max(delay, atLeast), problem, isOfAll: true)
            case .block(let scope, let problem, _): self = .pause(scope, problem)
            case .reject(let problem): self = strike(problem)
            }
        }
    }
}

extension MediaRow {
    /// The row after a verdict at a moment (wall clock, ms), and when it may be tried again.
    func after(
        _ verdict: MediaVerdict, _ outcome: MediaOutcome, at now: Int64
    ) -> (row: MediaRow, notBefore: Int64) {
        var row = self
        switch (verdict, outcome) {
        case (.stored, .fetched(let file, let size, let sha256)):
            (row.state, row.file, row.size) = (.stored, file, size)
            (row.sha256, row.problem) = (sha256, nil)
            return (row, 0)
        case (.again(let delay, let problem, let isStrike, _), _):
            row.failures += 1
            if isStrike { row.strikes += 1 }
            row.problem = problem
            // Beyond its life nobody could give it.
            if now + delay >= expiresAt { row.state = .expired }
            return (row, now + delay)
        case (.pause(_, let problem), _): row.problem = problem
        case (.giveUp(let problem), _): (row.state, row.problem) = (.failed, problem)
        case (.stored, _): break
        }
        return (row, 0)
    }
}
