import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// One request is one message at Meta, whatever breaks and whoever repeats.
    @Suite("once")
    struct OnceTests {
        private static let text = #"{"to":"+436605550122","text":"hello"}"#

        @Test(
            "a connection that Graph closes after it has read the message: never twice",
            arguments: 1...2)
        func closedAfterReading(onConnection: Int) async throws {
            try await withLiveGroup { group, graph in
                for _ in 1..<onConnection {
                    #expect(try await group.send("send", Self.text).status == 200)
                }
                try await graph.add(
                    GraphRule(
                        when: .init(onConnection: onConnection), times: 1,
                        .accept(statuses: [GraphStatus(.sent)]), .close))
                let answer = try await group.send("send", Self.text, ["Prefer: wait=5"])
                #expect([200, 202].contains(answer.status), "\(answer.text)")
                let id = try #require(answer.json["id"]?.text)
                try await eventually("its status settles it") {
                    try await group.status(of: id) == "sent"
                }
                // One more over a connection of its own: nothing else was on its way before it.
                #expect(try await group.send("send", Self.text).status == 200)
                #expect(try await graph.accepted().count == onConnection + 1)
                #expect(try await graph.acceptances()[id] == 1)
                #expect(try await graph.counts().requests == onConnection + 1)
            }
        }

        @Test("statuses before the answer, many times and late: one message, as far as it came")
        func earlyAndDoubled() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(
                    GraphRule(
                        .accept(statuses: [
                            GraphStatus(.delivered, early: true, copies: 3),
                            GraphStatus(.sent, early: true, copies: 2),
                            GraphStatus(.sent, copies: 3), GraphStatus(.read, copies: 2),
                            GraphStatus(.delivered, after: .milliseconds(300), copies: 2),
                        ])))
                let answer = try await group.send("send", Self.text, ["Idempotency-Key: early"])
                #expect(answer.status == 200, "\(answer.text)")
                let wamid = try #require(try await graph.accepted().first?.wamid)
                #expect(answer.json["message_id"]?.text == wamid)
                let id = try #require(answer.json["id"]?.text)
                try await graph.reach(.webhooks, 12)
                try await eventually("it is read") { try await group.status(of: id) == "read" }
                #expect(try await group.status(of: wamid) == "read")
                let again = try await group.send("send", Self.text, ["Idempotency-Key: early"])
                #expect(again.json["id"]?.text == id)
                #expect(try await graph.accepted().count == 1)
            }
        }

        @Test("1,000 equal requests at once: Graph sees one, and all have the same id")
        func equalRequests() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(GraphRule(.accept(), .hang(.seconds(1))))
                let equal = EqualRequests(to: group, body: Self.text)
                let answers = try await equal.run()
                #expect(answers.count == 1_000)
                #expect(Set(answers.map(\.status)) == [200])
                #expect(Set(answers.map(\.id)).count == 1)
                #expect(try await graph.accepted().count == 1)
            }
        }

        @Test(
            "1,000 equal requests while a process is killed in the middle: Graph sees one, and all have the same id",
            arguments: [GatewayProcess.Name.ingress, .provider])
        func equalRequestsThroughDeath(victim: GatewayProcess.Name) async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(
                    GraphRule(
                        .accept(statuses: [GraphStatus(.sent)]), .hang(.seconds(1))))
                let equal = EqualRequests(to: group, body: Self.text)
                async let answering = equal.run()
                try await graph.reach(.accepted, 1)
                group[victim].kill()
                try await group[victim].start()
                let answers = try await answering
                #expect(answers.count == 1_000)
                // One that was asked between the death and Meta's status is told that nobody knows.
                #expect(Set(answers.map(\.status)).isSubset(of: [200, 202]))
                #expect(Set(answers.map(\.id)).count == 1)
                try await eventually("its status settles it") {
                    try await group.send("send", Self.text, [EqualRequests.key]).status == 200
                }
                #expect(try await graph.accepted().count == 1)
            }
        }
    }
}

/// The same request 1,000 times at once, each repeated until it is answered.
private struct EqualRequests: Sendable {
    struct Answer: Sendable {
        let status: Int
        let id: String?
    }

    static let key = "Idempotency-Key: equal"
    /// With four on each: below the descriptors that a process may have anywhere.
    private static let connections = 250
    private static let each = 4

    private let group: TestGroup
    private let request: [UInt8]

    init(to group: TestGroup, body: String) {
        self.group = group
        request = HTTPConnection.request(
            "POST", "/api/whatsapp/send",
            group.authorization + ["Content-Type: application/json", Self.key],
            body: Array(body.utf8))
    }

    func run() async throws -> [Answer] {
        try await blocking {
            var connections = try (0..<Self.connections).map { _ in try group.connection() }
            for connection in connections { try connection.send(Self.all(request, Self.each)) }
            var answers: [Answer] = []
            for index in connections.indices {
                var left = Self.each
                while left > 0 {
                    do {
                        let answer = try connections[index].receive()
                        answers.append(
                            Answer(status: answer.status, id: answer.json["id"]?.text))
                        left -= 1
                    } catch HTTPFailure.closed, HTTPFailure.reset {
                        connections[index] = try group.connection()
                        try connections[index].send(Self.all(request, left))
                    }
                }
            }
            return answers
        }
    }

    private static func all(_ request: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(request, count: count).joined())
    }
}
