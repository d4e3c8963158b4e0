import JSON
import SQLite
import TestSupport
import Testing

extension RunningTests {
    /// The send path alone: ingress and provider in stub mode; nobody to ship to.
    @Suite("send path")
    struct SendTests {
        static let text = #"{"to":"+919812345678","text":"hello"}"#
        static let sends = [
            ("send", text),
            (
                "send_media",
                #"{"to":"+919812345678","media_url":"https://a.example/x.png","media_type":"image"}"#
            ),
            (
                "send_template",
                #"{"to":"+919812345678","template_name":"hello_world","language_code":"en_US"}"#
            ),
        ]

        @Test(
            "each of the three sends is answered 200 with who took it, its ids and to whom it goes")
        func isTaken() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                for (route, body) in Self.sends {
                    let answer = try await group.send(route, body)
                    #expect(answer.status == 200, "\(route): \(answer.text)")
                    #expect(answer.json["success"] == true)
                    #expect(answer.json["provider"]?.text == "stub")
                    #expect(answer.json["status"]?.text == "accepted")
                    #expect(answer.json["id"]?.text?.hasPrefix("msg_") == true)
                    #expect(answer.json["message_id"]?.text?.hasPrefix("wamid.") == true)
                    #expect(answer.json["to"]?.text == "+919812345678")
                }
                #expect(try await group.outboxCount() == 3)
            }
        }

        @Test(
            "what cannot be sent is 400 that names the field and says what to do, and is not kept",
            arguments: [
                (#"{"to":"+919812345678"}"#, "text", "invalid_request"),
                (#"{"text":"hello"}"#, "to", "invalid_request"),
                (#"{"to":"9812345678","text":"hello"}"#, "to", "invalid_recipient"),
                (#"{"to":"09812345678","text":"hello"}"#, "to", "invalid_recipient"),
                (#"{"to":"+919812345678","text":"hello","txet":1}"#, "txet", "invalid_request"),
                (#"{"to":"+919812345678","text":7}"#, "text", "invalid_request"),
                (#"{"to":"+919812345678","text":""}"#, "text", "invalid_request"),
                ("hello", "", "invalid_request"),
            ])
        func isRefused(body: String, field: String, code: String) async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                let answer = try await group.send("send", body)
                #expect(answer.status == 400)
                let error = answer.json["error"]
                #expect(error?["code"]?.text == code)
                #expect((error?["field"]?.text ?? "") == field)
                #expect(error?["hint"]?.text?.isEmpty == false)
                #expect(error?["retryable"] == false)
                #expect(try await group.outboxCount() == 0)
            }
        }

        @Test(
            "200 callers at once with one Idempotency-Key: one message, and all are told the same")
        func oneForManyCallers() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                let answers = try await onThreads(20) { _, _ in
                    let connection = try group.connection()
                    return try (0..<10).map { _ in
                        try connection.ask(
                            "POST", "/api/whatsapp/send", ["Idempotency-Key: order-17"],
                            body: Array(Self.text.utf8))
                    }
                }.flatMap { $0 }
                #expect(answers.count == 200)
                #expect(answers.allSatisfy { $0.status == 200 })
                #expect(Set(answers.map { $0.json["id"]?.text }).count == 1)
                #expect(Set(answers.map { $0.json["message_id"]?.text }).count == 1)
                #expect(answers.filter { $0["Idempotent-Replay"] == nil }.count == 1)
                #expect(try await group.outboxCount() == 1)
            }
        }

        @Test("a key belongs to one body and one route, across restarts, until it is refused")
        func keyOfAnotherBody() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                let key = ["Idempotency-Key: order-17"]
                let wrong = try await group.send("send", #"{"to":"12","text":"x"}"#, key)
                #expect(wrong.status == 400)
                let first = try await group.send("send", Self.text, key)
                #expect(first.status == 200)
                #expect(first["Idempotent-Replay"] == nil, "a refusal frees the key")
                group.provider.kill()
                try await group.provider.start()
                let again = try await group.send("send", Self.text, key)
                #expect(again.json["id"] == first.json["id"])
                #expect(again["Idempotent-Replay"] == "true")
                let other = try await group.send("send", #"{"to":"+919812345678","text":"x"}"#, key)
                #expect(other.status == 422)
                #expect(other.json["error"]?["code"]?.text == "idempotency_key_reused")
                #expect(try await group.outboxCount() == 1)
            }
        }

        @Test(
            "a key that cannot be kept is 400, and nothing is sent",
            arguments: [
                ["Idempotency-Key: "], ["Idempotency-Key: a b"],
                ["Idempotency-Key: a", "Idempotency-Key: a"],
                ["Idempotency-Key: " + String(repeating: "k", count: 256)],
            ])
        func keyOfNoUse(fields: [String]) async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                #expect(try await group.send("send", Self.text, fields).status == 400)
                #expect(try await group.outboxCount() == 0)
            }
        }

        @Test("provider killed between two sends: a slower 200")
        func killedBetween() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                for n in 1...3 {
                    group.provider.kill()
                    async let answer = group.send("send", Self.text)
                    try await group.provider.start()
                    #expect(try await answer.status == 200)
                    #expect(try await group.outboxCount() == n)
                }
            }
        }

        @Test("provider killed while it has the request: a slower 200, taken in once")
        func killedDuring() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                #expect(try await group.send("send", Self.text).status == 200)
                try group.provider.pause()
                let asked = try await group.begin(
                    "POST", "/api/whatsapp/send", body: Array(Self.text.utf8))
                // Asks provider too, and waits in vain: by then the send lies in provider's socket.
                _ = try await group.get("/api/health")
                group.provider.kill()
                try await group.provider.start()
                #expect(try await blocking { try asked.receive() }.status == 200)
                #expect(try await group.outboxCount() == 2)
            }
        }

        @Test("a caller who broke off repeats the key and learns what became of it: one message")
        func brokenOff() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                let body = Array(Self.text.utf8)
                for n in 1...5 {
                    let key = ["Idempotency-Key: order-\(n)"]
                    let asked = try await group.begin("POST", "/api/whatsapp/send", key, body: body)
                    group.ingress.kill()
                    try await group.ingress.start()
                    await #expect(throws: HTTPFailure.self) {
                        // It may have been answered before the kill.
                        _ = try await blocking { try asked.receive() }
                        throw HTTPFailure.closed
                    }
                    let answer = try await group.send("send", Self.text, key)
                    #expect(answer.status == 200)
                    #expect(try await group.outboxCount() == n)
                }
            }
        }

        @Test("a stopped provider: nobody is told that it was sent, and the key tells later")
        func stopped() async throws {
            try await withGroup { group in
                try await group.start(.provider, .ingress)
                #expect(try await group.send("send", Self.text).status == 200)
                try group.provider.pause()
                let fields = ["Idempotency-Key: order-17", "Prefer: wait=1"]
                let answer = try await group.send("send", Self.text, fields)
                #expect([503, 504].contains(answer.status))
                #expect(answer.json["error"]?["retryable"] == true)
                try group.provider.resume()
                let again = try await group.send("send", Self.text, fields)
                #expect(again.status == 200)
                #expect(try await group.outboxCount() == 2)
            }
        }
    }
}

extension TestGroup {
    /// How many messages provider has taken in.
    func outboxCount() async throws -> Int64 {
        let path = folder.file("provider/outbox.db")
        return try await blocking {
            try Database(path: path, as: .reader).prepare("SELECT count(*) FROM messages")
                .first { $0.integer(0) } ?? -1
        }
    }

    /// The statuses that provider has told of each message, by its wamid.
    func toldByStub() async throws -> [String: [String]] {
        let path = folder.file("provider/outbox.db")
        let life = ["sent", "delivered", "read"]
        let next = try await blocking {
            try Database(path: path, as: .reader).prepare(
                """
                SELECT m.wamid, coalesce(l.status, '') FROM messages m
                LEFT JOIN stub_life l ON l.message = m.number
                """
            ).all { ($0.text(0), $0.text(1)) }
        }
        return Dictionary(uniqueKeysWithValues: next).mapValues { next in
            Array(life.prefix { $0 != next })
        }
    }
}
