import FoundationEssentials
import JSON
import TestSupport
import Testing

/// What is told of a message after it was accepted.
@Suite("the fake Graph's statuses")
struct StatusTests {
    private static let secret = "demo-app-secret-0001"

    /// Lends a fake whose statuses go to a receiver.
    private func withReceiver(
        tries: Int = 1, _ body: (FakeGraph, WebhookReceiver) async throws -> Void
    ) async throws {
        let receiver = try WebhookReceiver()
        try await FakeGraph.with(tls: false) { graph in
            try await graph.setWebhook(
                url: receiver.url, appSecret: Self.secret, tries: tries)
            try await body(graph, receiver)
        }
    }

    private func status(in webhook: WebhookReceiver.Webhook) throws -> JSONValue {
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(webhook.body))
        let change = json["entry"]?.elements?.first?["changes"]?.elements?.first
        return try #require(change?["value"]?["statuses"]?.elements?.first)
    }

    @Test("a status is a webhook as Meta's, signed, with the callback data of its message")
    func posts() async throws {
        try await withReceiver { graph, receiver in
            try await graph.add(GraphRule(.accept(statuses: [GraphStatus(.sent)])))
            let answer = try await Client(graph: graph).send(Client.text(callback: "out.1"))
            let webhook = try await receiver.next()
            #expect(webhook.head.hasPrefix("POST /api/whatsapp/webhook HTTP/1.1\r\n"))
            let signature = TestGroup.signature(of: webhook.body, secret: Self.secret)
            #expect(webhook.head.contains("\r\nX-Hub-Signature-256: \(signature)\r\n"))
            let status = try status(in: webhook)
            #expect(status["id"]?.text == answer.wamid)
            #expect(status["status"] == "sent")
            #expect(status["biz_opaque_callback_data"] == "out.1")
            #expect(status["recipient_id"] == "436605550122")
            try await graph.reach(.webhooks, 1)
            #expect(try await graph.webhooks().map(\.answer) == [200])
        }
    }

    @Test("statuses come in the order, as often and with the error that a test wants")
    func postsMany() async throws {
        try await withReceiver { graph, receiver in
            try await graph.add(
                GraphRule(
                    .accept(statuses: [
                        GraphStatus(.delivered, copies: 2),
                        GraphStatus(.failed, code: 131047, after: .milliseconds(50)),
                    ])))
            _ = try await Client(graph: graph).send()
            var seen: [JSONValue] = []
            for _ in 0..<3 { seen.append(try status(in: await receiver.next())) }
            #expect(seen.map { $0["status"]?.text } == ["delivered", "delivered", "failed"])
            #expect(seen.last?["errors"]?.elements?.first?["code"] == 131047)
        }
    }

    @Test("an early status is answered before the send is")
    func postsEarly() async throws {
        try await withReceiver { graph, receiver in
            try await graph.add(
                GraphRule(.accept(statuses: [GraphStatus(.sent, early: true)])))
            let client = Client(graph: graph)
            let connection = try await client.connection()
            let request = HTTPConnection.request(
                "POST", Client.path, client.fields, body: Client.text())
            try await blocking { try connection.send(request) }
            try await graph.reach(.accepted, 1)
            #expect(!connection.hasAnswer(within: .milliseconds(100)))
            let webhook = try await receiver.next()
            let answer = try await blocking { try connection.receive() }
            #expect(try status(in: webhook)["id"]?.text == answer.wamid)
        }
    }

    @Test("a message whose answer was lost has its statuses all the same")
    func postsOfLost() async throws {
        try await withReceiver { graph, receiver in
            try await graph.add(
                GraphRule(.accept(statuses: [GraphStatus(.sent)]), .close))
            #expect(try await Client(graph: graph).failure() == .closed)
            let wamid = try await graph.accepted().first?.wamid
            #expect(try status(in: await receiver.next())["id"]?.text == wamid)
        }
    }

    @Test("a late status leaves when the test says so, and tells what its receiver answered")
    func postsLate() async throws {
        try await withReceiver { graph, receiver in
            let wamid = try #require(try await Client(graph: graph).send().wamid)
            async let webhook = receiver.next(answering: 503)
            #expect(try await graph.post(GraphStatus(.read), of: wamid) == 503)
            #expect(try status(in: try await webhook)["status"] == "read")
            await #expect(throws: FakeGraph.Refused.self) {
                try await graph.post(GraphStatus(.read), of: "wamid.unknown")
            }
        }
    }

    @Test("a webhook is tried again while it is not answered 200")
    func triesAgain() async throws {
        try await withReceiver(tries: 3) { graph, receiver in
            let wamid = try #require(try await Client(graph: graph).send().wamid)
            async let answer = graph.post(GraphStatus(.sent), of: wamid)
            let first = try await receiver.next(answering: 500)
            let second = try await receiver.next(answering: 200)
            #expect(try await answer == 200)
            #expect(first.body == second.body)
        }
    }
}
