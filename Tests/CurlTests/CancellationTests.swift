import Curl
import FoundationEssentials
import Reactor
import TestSupport
import Testing

@Suite("A transfer that is given up", .timeLimit(.minutes(1)))
struct CancellationTests {
    private static func post(
        _ bench: Bench, _ port: UInt16, scheme: String = "http"
    ) -> Task<TransferResult, any Error> {
        Task(executorPreference: bench.loop) { try await bench.post(scheme: scheme, to: port) }
    }

    @Test("before its connection stands has never left")
    func beforeItLeft() async throws {
        let result = try await Bench.run(greeting: .ignore) { bench, server in
            let task = Self.post(bench, server.port, scheme: "https")
            #expect(await server.has(connections: 1))
            task.cancel()
            return try await task.value
        }
        #expect(result.hasLeft == .never && result.failure == "cancelled")
    }

    @Test("by a task that was cancelled already is not begun")
    func beforeItBegan() async throws {
        let (result, connections) = try await Bench.run { bench, server in
            let task = Self.post(bench, server.port)
            task.cancel()
            return (try await task.value, await server.connections)
        }
        #expect(result.hasLeft == .never && connections == 0)
    }

    @Test("after it was sent may have arrived")
    func afterItLeft() async throws {
        let result = try await Bench.run { bench, server in
            let task = Self.post(bench, server.port)
            #expect(await server.has(received: 1))
            task.cancel()
            return try await task.value
        }
        #expect(result.hasLeft == .maybe && result.status == nil)
    }

    @Test("takes no other with it")
    func alone() async throws {
        let result = try await Bench.run(script: { request in
            request.body == "hang" ? .hang : .send(ScriptedServer.answer(200, "{}"))
        }) { bench, server in
            let hanging = Task(executorPreference: bench.loop) {
                try await bench.post("hang", to: server.port)
            }
            #expect(await server.has(received: 1))
            hanging.cancel()
            let after = try await bench.post(to: server.port)
            _ = try await hanging.value
            return after
        }
        #expect(result.status == 200)
    }

    @Test("by closing ends all that is under way, and nothing begins afterwards")
    func closed() async throws {
        let (first, second) = try await Bench.run { bench, server in
            let task = Self.post(bench, server.port)
            #expect(await server.has(received: 1))
            await bench.transfers.close()
            return (try await task.value, try await bench.post(to: server.port))
        }
        #expect(first.hasLeft == .maybe && second.hasLeft == .never)
    }
}
