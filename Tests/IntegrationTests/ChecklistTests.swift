import JSON
import TestSupport
import Testing

extension RunningTests {
    /// What the team tries first, in the order in which they try it; no step waits for anything.
    @Suite("go-live checklist in stub mode")
    struct ChecklistTests {
        @Test(
            "every line of it works at once, with and without a token",
            arguments: [
                TestGroup.Auth.open, .token,
            ])
        func works(auth: TestGroup.Auth) async throws {
            try await withGroup(auth: auth) { group in
                try await group.start()
                try await Self.tryHealth(group)
                try await Self.tryVerification(group)
                try await Self.tryInbound(group)
                try await Self.trySends(group)
            }
        }

        private static func tryHealth(_ group: TestGroup) async throws {
            for path in ["/api/health", "/api/whatsapp/health"] {
                let health = try await group.ask("GET", path)
                #expect(health.status == 200)
                #expect(health.text.hasPrefix(#"{"status":"ok","mode":"stub""#))
            }
        }

        private static func tryVerification(_ group: TestGroup) async throws {
            func verify(_ token: String) async throws -> HTTPAnswer {
                try await group.ask(
                    "GET",
                    "/api/whatsapp/webhook?hub.mode=subscribe&hub.verify_token=\(token)&hub.challenge=1234"
                )
            }
            let token = TestGroup.verifyToken.split(separator: " ").joined(separator: "%20")
            #expect(try await verify(token).text == "1234")
            #expect(try await verify("wrong").status == 403)
        }

        private static func tryInbound(_ group: TestGroup) async throws {
            let body = Payload.text("hello from a customer", wamid: "wamid.in")
            let unsigned = try await group.ask("POST", TestGroup.webhookPath, body: body)
            #expect(unsigned.status == 401)
            let none = try await group.get("/api/whatsapp/conversations")
            #expect(none.json["conversations"]?.elements?.isEmpty == true)

            let taken = try await group.webhook(body)
            #expect(taken.status == 200)
            #expect(taken.text == #"{"success":true}"#)
            let list = try await group.get("/api/whatsapp/conversations")
            let conversation = list.json["conversations"]?.elements?.first
            #expect(conversation?["contact"]?.text == "+\(Payload.contact)")
            #expect(conversation?["name"]?.text == "Asha")
            #expect(conversation?["last_message_text"]?.text == "hello from a customer")
            #expect(conversation?["last_direction"]?.text == "inbound")
            #expect(conversation?["unread_count"] == 1)
            #expect(conversation?["window"]?["open"] == true)
        }

        private static func trySends(_ group: TestGroup) async throws {
            var ids: [String] = []
            for (route, body) in RunningTests.SendTests.sends {
                let answer = try await group.send(route, body)
                #expect(answer.status == 200)
                #expect(answer.json["provider"]?.text == "stub")
                let id = answer.json["id"]?.text ?? ""
                ids.append(id)
                let messages = try await group.messages()
                #expect(
                    messages?.contains { $0["id"]?.text == id } == true, "at once, after \(route)")
                let story = try await group.get("/api/whatsapp/messages/\(id)")
                #expect(story.json["message"]?["direction"]?.text == "outbound")
            }
            // However the number is written: the plus sign as typed arrives as a blank.
            let digits = Payload.contact
            for contact in [
                "+\(digits)", "%2B\(digits)", digits, "+91+98123+45678", "+91-98123-45678",
            ] {
                let messages = try await group.messages(with: contact) ?? []
                #expect(messages.count == 4, "\(contact)")
                #expect(messages.filter { $0["direction"]?.text == "inbound" }.count == 1)
                let found = messages.compactMap { $0["id"]?.text }
                #expect(Set(found).isSuperset(of: ids))
            }
            let read = try await group.ask(
                "POST", "/api/whatsapp/conversations/+\(digits)/read", group.authorization, body: []
            )
            #expect(read.status == 200)
            let list = try await group.get("/api/whatsapp/conversations")
            #expect(list.json["conversations"]?.elements?.first?["unread_count"] == 0)
        }

        @Test("a poll for events returns as soon as something happens, and not before")
        func events() async throws {
            try await withGroup { group in
                try await group.start()
                let now = try await group.get("/api/whatsapp/events")
                let next = try #require(now.json["next"]?.text)
                let polling = try await group.begin(
                    "GET", "/api/whatsapp/events?after=\(next)&wait=25")
                try await group.postTexts(["news"])
                let answer = try await blocking { try polling.receive() }
                let events = answer.json["events"]?.elements ?? []
                #expect(events.contains { $0["type"]?.text == "message.received" })
                #expect(events.first?["data"]?["text"]?.text == "news")

                let quiet = try await group.get("/api/whatsapp/events?wait=1")
                #expect(quiet.json["events"]?.elements?.isEmpty == true)
                let lost = try await group.get("/api/whatsapp/events?after=nonsense")
                #expect(lost.status == 400)
            }
        }

        @Test("a stub message goes on to sent, delivered and read by itself, also over a restart")
        func statusesFollow() async throws {
            try await withGroup { group in
                try await group.start()
                let id = try #require(
                    try await group.send("send", RunningTests.SendTests.text).json["id"]?.text)
                group.provider.kill()
                try await group.provider.start()
                try await eventually("the message is read") {
                    let story = try await group.get("/api/whatsapp/messages/\(id)")
                    return story.json["message"]?["status"]?.text == "read"
                }
                let story = try await group.get("/api/whatsapp/messages/\(id)")
                let steps = story.json["timeline"]?.elements?.compactMap { $0["status"]?.text }
                #expect(steps == ["accepted", "sent", "delivered", "read"])
            }
        }
    }
}
