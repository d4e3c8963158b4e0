import JSON
import TestSupport
import Testing

/// How an answer leaves, as a client sees it over plain TCP.
@Suite("the fake Graph's deliveries")
struct DeliveryTests {
    @Test(
        "a message is accepted whose answer never arrives",
        arguments: [
            (GraphRule.Delivery.close, HTTPFailure.closed), (.reset, .reset), (.half, .closed),
            (.resetMidway, .reset), (.stall, .timedOut), (.hang(), .timedOut),
        ])
    func losesAnswers(delivery: GraphRule.Delivery, failure: HTTPFailure) async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.accept(), delivery))
            let limit = failure == .timedOut ? Client.hangs : .seconds(15)
            #expect(try await Client(graph: graph).failure(timeout: limit) == failure)
            try await graph.reach(.accepted, 1)
        }
    }

    @Test(
        "a request is lost without a trace",
        arguments: [
            (GraphRule.Delivery.close, HTTPFailure.closed), (.reset, .reset), (.hang(), .timedOut),
            (.unreadHang, .timedOut),
        ])
    func losesRequests(delivery: GraphRule.Delivery, failure: HTTPFailure) async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.nothing, delivery))
            let limit = failure == .timedOut ? Client.hangs : .seconds(15)
            #expect(try await Client(graph: graph).failure(timeout: limit) == failure)
            try await graph.reach(.requests, 1)
            let counts = try await graph.counts()
            #expect(counts.requests == 1)
            #expect(counts.accepted == 0 && counts.errors == 0)
        }
    }

    @Test("half an answer is its head and a piece of its body")
    func sendsHalf() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.accept(), .half))
            let client = Client(graph: graph)
            let connection = try await client.connection()
            let request = HTTPConnection.request(
                "POST", Client.path, client.fields, body: Client.text())
            let text = try await blocking {
                try connection.send(request)
                return String(decoding: try connection.receiveToEnd(), as: UTF8.self)
            }
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains(#"{"messaging_product""#))
            #expect(!text.contains("wamid."))
        }
    }

    @Test("a late and a slow answer arrive whole, and the connection stays")
    func isSlow() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(times: 1, .accept(), .hang(.milliseconds(100))))
            try await graph.add(GraphRule(times: 1, .accept(), .slow(.milliseconds(1))))
            let client = Client(graph: graph)
            let connection = try await client.connection()
            let start = ContinuousClock.now
            for _ in 0..<3 {
                #expect(try await client.send(over: connection).wamid != nil)
            }
            // The second answer has more than 100 bytes.
            #expect(ContinuousClock.now - start > .milliseconds(200))
            #expect(try await graph.counts().connections == 1)
        }
    }

    @Test("an answer of 200 can be unreadable, of a message that was accepted")
    func garbles() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.accept(), .garbled))
            let answer = try await Client(graph: graph).send()
            #expect(answer.status == 200)
            #expect(answer.json == .null)
            #expect(try await graph.counts().accepted == 1)
        }
    }

    @Test("an answer can leave before the body has come")
    func answersUnread() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.error(130429), .unread))
            let client = Client(graph: graph)
            let connection = try await client.connection()
            let body = Client.text()
            let request = HTTPConnection.request("POST", Client.path, client.fields, body: body)
            let answer = try await blocking {
                try connection.send(request.dropLast(body.count))
                return try connection.receive()
            }
            #expect(answer.errorCode == 130429)
            #expect(answer["Connection"] == "close")
        }
    }

    @Test("a body that is left unread fills the way to it")
    func leavesUnread() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(
                GraphRule(when: .init(endpoint: .any), .nothing, .unreadHang))
            let client = Client(graph: graph)
            let connection = try await client.connection(timeout: Client.hangs)
            let head = HTTPConnection.request(
                "POST", Client.path, client.fields + ["Content-Length: 67108864"])
            await #expect(throws: HTTPFailure.timedOut) {
                try await blocking {
                    try connection.send(head)
                    try connection.send(repeatElement(0x20, count: 64 << 20))
                }
            }
        }
    }

    @Test("the second request of a connection is read whole, and the connection closed")
    func closesOnSecond() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(
                GraphRule(when: .init(onConnection: 2), .nothing, .close))
            let client = Client(graph: graph)
            let connection = try await client.connection()
            #expect(try await client.send(over: connection).status == 200)
            await #expect(throws: HTTPFailure.closed) {
                try await client.send(over: connection)
            }
            #expect(try await client.send().status == 200, "the first of another connection")
            let counts = try await graph.counts()
            #expect(counts.requests == 3)
            #expect(counts.accepted == 2)
        }
    }
}
