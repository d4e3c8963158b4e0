import JSON
import TestSupport
import Testing

/// Hours of trouble at Meta's in a minute: most of each test is waiting, so they run beside others.
@Suite("outages of Graph")
struct OutageTests {
    /// What one person got, in the right order.
    private static func texts(_ count: Int) -> [String] { (1...count).map(String.init) }

    @Test("the token expires in the middle of 500 queued sends: a new one sends all, each once")
    func tokenExpires() async throws {
        try await withLiveGroup(pacing: "on") { group, graph in
            // While they are taken in: on a slow machine the last would be gone before Graph heard of it.
            async let queued = group.queueTexts(25, toEachOf: 20)
            try await graph.reach(.accepted, 20)
            try await graph.expire(tokens: [liveToken])
            let ids = try await queued
            try await eventually("health says that sending is paused") {
                try await group.get("/api/health").text.contains("sending_paused")
            }
            #expect(try await graph.accepted().count < 500)
            // Nothing is burnt by a restart with the token that Meta refuses, either.
            #expect(try await group.provider.stop() == .exited(0))
            group.provider.set("WHATSAPP_ACCESS_TOKEN", "EAAtestToken0002")
            async let waiting = group.sendText("while it starts", to: TestGroup.person(99))
            try await group.provider.start()
            #expect(try await waiting.status == 200)
            try await graph.reach(.accepted, 501, within: .seconds(60))
            try await Self.checkAllWereSent(ids, each: 25, of: 20, group, graph)
        }
    }

    @Test("code 130429 for 10 s: sending slows down and recovers, and no message is given up")
    func throttled() async throws {
        try await withLiveGroup(pacing: "on") { group, graph in
            try await graph.add(GraphRule(lasting: .seconds(10), .error(130_429)))
            let ids = try await group.queueTexts(10, toEachOf: 20)
            try await graph.reach(.accepted, 200, within: .seconds(90))
            // At the pace of before there would have been 800.
            let refusals = try await graph.errors().count
            #expect((1..<400).contains(refusals), "\(refusals)")
            try await Self.checkAllWereSent(ids, each: 10, of: 20, group, graph)
        }
    }

    @Test("Graph is down for a minute: what was queued meanwhile leaves in order per person, once")
    func down() async throws {
        try await withLiveGroup(pacing: "on") { group, graph in
            // A connection that is there when Graph goes.
            #expect(try await group.sendText("0", to: TestGroup.person(99)).status == 200)
            try await graph.refuse(for: .seconds(60))
            let ids = try await group.queueTexts(5, toEachOf: 20)
            #expect(try await graph.accepted().count == 1)
            try await graph.reach(.accepted, 101, within: .seconds(180))
            try await Self.checkAllWereSent(ids, each: 5, of: 20, group, graph)
        }
    }

    @Test("a message that cannot go holds those behind it back for a minute at most")
    func followers() async throws {
        try await withLiveGroup(pacing: "on") { group, graph in
            let all = try await graph.add(GraphRule(.error(2)))
            let person = TestGroup.person(0)
            let answer = try await group.sendText("1", to: person, ["Prefer: respond-async"])
            let first = try #require(answer.json["id"]?.text)
            try await graph.reach(.errors, 1)
            try await graph.add(GraphRule(when: .init(callbackPrefix: first), .error(2)))
            try await graph.removeRules(all)
            for text in ["2", "3"] {
                let answer = try await group.sendText(text, to: person, ["Prefer: respond-async"])
                #expect(answer.status == 202, "\(answer.text)")
            }
            // Others are not its followers.
            #expect(try await group.sendText("other", to: TestGroup.person(1)).status == 200)
            try await graph.reach(.accepted, 3, within: .seconds(90))
            let accepted = try await graph.accepted()
            #expect(accepted.map(\.text) == ["other", "2", "3"])
            // As Graph saw it: the first answer left a moment after the claim.
            let held =
                try #require(accepted.dropFirst().first).at - (try await graph.errors()[0].at)
            #expect((55_000..<75_000).contains(held), "\(held) ms")
            #expect(["queued", "sending"].contains(try await group.status(of: first)))
        }
    }

    @Test(
        "no status for 90 s: a dead letter, or sent again where its caller wants it; late ones settle both"
    )
    func lateStatuses() async throws {
        try await withLiveGroup { group, graph in
            try await graph.add(GraphRule(times: 2, .accept(), .close))
            func lost(_ person: Int, _ onUnknown: String) async throws -> String {
                let answer = try await group.sendText(
                    "hello", to: TestGroup.person(person), onUnknown: onUnknown)
                #expect(answer.json["status"]?.text == "unknown", "\(answer.text)")
                return try #require(answer.json["id"]?.text)
            }
            let held = try await lost(1, "hold")
            let resent = try await lost(2, "resend")
            // The second is sent again.
            try await graph.reach(.accepted, 3, within: .seconds(150))
            let accepted = try await graph.accepted()
            #expect(accepted.map(\.message) == [held, resent, resent])
            try await eventually("one is a dead letter", within: .seconds(30)) {
                try await group.deadLetterCount() == 1
            }
            #expect(try await group.status(of: held) == "unknown")

            // Both of the second's are proven, the older one last.
            for lost in [accepted[0], accepted[2], accepted[1]] {
                #expect(try await graph.post(GraphStatus(.sent), of: lost.wamid) == 200)
            }
            try await eventually("the late status settles it") {
                try await group.deadLetterCount() == 0
            }
            for lost in accepted {
                try await eventually("\(lost.message) is sent, by each of its wamids") {
                    let found = try await group.message(lost.wamid)
                    return found?["id"]?.text == lost.message
                        && found?["status"]?.text == "sent"
                }
            }
            let tries = try await group.get("/api/whatsapp/messages/\(resent)").json["attempts"]
            #expect(
                tries?.elements?.map { $0["wamid"]?.text } == accepted[1...].map(\.wamid))
            #expect(try await graph.accepted().count == 3)
        }
    }

    /// Each once, in order, with nothing left over.
    private static func checkAllWereSent(
        _ ids: [String], each: Int, of persons: Int, _ group: TestGroup, _ graph: FakeGraph
    ) async throws {
        let acceptances = try await graph.acceptances()
        for id in ids { #expect(acceptances[id] == 1, "\(id)") }
        let sent = try await graph.textsByPerson()
        for person in 0..<persons {
            let person = String(TestGroup.person(person).dropFirst())
            #expect(sent[person] ?? sent["+\(person)"] == texts(each), "\(person)")
        }
        #expect(try await group.deadLetterCount() == 0)
    }
}
