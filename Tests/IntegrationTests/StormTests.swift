import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Everything at once: callers who repeat what was not answered, and processes that die at random.
    @Suite("storms")
    struct StormTests {
        @Test(
            "any process killed at any time: each webhook and each send is there once, whatever it took",
            arguments: 1...2)
        func randomKills(seed: UInt64) async throws {
            try await withGroup { group in
                try await group.start()
                let callers = Callers(of: group, count: 8)
                async let calling: Void = callers.run()
                var random = Seeded(seed)
                for _ in 0..<24 {
                    let before = callers.done
                    try await eventually("calls are answered") { callers.done > before + 5 }
                    let victim = group.all[Int.random(in: 0..<4, using: &random)]
                    victim.kill()
                    try await victim.start()
                }
                callers.stop()
                try await calling
                #expect(callers.refused == 0)
                #expect(callers.texts.count > 100)
                try await eventually("both journals are shipped", within: .seconds(30)) {
                    try await group.messages()?.count == callers.texts.count
                }
                #expect(try await group.settledTexts() == callers.texts)
            }
        }

        @Test("all four killed at once, again and again: nothing that was answered is lost")
        func allAtOnce() async throws {
            try await withGroup { group in
                try await group.start()
                let callers = Callers(of: group, count: 4)
                async let calling: Void = callers.run()
                for _ in 0..<5 {
                    let before = callers.done
                    try await eventually("calls are answered") { callers.done > before + 10 }
                    for process in group.all { process.kill() }
                    try await group.start()
                }
                callers.stop()
                try await calling
                #expect(callers.refused == 0)
                #expect(callers.texts.count > 50)
                try await eventually("both journals are shipped", within: .seconds(30)) {
                    try await group.messages()?.count == callers.texts.count
                }
                #expect(try await group.settledTexts() == callers.texts)
            }
        }
    }
}
