internal import Reactor
internal import Wire

/// Hands whole files to Meta, while their callers wait.
///
/// An upload whose answer was lost is made again, other than a send: Meta then has the file under an id that nobody
/// knows, and forgets it after 30 days.
actor MediaUploader {
    /// Tries while a caller waits.
    static let tries = 3
    /// Milliseconds that an answer may take back to ingress.
    private static let wayBack: Int64 = 250

    private let graph: any GraphMedia
    private let sender: MessageSender
    private let loop: EventLoop
    private let nap: Bell
    private let random: @Sendable (ClosedRange<Int64>) -> Int64

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        over graph: any GraphMedia, for sender: MessageSender, on loop: EventLoop,
        random: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { .random(in: $0) }
    ) {
        self.graph = graph
        self.sender = sender
        self.loop = loop
        self.random = random
        nap = Bell(on: loop)
    }

    /// Hands over the file at `path` until the deadline (boot clock, ms), and answers Meta's id.
    ///
    /// - Throws: `Problem`; after a retryable one the same file may be handed over again.
    func hand(
        _ file: Uploads.Finished, at path: String, until: Int64
    ) async throws(Problem) -> String {
        if let problem = await sender.pause(ofNumber: file.from) { throw problem }
        var problem = Problem.mediaUnanswered("no time was left")
        for attempt in 1...Self.tries {
            let left = until - Self.wayBack - Clocks.boot
            guard left > 0 else { break }
            switch await graph.upload(file, at: path, within: .milliseconds(left)) {
            case .success(let id): return id
            case .failure(let failure):
                var delay = Backoff.delay(after: attempt, random)
                switch failure {
                case .noAnswer(let reason): problem = .mediaUnanswered(reason)
                case .foreignHost: throw .foreignMediaHost
                case .refused(let error):
                    let ticket = Ticket(number: 0, id: "", from: file.from, person: "")
                    switch Verdict(error, for: ticket) {
                    case .retry(let heard, let atLeast, _), .slow(_, let heard, let atLeast):
                        problem = heard
                        delay = max(delay, atLeast)
                    case .block(let scope, let heard, _):
                        await sender.pause(scope, for: heard)
                        throw heard
                    case .reject(let heard): throw heard
                    }
                }
                guard attempt < Self.tries, delay < until - Self.wayBack - Clocks.boot else {
                    throw problem
                }
                _ = await nap.wait(atMost: .milliseconds(delay))
            }
        }
        throw problem
    }
}
