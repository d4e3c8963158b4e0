import JSON
import TestSupport
import Testing

extension RunningTests {
    /// What a CRM sees that tries its handling of errors in stub mode.
    @Suite("recipients of stub mode")
    struct StubRecipientTests {
        private static func body(_ last: String) -> String {
            "{\"to\":\"+1 555 555 \(last)\",\"text\":\"hello\"}"
        }

        @Test("give each error over HTTP, free the key, and leave health as it was")
        func errors() async throws {
            try await withGroup { group in
                try await group.start()
                for (last, status, code) in [
                    ("0102", 400, "outside_window"), ("0105", 401, "provider_unauthorized"),
                    ("0106", 403, "account_restricted"), ("0113", 400, "template_unavailable"),
                ] {
                    let answer = try await group.send(
                        "send", Self.body(last), ["Idempotency-Key: k\(last)"])
                    #expect(answer.status == status, "\(answer.text)")
                    #expect(answer.json["error"]?["code"]?.text == code)
                    #expect(answer.json["error"]?["hint"]?.text?.isEmpty == false)
                    // The key is free: another body takes it.
                    let next = try await group.send(
                        "send", Self.body("0100"), ["Idempotency-Key: k\(last)"])
                    #expect(next.status == 200, "\(next.text)")
                }
                let health = try await group.get("/api/health")
                #expect(health.text.hasPrefix(#"{"status":"ok""#), "\(health.text)")
            }
        }

        @Test("wait, fail later and stay in doubt, each to be seen in the message's story")
        func later() async throws {
            try await withGroup { group in
                try await group.start()
                let throttled = try await group.send(
                    "send", Self.body("0107"), ["Prefer: wait=1"])
                #expect(throttled.status == 202 && throttled.json["status"]?.text == "queued")
                #expect(throttled.json["expected_at"]?.text != nil, "\(throttled.text)")
                let doubtful = try await group.send("send", Self.body("0109"))
                #expect(doubtful.status == 202 && doubtful.json["status"]?.text == "unknown")
                let failing = try await group.send("send", Self.body("0101"))
                #expect(failing.status == 200, "\(failing.text)")
                let id = try #require(failing.json["id"]?.text)
                try await eventually("its failure is told") {
                    let story = try await group.get("/api/whatsapp/messages/\(id)").json
                    return story["message"]?["status"]?.text == "failed"
                }
                let dead = try await group.get("/api/whatsapp/dead_letters")
                #expect(dead.json["dead_letters"]?.elements?.first?["id"]?.text == id)
                let second = try #require(doubtful.json["id"]?.text)
                try await eventually("its late status settles it", within: .seconds(30)) {
                    let story = try await group.get("/api/whatsapp/messages/\(second)").json
                    return story["message"]?["status"]?.text == "read"
                }
            }
        }
    }
}
