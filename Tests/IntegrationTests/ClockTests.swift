import JSON
import TestSupport
import Testing
import Wire

extension LoadingTests {
    /// The machine's clock is wrong, or is put right while everything runs.
    @Suite("clocks", .enabled("a compiler is there") { await MovableClock.canMove() })
    struct ClockTests {
        private static let hour: Int64 = 3_600
        private static let day: Int64 = 24 * hour

        @Test(
            "it jumps while all runs: nobody waits shorter or longer, nothing is lost, health is well",
            arguments: [hour, -hour, day, -day])
        func jumps(by seconds: Int64) async throws {
            try await withMovedGroup { group, clock in
                try await Self.work(group, "before")
                // Something waits for each kind of deadline when it jumps.
                async let poll = Self.pollOfOneSecond(group)
                let key = ["Idempotency-Key: during"]
                try group.signer.pause()
                let asked = try await group.beginWebhook(Payload.text("during", wamid: "wamid.d"))
                try clock.move(by: seconds)
                try group.signer.resume()
                #expect(try await blocking { try asked.receive() }.status == 200)
                #expect(
                    try await group.send("send", RunningTests.SendTests.text, key).status == 200)
                #expect(try await poll >= .milliseconds(950))
                try await Self.work(group, "after")
                try clock.move(by: 0)
                try await Self.work(group, "back")
                let again = try await group.send("send", RunningTests.SendTests.text, key)
                #expect(again["Idempotent-Replay"] == "true")
                // Nothing has become old by it, either: at its start a process drops what is.
                try clock.move(by: 30 * seconds)
                for process in [group.provider, group.ingress] {
                    #expect(try await process.stop() == .exited(0))
                    try await process.start(with: clock.fault)
                }
                #expect(try await Self.isReplayed(group, "before"))
                try clock.move(by: 0)
                try await eventually("health is well") {
                    let health = try await group.get("/api/health")
                    return health.json["status"]?.text == "ok"
                }
                for process in group.all { #expect(try await process.stop() == .exited(0)) }
            }
        }

        @Test("all start in 1970: everything works, and goes on when the clock is put right")
        func startIn1970() async throws {
            let clock = try await MovableClock()
            try clock.move(by: Int64(-Payload.now))
            try await withMovedGroup(clock) { group, clock in
                try await Self.work(group, "1970")
                let begin = Payload.now
                try clock.move(by: 0)
                try await Self.work(group, "now")
                // Restarts under the right clock find what was written under the wrong one.
                for process in group.all {
                    #expect(try await process.stop() == .exited(0))
                    try await process.start(with: clock.fault)
                }
                try await Self.work(group, "again")
                #expect(try await Self.isReplayed(group, "1970"), "its key was just used")
                let received = try await group.settledMessages()
                    .filter { ["now", "again"].contains($0["text"]?.text) }
                    .compactMap { $0["received_at"]?.text }
                #expect(received.count == 4)
                for time in received { #expect(time > Self.text(ofSecond: begin - 60), "\(time)") }
            }
        }

        @Test(
            "two days pass at once between two tries of a live send: it is tried again, not expired"
        )
        func liveSend() async throws {
            let clock = try await MovableClock()
            try await withLiveGroup(movedBy: clock) { group, graph in
                let two = try await graph.add(GraphRule(.error(2)))
                let key = ["Idempotency-Key: one", "Prefer: respond-async"]
                let answer = try await group.sendText("hello", to: TestGroup.person(0), key)
                #expect(answer.status == 202)
                try await graph.reach(.errors, 1)
                try clock.move(by: 2 * Self.day)
                try await graph.reach(.errors, 2, within: .seconds(30))
                try await graph.removeRules(two)
                try await graph.reach(.accepted, 1, within: .seconds(60))
                let id = try #require(answer.json["id"]?.text)
                try await eventually("it is accepted") {
                    ["accepted", "sent"].contains(try await group.status(of: id))
                }
                #expect(try await group.deadLetterCount() == 0)
            }
        }

        /// A webhook and a send, both read at once.
        private static func work(_ group: TestGroup, _ text: String) async throws {
            try await group.postTexts([text])
            try await group.sendUntilTaken(text)
            let found = try await group.settledTexts().count { $0 == text }
            #expect(found == 2, "\(text)")
        }

        /// Whether the key of that text still names its message.
        private static func isReplayed(_ group: TestGroup, _ text: String) async throws -> Bool {
            let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
            let answer = try await group.send("send", body, ["Idempotency-Key: \(text)"])
            return answer["Idempotent-Replay"] == "true"
        }

        /// How long a long poll of one second waits for nothing of its kind.
        private static func pollOfOneSecond(_ group: TestGroup) async throws -> Duration {
            let next = try await group.get("/api/whatsapp/events").json["next"]?.text ?? ""
            let begin = ContinuousClock.now
            let path = "/api/whatsapp/events?after=\(next)&kinds=account.alert&wait=1"
            #expect(try await group.get(path).status == 200)
            return ContinuousClock.now - begin
        }

        private static func text(ofSecond second: Int) -> String {
            Timestamp(milliseconds: Int64(second) * 1_000).text
        }
    }
}

/// Lends a group all of whose processes go by that clock.
private func withMovedGroup(
    _ clock: MovableClock? = nil, _ body: (TestGroup, MovableClock) async throws -> Void
) async throws {
    let clock = if let clock { clock } else { try await MovableClock() }
    try await withGroup { group in
        for process in group.all { try await process.start(with: clock.fault) }
        try await body(group, clock)
    }
}
