import Curl
import FoundationEssentials
import TestSupport
import Testing

@Suite("Transfers", .timeLimit(.minutes(1)))
struct ThreadTests {
    @Test("run a hundred at once, each with its own answer")
    func concurrent() async throws {
        let texts = try await Bench.run(script: { request in
            .send(ScriptedServer.answer(200, request.body))
        }) { bench, server in
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<100 {
                    group.addTask {
                        (number, try await bench.post("\(number)", to: server.port).text)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
        #expect(texts == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "\($0)") }))
    }

    @Test("start no thread")
    func noThread() async {
        // In a process where nothing else comes and goes.
        await #expect(processExitsWith: .success) {
            let counts = try await Bench.run(script: { _ in
                .send(ScriptedServer.answer(200, "{}"))
            }) { bench, server in
                let before = try threads()
                for _ in 0..<20 { _ = try await bench.post(to: server.port) }
                _ = try await bench.post(to: try Listener.freePort())
                return (before, try threads())
            }
            #expect(counts.0 == counts.1)
        }
    }
}

private func threads() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
}
