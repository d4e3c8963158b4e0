import TestSupport
import Testing

/// Connections, and none.
@Suite("the fake Graph's port")
struct ListenerTests {
    @Test("connections are refused until it listens again, at the same port")
    func refuses() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let before = try await client.connection()
            #expect(try await client.send(over: before).status == 200)
            try await graph.refuse()
            #expect(try await client.failure() == .refused)
            await #expect(throws: HTTPFailure.self, "open ones are ended too") {
                try await client.send(over: before)
            }
            try await graph.listen()
            #expect(try await client.send().status == 200)
            #expect(try await graph.counts().accepted == 2)
        }
    }

    @Test("connections that are open may stay while new ones are refused")
    func keeps() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let before = try await client.connection()
            #expect(try await client.send(over: before).status == 200)
            try await graph.refuse(drop: false)
            #expect(try await client.failure() == .refused)
            #expect(try await client.send(over: before).status == 200)
        }
    }

    @Test("it comes back by itself")
    func comesBack() async throws {
        try await FakeGraph.with(tls: false) { graph in
            // Long enough for the next line on a loaded machine.
            try await graph.refuse(for: .seconds(2))
            #expect(try await Client(graph: graph).failure() == .refused)
            try await eventually("it listens again") {
                try await Client(graph: graph).failure() == nil
            }
        }
    }

    @Test(
        "a connection is greeted with silence or its end",
        arguments: [
            (FakeGraph.Greeting.hang, HTTPFailure.timedOut), (.reset, .reset), (.close, .closed),
        ])
    func greets(greeting: FakeGraph.Greeting, failure: HTTPFailure) async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.greet(greeting)
            let seen = try await Client(graph: graph).failure(
                timeout: greeting == .hang ? Client.hangs : .seconds(15))
            // What was sent and not read makes a reset of the close.
            #expect(seen == failure || (greeting == .close && seen == .reset))
            try await graph.greet(nil)
            #expect(try await Client(graph: graph).send().status == 200)
            #expect(try await graph.counts().requests == 1)
        }
    }

    @Test("what is counted can be waited for")
    func reaches() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            async let reached: Void = graph.reach(.accepted, 3)
            for _ in 0..<3 { _ = try await client.send() }
            try await reached
            await #expect(throws: NeverHappened.self) {
                try await graph.reach(.accepted, 4, within: .milliseconds(50))
            }
        }
    }

    @Test("one that was killed starts again, and has forgotten everything")
    func startsAgain() async throws {
        try await FakeGraph.with(tls: false) { graph in
            _ = try await Client(graph: graph).send()
            graph.kill()
            try await graph.start()
            #expect(try await graph.counts().requests == 0)
            #expect(try await Client(graph: graph).send().status == 200)
        }
    }
}
