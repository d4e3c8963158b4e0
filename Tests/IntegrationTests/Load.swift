import Synchronization
import TestSupport

/// Callers who post webhooks, each a different one, until they are told to stop.
final class Load: Sendable {
    /// What became of all that was posted.
    struct Tally: Sendable {
        /// The bodies that got 200.
        var acknowledged: [[UInt8]] = []
        /// Statuses other than 200.
        var otherAnswers: [Int] = []
        var refused = 0
        /// Broken off: nobody knows whether it was stored.
        var unanswered = 0
    }

    private let port: UInt16
    private let secret: String
    private let connections: Int
    private let tally = Mutex(Tally())
    private let stopped = Flag()

    init(port: UInt16, secret: String = TestGroup.appSecret, connections: Int) {
        self.port = port
        self.secret = secret
        self.connections = connections
    }

    var answered: Int { tally.withLock { $0.acknowledged.count } }

    func stop() { stopped.raise() }

    /// Posts over that many kept-alive connections, each made anew when it breaks.
    func run() async throws -> Tally {
        try await onThreads(connections, call)
        return tally.withLock { $0 }
    }

    private func call(_ caller: Int, isCancelled: () -> Bool) {
        var connection: HTTPConnection?
        var n = 0
        while !stopped.isUp, !isCancelled() {
            n += 1
            let body = Payload.text("hello", wamid: "wamid.\(caller).\(n)")
            do {
                let used = try connection ?? HTTPConnection(port: port)
                connection = used
                let answer = try used.ask(
                    "POST", TestGroup.webhookPath,
                    TestGroup.webhookFields(body, secret: secret), body: body)
                if answer["Connection"] == "close" { connection = nil }
                tally.withLock { tally in
                    if answer.status == 200 {
                        tally.acknowledged.append(body)
                    } else {
                        tally.otherAnswers.append(answer.status)
                    }
                }
            } catch HTTPFailure.refused {
                tally.withLock { $0.refused += 1 }
            } catch {
                connection = nil
                tally.withLock { $0.unanswered += 1 }
            }
        }
    }
}

/// A number that several threads count up.
final class Counter: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
}
