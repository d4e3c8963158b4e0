import JSON
import TestSupport
import Testing

extension RunningTests {
    /// The whole group in live mode, with a Graph of ours over TLS in the place of Meta's.
    @Suite("live sends")
    struct LiveTests {
        private static let text = #"{"to":"+436605550122","text":"hello"}"#

        @Test("a send is Meta's at its 200, once, and goes on to read by Meta's statuses")
        func isSent() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(
                    GraphRule(
                        .accept(statuses: [
                            GraphStatus(.sent), GraphStatus(.delivered), GraphStatus(.read),
                        ])))
                let answer = try await group.send("send", Self.text, ["Idempotency-Key: k1"])
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["provider"]?.text == "meta")
                #expect(answer.json["message_id"]?.text?.hasPrefix("wamid.") == true)
                let again = try await group.send("send", Self.text, ["Idempotency-Key: k1"])
                #expect(again.json["id"]?.text == answer.json["id"]?.text)
                #expect(try await graph.accepted().count == 1)
                let id = try #require(answer.json["id"]?.text)
                try await eventually("it is read") { try await group.status(of: id) == "read" }
            }
        }

        @Test(
            "a token that Meta refuses is 401 with the cure, in health too, and nothing is kept to be sent"
        )
        func tokenExpired() async throws {
            try await withLiveGroup { group, graph in
                try await graph.expire(tokens: ["EAAtestToken0001"])
                let answer = try await group.send("send", Self.text)
                #expect(answer.status == 401, "\(answer.text)")
                #expect(answer.json["error"]?["code"]?.text == "provider_unauthorized")
                let health = try await group.get("/api/health").text
                #expect(health.contains("WHATSAPP_ACCESS_TOKEN"))
                #expect(try await graph.accepted().isEmpty)
            }
        }

        @Test(
            "provider killed while Graph has the message: unknown, never sent again, settled by its status"
        )
        func killedInFlight() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(
                    GraphRule(
                        .accept(statuses: [GraphStatus(.sent, after: .seconds(1))]),
                        .hang(.seconds(5))))
                let connection = try await group.begin(
                    "POST", "/api/whatsapp/send",
                    group.authorization + [
                        "Content-Type: application/json", "Idempotency-Key: k2",
                    ],
                    body: Array(Self.text.utf8))
                _ = connection
                try await graph.reach(.accepted, 1)
                group.provider.kill()
                try await group.provider.start()
                try await eventually("Meta's status settles it", within: .seconds(20)) {
                    let answer = try await group.send(
                        "send", Self.text, ["Idempotency-Key: k2", "Prefer: wait=0"])
                    return answer.status == 200
                }
                #expect(try await graph.accepted().count == 1)
            }
        }
    }
}
