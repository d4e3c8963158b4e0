import JSON
import TestSupport
import Testing

extension RunningTests {
    /// Read marks as they reach the Graph in Meta's place.
    @Suite("live read marks")
    struct LiveReadMarkTests {
        private static let numbers = ["300200100400602", "300200100400603"]

        private static func mark(_ wamid: String, typing: Bool = false) -> String {
            let tail = typing ? #","typing_indicator":{"type":"text"}"# : ""
            return
                #"{"messaging_product":"whatsapp","status":"read","message_id":"\#(wamid)"\#(tail)}"#
        }

        private func read(_ contact: String, in group: TestGroup) async throws {
            let answer = try await group.ask(
                "POST", "/api/whatsapp/conversations/\(contact)/read", group.authorization)
            #expect(answer.status == 200, "\(answer.text)")
        }

        @Test(
            "a mark reaches Graph once, with its typing, from the number that the message came to")
        func direct() async throws {
            try await withLiveGroup(numbers: Self.numbers) { group, graph in
                let body = Payload.text("hi", wamid: "wamid.1", phoneNumberID: Self.numbers[1])
                #expect(try await group.webhook(body).status == 200)
                try await eventually("inbox has it") {
                    try await group.get("/api/whatsapp/messages/wamid.1").status == 200
                }
                let answer = try await group.send("messages", Self.mark("wamid.1", typing: true))
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["provider"]?.text == "meta")
                #expect(answer.json["status"]?.text == "accepted")
                #expect(answer.text.contains(#""message_id":null"#), "\(answer.text)")
                #expect(try await group.send("messages", Self.mark("wamid.9")).status == 200)
                let marks = try await graph.readMarks()
                #expect(marks.map { $0["message_id"]?.text } == ["wamid.1", "wamid.9"])
                #expect(
                    marks.map { $0["phone_number_id"]?.text } == [1, 0].map { Self.numbers[$0] })
                #expect(marks[0]["typing_indicator"] == ["type": "text"])
                #expect(try await graph.accepted().isEmpty)
            }
        }

        @Test(
            "Graph's refusal is the caller's answer, and an answer that was lost is asked for again"
        )
        func refusals() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(GraphRule(times: 1, .error(131_009)))
                #expect(try await group.send("messages", Self.mark("wamid.1")).status == 400)
                try await graph.add(GraphRule(times: 1, .accept(), .close))
                let answer = try await group.send("messages", Self.mark("wamid.2"))
                #expect(answer.status == 200, "\(answer.text)")
                #expect(
                    try await graph.readMarks().map { $0["message_id"]?.text }
                        == ["wamid.2", "wamid.2"])
                try await graph.expire(tokens: ["EAAtestToken0001"])
                let refused = try await group.send("messages", Self.mark("wamid.3"))
                #expect(refused.status == 401, "\(refused.text)")
                #expect(try await group.get("/api/health").text.contains("sending_paused"))
            }
        }

        @Test(
            "a conversation that is marked as read is told to Graph once, whoever is killed meanwhile"
        )
        func conversation() async throws {
            try await withLiveGroup { group, graph in
                for wamid in ["wamid.1", "wamid.2"] {
                    let body = Payload.text("hi", wamid: wamid, phoneNumberID: liveNumber)
                    #expect(try await group.webhook(body).status == 200)
                }
                group.provider.kill()
                try await read("%2B919812345678", in: group)
                try await read("%2B919812345678", in: group)
                try await group.provider.start()
                try await eventually("Graph is told") { try await !graph.readMarks().isEmpty }
                group.provider.kill()
                try await group.provider.start()
                // One more, behind which a repeated first one would have come.
                let other = Payload.text(
                    "hi", wamid: "wamid.3", from: "919812345679", phoneNumberID: liveNumber)
                #expect(try await group.webhook(other).status == 200)
                try await read("%2B919812345679", in: group)
                try await eventually("Graph is told of the other") {
                    try await graph.readMarks().contains { $0["message_id"]?.text == "wamid.3" }
                }
                let marks = try await graph.readMarks().map { $0["message_id"]?.text ?? "" }
                // A kill between Graph's answer and our note of it costs one repeated mark at most.
                #expect(marks.filter { $0 == "wamid.2" }.count <= 2)
                #expect(Set(marks) == ["wamid.2", "wamid.3"])
            }
        }

        @Test("provider killed while Graph has the mark: told again, and then no more")
        func killedBetween() async throws {
            try await withLiveGroup { group, graph in
                let body = Payload.text("hi", wamid: "wamid.1", phoneNumberID: liveNumber)
                #expect(try await group.webhook(body).status == 200)
                try await graph.add(GraphRule(times: 1, .accept(), .hang(.seconds(30))))
                try await read("%2B919812345678", in: group)
                try await eventually("Graph has it") { try await graph.readMarks().count == 1 }
                group.provider.kill()
                try await group.provider.start()
                try await eventually("it is told again, and forgotten") {
                    let health = try await group.get("/api/health").json
                    let figures = health["processes"]?["provider"]?["figures"]
                    let isTold = try await graph.readMarks().count == 2
                    return isTold && figures?["read_marks"] == .integer(0)
                }
                #expect(
                    try await graph.readMarks().map { $0["message_id"]?.text }
                        == ["wamid.1", "wamid.1"])
            }
        }
    }
}
