import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Meta repeats, reorders and mixes; people see each thing once.
    @Suite("what Meta repeats, reorders and mixes")
    struct DuplicateTests {
        @Test("the same webhook 1,000 times over 16 connections: one message")
        func sameWebhook() async throws {
            try await withGroup { group in
                try await group.start()
                let body = Payload.text("hello", wamid: "wamid.1")
                try await group.postOften(Array(repeating: body, count: 1_000), connections: 16)
                let messages = try await group.settledMessages()
                #expect(messages.count == 1)
                let list = try await group.get("/api/whatsapp/conversations")
                #expect(list.json["conversations"]?.elements?.count == 1)
                #expect(list.json["conversations"]?.elements?.first?["unread_count"] == 1)
            }
        }

        @Test("fifty webhooks 20 times each, shuffled, over 16 connections: each message once")
        func shuffled() async throws {
            try await withGroup { group in
                try await group.start()
                let texts = numbered("w", 1...50)
                let bodies = texts.map { Payload.text($0, wamid: "wamid.\($0)") }
                var random = Seeded(1)
                let deliveries = Array(repeatElement(bodies, count: 20).joined())
                    .shuffled(using: &random)
                #expect(deliveries.count == 1_000)
                try await group.postOften(deliveries, connections: 16)
                #expect(try await group.settledTexts() == texts)
                let list = try await group.get("/api/whatsapp/conversations")
                #expect(list.json["conversations"]?.elements?.count == 1)
                #expect(list.json["conversations"]?.elements?.first?["unread_count"] == 50)
            }
        }

        @Test("statuses in every order, each several times: the furthest one holds")
        func statusesInEveryOrder() async throws {
            let orders = [
                ["sent", "delivered", "read"], ["sent", "read", "delivered"],
                ["delivered", "sent", "read"], ["delivered", "read", "sent"],
                ["read", "sent", "delivered"], ["read", "delivered", "sent"],
                ["delivered", "sent"], ["sent", "failed", "sent"], ["read", "failed"],
            ]
            try await withGroup { group in
                try await group.start()
                var sent: [(id: String, wamid: String)] = []
                for _ in orders {
                    let answer = try await group.send("send", RunningTests.SendTests.text)
                    sent.append(
                        (answer.json["id"]?.text ?? "", answer.json["message_id"]?.text ?? ""))
                }
                #expect(try await group.messages()?.count == orders.count)
                // It tells statuses of its own, which count like any other.
                group.provider.kill()
                let told = try await group.toldByStub()
                let number = try #require(
                    try await group.messages()?.first?["phone_number_id"]?.text)
                for (order, message) in zip(orders, sent) {
                    for status in order + order {
                        let body = Payload.status(status, of: message.wamid, phoneNumberID: number)
                        #expect(try await group.webhook(body).status == 200)
                    }
                }
                let messages = try await group.settledMessages()
                #expect(messages.count == orders.count)
                for (order, message) in zip(orders, sent) {
                    let found = messages.first { $0["id"]?.text == message.id }
                    let all = order + told[message.wamid, default: []]
                    let expected = ["read", "delivered", "failed", "sent"].first {
                        all.contains($0)
                    }
                    #expect(found?["status"]?.text == expected, "\(order)")
                }
            }
        }

        @Test("a batch with a malformed element: all others are stored, it is kept and counted")
        func malformedElement() async throws {
            try await withGroup { group in
                try await group.start()
                let body = Payload.body([
                    Payload.change(
                        contacts: [Payload.person(Payload.contact)],
                        messages: [
                            Payload.message("a", wamid: "wamid.a"),
                            ["type": "text", "text": ["body": "of nobody, without an id"]],
                            Payload.message("b", wamid: "wamid.b"),
                        ]),
                    "no change at all",
                    Payload.change(
                        contacts: [Payload.person("14155550100", name: "Bob")],
                        messages: [Payload.message("c", wamid: "wamid.c", from: "14155550100")],
                        statuses: ["no status"]),
                ])
                #expect(try await group.webhook(body).status == 200)
                #expect(try await group.settledTexts() == ["a", "b"])
                #expect(try await group.settledTexts(with: "+14155550100") == ["c"])
                #expect(try await group.inboxFigure("unparsed") == 3)
            }
        }

        @Test(
            "a signed body that is no webhook is taken, kept raw and counted",
            arguments: [
                "hello", "", "{}", "[]", #"{"object":"page","entry":[]}"#,
                String(repeating: "[", count: 10_000),
            ])
        func noWebhook(text: String) async throws {
            try await withGroup { group in
                try await group.start()
                let body = Array(text.utf8)
                #expect(try await group.webhook(body).status == 200)
                try await group.postTexts(["after"])
                #expect(try await group.settledTexts() == ["after"])
                #expect(try await group.inboxFigure("unparsed") == 1)
                let pid = group.inbox.pid
                #expect(pid != nil)
            }
        }
    }
}

extension TestGroup {
    /// Posts all bodies over that many connections at once; each must get 200.
    func postOften(_ bodies: [[UInt8]], connections: Int) async throws {
        try await onThreads(connections) { caller, _ in
            let connection = try self.connection()
            for body in bodies.indices.filter({ $0 % connections == caller }).map({ bodies[$0] }) {
                let answer = try connection.ask(
                    "POST", Self.webhookPath, Self.webhookFields(body), body: body)
                guard answer.status == 200 else {
                    throw UnexpectedAnswer(status: answer.status, body: answer.text)
                }
            }
        }
    }
}
