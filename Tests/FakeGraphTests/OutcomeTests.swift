import JSON
import TestSupport
import Testing

/// What Graph makes of a message.
@Suite("the fake Graph's outcomes")
struct OutcomeTests {
    @Test("without a rule a message is accepted, with a wamid of its own, and counted")
    func accepts() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let answer = try await client.send(Client.text(callback: "out.1"))
            #expect(answer.status == 200)
            #expect(answer.json["messaging_product"]?.text == "whatsapp")
            let contact = answer.json["contacts"]?.elements?.first
            #expect(contact == ["input": "+436605550122", "wa_id": "436605550122"])
            let wamid = try #require(answer.wamid)
            #expect(wamid.hasPrefix("wamid."))
            let second = try await client.send(Client.text(callback: "out.2"))
            #expect(second.wamid != wamid)

            let counts = try await graph.counts()
            #expect(counts.accepted == 2)
            #expect(counts.byCallback == ["out.1": 1, "out.2": 1])
            #expect(counts.byRecipient == [Client.recipient: 2])
            #expect(counts.endpoints == ["messages": 2])
            let accepted = try await graph.accepted()
            #expect(accepted.map(\.callback) == ["out.1", "out.2"])
            #expect(accepted.first?.wamid == wamid)
            #expect(accepted.first?.phoneNumberID == "106540352242922")
            #expect(accepted.first?.body["text"]?["body"] == "hello")
            #expect(accepted[0].at <= accepted[1].at && accepted[0].at > 0)
            #expect(try await graph.accepted(from: 1).map(\.callback) == ["out.2"])

            try await graph.clear()
            #expect(try await graph.counts().accepted == 0)
        }
    }

    @Test("the same message twice is two messages: Graph knows no idempotency")
    func countsTwice() async throws {
        try await FakeGraph.with(tls: false) { graph in
            for _ in 0..<2 { _ = try await Client(graph: graph).send(Client.text(callback: "a")) }
            #expect(try await graph.counts().byCallback == ["a": 2])
        }
    }

    @Test("an answer tells the resolved number and the state of a template, as told to")
    func acceptsInDetail() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(
                GraphRule(
                    .accept(messageStatus: "held_for_quality_assessment", waID: "43660999")))
            let answer = try await Client(graph: graph).send()
            #expect(answer.json["contacts"]?.elements?.first?["wa_id"] == "43660999")
            let message = answer.json["messages"]?.elements?.first
            #expect(message?["message_status"] == "held_for_quality_assessment")
        }
    }

    @Test("a business-scoped user id is answered as one")
    func acceptsUserID() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let body =
                #"{"messaging_product":"whatsapp","recipient":"AT.70011223344556677","#
                + #""type":"text","text":{"body":"x"}}"#
            let answer = try await Client(graph: graph).send(Array(body.utf8))
            let id: JSONValue = "AT.70011223344556677"
            #expect(answer.json["contacts"]?.elements == [["input": id, "user_id": id]])
        }
    }

    /// Codes of every class, and one that Meta does not list.
    private static let statuses = [
        (0, 401), (1, 400), (2, 503), (4, 400), (10, 403), (100, 400), (190, 401), (368, 403),
        (80007, 400), (130429, 400), (131000, 500), (131026, 400), (131031, 403), (131047, 400),
        (131056, 400), (131208, 429), (132001, 404), (132015, 400), (999_999, 400),
    ]

    @Test("an error is Graph's envelope with the status that Meta lists")
    func answersErrors() async throws {
        try await FakeGraph.with(tls: false) { graph in
            for (code, status) in Self.statuses {
                try await graph.add(GraphRule(times: 1, .error(code)))
                let answer = try await Client(graph: graph).send()
                #expect(answer.status == status, "\(code)")
                #expect(answer.errorCode == .integer(Int64(code)))
                let error = try #require(answer.json["error"])
                #expect(error["type"] == "OAuthException")
                #expect(error["message"]?.text?.hasPrefix("(#\(code)) ") == true)
                #expect(error["fbtrace_id"]?.text?.isEmpty == false)
                #expect(error["is_transient"] == nil)
            }
            #expect(try await graph.counts().accepted == 0)
            #expect(try await graph.errors().map(\.code) == Self.statuses.map(\.0))
        }
    }

    @Test("an error has the status, the details and the headers that a test gives it")
    func answersErrorsInDetail() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let usage = #"{"call_count":100,"total_time":25,"total_cputime":25}"#
            try await graph.add(
                GraphRule(
                    .error(4, status: 429, details: "slow down", subcode: 7, isTransient: true),
                    headers: ["Retry-After": "3", "X-App-Usage": usage]))
            let answer = try await Client(graph: graph).send()
            #expect(answer.status == 429)
            #expect(answer["Retry-After"] == "3")
            #expect(answer["X-App-Usage"] == usage)
            let error = answer.json["error"]
            #expect(error?["error_data"]?["details"] == "slow down")
            #expect(error?["error_subcode"] == 7)
            #expect(error?["is_transient"] == true)
        }
    }

    @Test("rate headers come with every answer once they are set")
    func answersDefaultHeaders() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.setDefaultHeaders(["X-App-Usage": #"{"call_count":81}"#])
            #expect(try await Client(graph: graph).send()["X-App-Usage"] == #"{"call_count":81}"#)
        }
    }

    @Test("a proxy's page is no JSON and accepts nothing")
    func answersPages() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.add(GraphRule(.raw(status: 502, body: "<html>Bad Gateway</html>")))
            let answer = try await Client(graph: graph).send()
            #expect(answer.status == 502)
            #expect(answer["Content-Type"] == "text/html")
            #expect(answer.text == "<html>Bad Gateway</html>")
            #expect(try await graph.counts().accepted == 0)
        }
    }

    @Test(
        "what is no message is refused as Graph does",
        arguments: [
            ("{", 100), ("[]", 100), (#"{"to":"1","type":"text","text":{}}"#, 100),
            (#"{"messaging_product":"whatsapp","type":"text","text":{}}"#, 131008),
            (#"{"messaging_product":"whatsapp","to":"1","type":"text"}"#, 131008),
        ])
    func refuses(body: String, code: Int) async throws {
        try await FakeGraph.with(tls: false) { graph in
            let answer = try await Client(graph: graph).send(Array(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.errorCode == .integer(Int64(code)))
            #expect(try await graph.counts().accepted == 0)
        }
    }

    @Test("a read mark succeeds and is no message")
    func takesReadMarks() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let body = #"{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1"}"#
            let answer = try await Client(graph: graph).send(Array(body.utf8))
            #expect(answer.json == ["success": true])
            #expect(try await graph.counts().accepted == 0)
            #expect(try await graph.readMarks().map { $0["message_id"] } == ["wamid.1"])
        }
    }
}
