import Curl
import FoundationEssentials
import Reactor
import TestSupport
import Testing

@Suite("A transfer", .timeLimit(.minutes(1)))
struct TransferTests {
    @Test("an answer comes with its status, its fields in lower case and its body")
    func answered() async throws {
        let (result, request) = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, "{}", fields: ["X-App-Usage:  {\"call_count\":1} "]))
        }) { bench, server in
            (try await bench.post("hello", to: server.port), await server.received.first)
        }
        #expect(result.code == 0 && result.failure == nil && result.requests == 1)
        #expect(result.status == 200 && result.text == "{}")
        #expect(result.field("x-app-usage") == "{\"call_count\":1}")
        let head = try #require(request?.head)
        #expect(head.hasPrefix("POST /messages HTTP/1.1\r\n"))
        #expect(!head.lowercased().contains("expect:"))
        #expect(request?.body == "hello")
    }

    @Test("the connection is used again")
    func reused() async throws {
        let connections = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, "{}"))
        }) { bench, server in
            for _ in 0..<3 {
                let result = try await bench.post(to: server.port)
                #expect(result.status == 200)
            }
            return await server.connections
        }
        #expect(connections == 1)
    }

    @Test(
        "a connection that closed while idle is noticed, and the request is sent once over a new one"
    )
    func idleClose() async throws {
        let (result, connections, received) = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, "{}"))
        }) { bench, server in
            _ = try await bench.post("one", to: server.port)
            await server.closeConnections()
            let result = try await bench.post("two", to: server.port)
            return (result, await server.connections, await server.received.map(\.body))
        }
        #expect(result.status == 200 && result.requests == 1)
        #expect(connections == 2 && received == ["one", "two"])
    }

    @Test("a reused connection that closes without an answer: the body is sent once, never again")
    func neverTwice() async throws {
        let (first, second, received) = try await Bench.run(script: { request in
            request.number == 1 ? .send(ScriptedServer.answer(200, "{}")) : .close
        }) { bench, server in
            let first = try await bench.post("one", to: server.port)
            let second = try await bench.post("two", to: server.port)
            return (first, second, await server.received)
        }
        #expect(first.status == 200)
        #expect(second.hasLeft == .maybe && second.requests == 2 && second.status == nil)
        #expect(second.code == 42)
        #expect(received.map(\.body) == ["one", "two"])
    }
}
