import JSON
import Synchronization
import TestSupport
import Testing

extension LoadingTests {
    /// Each process killed at each system call on the way of a live send, while Graph counts what it took.
    @Suite("each step of a send", .enabled("strace is there, and no sanitizer") { Fault.canInject })
    struct SendStepTests {
        /// Signer has no store.
        static let walks: [(GatewayProcess.Name, [Steps])] = [
            (.provider, Steps.allCases), (.ingress, Steps.allCases),
            (.signer, [.words, .turns, .files]),
        ]

        @Test(
            "killed at any step: never lost, never twice, and the same key is the same message",
            arguments: walks)
        func killedAtEachStep(name: GatewayProcess.Name, steps: [Steps]) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for steps in steps {
                    tasks.addTask {
                        try await withLiveGroup { group, graph in
                            try await graph.add(
                                GraphRule(.accept(statuses: [GraphStatus(.sent)])))
                            try await Self.walk(steps, name, group, graph)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        @Test("in stub provider killed at any step: a send repeated with its key is taken in once")
        func stubKilledAtEachStep() async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for steps in Steps.allCases {
                    tasks.addTask {
                        try await withGroup { group in
                            try await group.start()
                            let texts = Mutex<[String]>([])
                            try await group.walk(steps, of: .provider) { point in
                                let text = "\(steps).\(point)"
                                try await group.sendUntilTaken(text)
                                texts.withLock { $0.append(text) }
                            }
                            let sent = texts.withLock { $0.sorted() }
                            try await eventually("all have come") {
                                try await group.messages()?.count == sent.count
                            }
                            #expect(try await group.settledTexts() == sent)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        private static func walk(
            _ steps: Steps, _ name: GatewayProcess.Name, _ group: TestGroup, _ graph: FakeGraph
        ) async throws {
            let sent = Mutex<[String: Int]>([:])
            try await group.walk(steps, of: name) { point in
                let ids = try await group.sendUntilSettled("\(steps) \(point)", graph)
                #expect(ids.count == 1, "\(name) \(steps) \(point): \(ids)")
                for id in ids {
                    #expect(sent.withLock { $0.updateValue(point, forKey: id) } == nil)
                }
            }
            let points = sent.withLock { $0 }
            for (id, point) in points {
                let times = try await graph.acceptances()[id, default: 0]
                #expect(times <= 1, "\(name) \(steps) \(point)")
                // Claimed and never heard of: only a person may send it again.
                let status = times == 1 ? "sent" : "unknown"
                try await eventually("\(name) \(steps) \(point) is \(status)") {
                    try await group.status(of: id) == status
                }
            }
            #expect(Set(try await graph.acceptances().keys).isSubset(of: points.keys))
        }
    }
}

extension TestGroup {
    /// Sends with a key, and repeats until it is settled; answers the ids that the answers named.
    fileprivate func sendUntilSettled(_ text: String, _ graph: FakeGraph) async throws -> Set<
        String
    > {
        var ids: Set<String> = []
        var fields = ["Idempotency-Key: \(text.filter { $0 != " " })"]
        try await eventually("\(text) is settled", within: .seconds(30)) {
            let answer = try? await sendText(text, to: Self.person(0), fields)
            fields = [fields[0], "Prefer: wait=0"]
            guard let answer, let id = answer.json["id"]?.text else { return false }
            ids.insert(id)
            if answer.status == 200 { return true }
            let times = try await graph.acceptances()[id, default: 0]
            return answer.json["status"]?.text == "unknown" && times == 0
        }
        return ids
    }
}
