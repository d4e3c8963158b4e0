import JSON
import TestSupport
import Testing

/// Processes that are there and do nothing, for longer than anybody waits.
@Suite("hung processes")
struct HungTests {
    @Test(
        "provider hangs while Graph has the message, beyond the time for its answer: sent once",
        arguments: [1, 60])
    func providerDuringSend(answerSeconds: Int) async throws {
        let settings = ["GATEWAY_GRAPH_ANSWER_SECONDS": "\(answerSeconds)"]
        try await withLiveGroup(provider: settings) { group, graph in
            try await graph.add(
                GraphRule(
                    .accept(statuses: [GraphStatus(.sent)]), .hang(.milliseconds(500))))
            let key = ["Idempotency-Key: one", "Prefer: respond-async"]
            let answer = try await group.sendText("hello", to: TestGroup.person(0), key)
            let id = try #require(answer.json["id"]?.text, "\(answer.text)")
            try await graph.reach(.accepted, 1)
            try group.provider.pause()
            let stopped = ContinuousClock.now
            let health = try await group.get("/api/health")
            #expect(health.reasons.contains("process_hung"))
            try await eventually("its time for the answer is over") {
                ContinuousClock.now - stopped > .seconds(2)
            }
            try group.provider.resume()
            try await eventually("its status settles it") {
                try await group.status(of: id) == "sent"
            }
            let again = try await group.sendText("hello", to: TestGroup.person(0), key)
            #expect(again.json["id"]?.text == id)
            #expect(try await graph.acceptances() == [id: 1])
            #expect(try await group.deadLetterCount() == 0)
        }
    }

    @Test(
        "all three hang for as long as a caller waits: 503 or 504, and the same goes through later")
    func allThree() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.workOnce("before")
            for process in [group.signer, group.provider, group.inbox] { try process.pause() }
            let body = Payload.text("webhook.later", wamid: "wamid.webhook.later")
            async let refused = group.webhook(body)
            let fields = ["Idempotency-Key: send.later", "Prefer: wait=1"]
            let text = #"{"to":"+\#(Payload.contact)","text":"send.later"}"#
            async let unknown = group.send("send", text, fields)
            async let unread = group.get("/api/whatsapp/conversations")
            #expect(try await refused.status == 503)
            #expect([503, 504].contains(try await unknown.status))
            #expect(try await unread.status == 503)
            for process in [group.signer, group.provider, group.inbox] { try process.resume() }
            try await group.workOnce("later")
            #expect(try await group.settledTexts().count == 4)
        }
    }
}
