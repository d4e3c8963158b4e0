import TestSupport
import Testing

extension LoadingTests {
    /// Each process killed at each system call on the way of a webhook, from its socket to what people read.
    @Suite("each step of a webhook", .enabled("strace is there") { Fault.canInject })
    struct WebhookStepTests {
        /// Signer has no store.
        static let walks: [(GatewayProcess.Name, [Steps])] = [
            (.ingress, Steps.allCases), (.signer, [.words, .turns, .files]),
            (.inbox, Steps.allCases),
        ]

        @Test(
            "killed at any step: what was answered 200 is there once, and what was not can be repeated",
            arguments: walks)
        func killedAtEachStep(name: GatewayProcess.Name, steps: [Steps]) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for steps in steps {
                    tasks.addTask {
                        try await withGroup { group in try await Self.walk(steps, name, group) }
                    }
                }
                try await tasks.waitForAll()
            }
        }

        private static func walk(
            _ steps: Steps, _ name: GatewayProcess.Name, _ group: TestGroup
        ) async throws {
            try await group.start()
            try await group.walk(steps, of: name) { point in
                let person = "4366055\(60_000 + point)"
                let body = Payload.text("w\(point)", wamid: "wamid.\(point)", from: person)
                try await eventually("\(name) \(steps) \(point) is taken", within: .seconds(30)) {
                    await (try? group.webhook(body))?.status == 200
                }
                try await eventually("\(name) \(steps) \(point) is read", within: .seconds(30)) {
                    guard let found = try? await group.messages(with: "+\(person)") else {
                        return false
                    }
                    #expect(found.count < 2, "\(name) \(steps) \(point)")
                    return found.count == 1
                }
            }
        }
    }
}
