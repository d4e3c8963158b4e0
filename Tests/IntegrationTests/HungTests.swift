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
        "provider is stopped while Graph thinks for 17 s: it waits, takes in what comes, and ends in order"
    )
    func stoppedDuringSend() async throws {
        try await withLiveGroup { group, graph in
            try await graph.add(
                GraphRule(times: 1, .accept(statuses: [GraphStatus(.sent)]), .hang(.seconds(17))))
            let later = ["Prefer: respond-async"]
            let first = try await group.sendText("first", to: TestGroup.person(0), later)
            let firstID = try #require(first.json["id"]?.text, "\(first.text)")
            try await graph.reach(.accepted, 1)
            async let ended = group.provider.stop(within: .seconds(60))
            try await eventually("it drains") { group.provider.log.contains("draining") }
            let second = try await group.sendText("second", to: TestGroup.person(1), later)
            let secondID = try #require(second.json["id"]?.text, "\(second.text)")
            #expect(try await ended == .exited(0))
            #expect(try await graph.acceptances() == [firstID: 1], "it claims nothing more")
            try await group.provider.start()
            for id in [firstID, secondID] {
                try await eventually("it is sent") {
                    try await ["accepted", "sent"].contains(group.status(of: id))
                }
            }
            #expect(try await graph.acceptances() == [firstID: 1, secondID: 1])
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
