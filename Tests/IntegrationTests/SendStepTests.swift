import Glibc
import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Provider killed at each system call on the way of a live send, while Graph counts what it took.
    @Suite("each step of a send", .enabled("strace is there") { Fault.canInject })
    struct SendStepTests {
        /// What its threads call while a message is taken in, claimed, sent and settled.
        enum Steps: String, CaseIterable {
            /// The outbox: every page written, every sync.
            case outbox = "pwrite64,fdatasync"
            /// What others hear: Graph, signer, inbox, ingress.
            case words = "connect,sendto,write"
            /// What it hears of them, and each turn of its loop.
            case turns = "?epoll_wait,?epoll_pwait,recvfrom,read"
        }

        /// Beyond this many calls something runs that is no step of a send.
        private static let farthest = 400
        /// Sends that met no death, one after the other, before the last step is taken to be behind us.
        private static let untouchedEnough = 3

        @Test("killed at any step: never lost, never twice, and the same key is the same message")
        func killedAtEachStep() async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for steps in Steps.allCases {
                    tasks.addTask {
                        try await withLiveGroup { group, graph in
                            try await graph.add(
                                GraphRule(.accept(statuses: [GraphStatus(.sent)])))
                            try await Self.walk(steps, group, graph)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        private static func walk(
            _ steps: Steps, _ group: TestGroup, _ graph: FakeGraph
        ) async throws {
            var deaths = 0
            var untouched = 0
            var points: [String: Int] = [:]
            for point in 1...farthest where untouched < untouchedEnough {
                group.provider.kill()
                await group.startOrDie(.provider, at: point, of: steps.rawValue)
                // Deaths at the start are no step of a send.
                guard group.provider.isRunning else { continue }
                let sent = try await group.sendThroughDeath("\(steps) \(point)", graph)
                if sent.hasDied { deaths += 1 }
                untouched = sent.hasDied ? 0 : untouched + 1
                #expect(sent.ids.count == 1, "\(steps) \(point): \(sent.ids)")
                for id in sent.ids { #expect(points.updateValue(point, forKey: id) == nil) }
            }
            #expect(untouched == untouchedEnough && deaths > 5, "\(steps): \(deaths) deaths")
            // The last one goes on to count its calls, towards its death.
            group.provider.kill()
            try await group.provider.start()
            for (id, point) in points {
                let times = try await graph.acceptances()[id, default: 0]
                #expect(times <= 1, "\(steps) \(point)")
                // Claimed and never heard of: only a person may send it again.
                let status = times == 1 ? "sent" : "unknown"
                try await eventually("\(steps) \(point) is \(status)") {
                    try await group.status(of: id) == status
                }
            }
            #expect(Set(try await graph.acceptances().keys).isSubset(of: points.keys))
        }
    }
}

extension TestGroup {
    /// What became of one message.
    fileprivate struct Sent {
        /// Those that the answers named.
        var ids: Set<String> = []
        var hasDied = false
    }

    /// Sends with a key, and repeats until it is settled.
    fileprivate func sendThroughDeath(_ text: String, _ graph: FakeGraph) async throws -> Sent {
        var sent = Sent()
        var fields = ["Idempotency-Key: \(text.filter { $0 != " " })"]
        try await eventually("\(text) is settled", within: .seconds(30)) {
            let (answer, hasDied) = try await askThroughDeath(text, fields)
            sent.hasDied = sent.hasDied || hasDied
            fields = [fields[0], "Prefer: wait=0"]
            guard let answer, let id = answer.json["id"]?.text else { return false }
            sent.ids.insert(id)
            if answer.status == 200 { return true }
            let times = try await graph.acceptances()[id, default: 0]
            return answer.json["status"]?.text == "unknown" && times == 0
        }
        return sent
    }

    /// Sends, and starts provider again whenever it dies before the answer.
    private func askThroughDeath(
        _ text: String, _ fields: [String]
    ) async throws -> (answer: HTTPAnswer?, hasDied: Bool) {
        let isAnswered = Counter()
        async let answer = {
            defer { isAnswered.add() }
            return try? await sendText(text, to: Self.person(0), fields)
        }()
        var hasDied = false
        repeat { hasDied = try await revive() || hasDied } while isAnswered.count == 0
        return (await answer, hasDied)
    }

    /// Starts provider again if it is dead; answers whether it was.
    private func revive() async throws -> Bool {
        do {
            let ended = try await provider.ended(within: .milliseconds(20))
            #expect(ended == .killed(signal: SIGKILL))
        } catch is NeverHappened {
            return false
        }
        try await provider.start()
        return true
    }
}
