import JSON
import SQLite
import TestSupport
import Testing

extension RunningTests {
    /// What provider learns of people from inbox's changes, seen at the Graph in Meta's place.
    @Suite("live sends to people who wrote")
    struct LivePeopleTests {
        private static let numbers = ["300200100400602", "300200100400603"]
        private static let phone = "436605550122"
        private static let user = "AT.70011223344556677"
        private static let toPhone = #"{"to":"+436605550122","text":"hello"}"#
        private static let toUser = #"{"to":"AT.70011223344556677","text":"hello"}"#

        /// Somebody writes, shown under both keys.
        private func write(
            _ wamid: String, to number: String, at time: Int = Payload.now, in group: TestGroup
        ) async throws {
            let person: JSONValue = [
                "profile": ["name": "Jana"], "wa_id": .string(Self.phone),
                "user_id": .string(Self.user),
            ]
            let body = Payload.body([
                Payload.change(
                    number, contacts: [person],
                    messages: [Payload.message("hi", wamid: wamid, from: Self.phone, at: time)])
            ])
            #expect(try await group.webhook(body).status == 200)
        }

        /// Waits until provider knows that somebody wrote so often, each time to another number.
        private func learned(_ numbers: Int64, in group: TestGroup) async throws {
            let path = group.folder.file("provider/outbox.db")
            try await eventually("provider knows who wrote") {
                try await blocking {
                    let outbox = try Database(path: path, as: .reader)
                    let joined = try outbox.prepare("SELECT count(*) FROM people").first {
                        $0.integer(0)
                    }
                    let wrote = try outbox.prepare("SELECT count(*) FROM wrote").first {
                        $0.integer(0)
                    }
                    return joined == 2 && wrote == numbers
                }
            }
        }

        @Test("a message without from goes from the number that its person wrote to last")
        func defaultNumber() async throws {
            try await withLiveGroup(numbers: Self.numbers) { group, graph in
                #expect(try await group.send("send", Self.toPhone).status == 200)
                try await write("wamid.1", to: Self.numbers[1], in: group)
                try await learned(1, in: group)
                #expect(try await group.send("send", Self.toUser).status == 200)
                let named = #"{"to":"+436605550122","text":"hello","from":"300200100400602"}"#
                #expect(try await group.send("send", named).status == 200)
                try await write(
                    "wamid.2", to: Self.numbers[0], at: Payload.now + 1, in: group)
                try await learned(2, in: group)
                #expect(try await group.send("send", Self.toPhone).status == 200)
                // What is known of them outlives the process.
                group.provider.kill()
                try await group.provider.start()
                try await write(
                    "wamid.3", to: Self.numbers[0], at: Payload.now + 2, in: group)
                #expect(try await group.send("send", Self.toUser).status == 200)
                #expect(
                    try await graph.accepted().map(\.phoneNumberID)
                        == [0, 1, 0, 0, 0].map { Self.numbers[$0] })
            }
        }

        @Test(
            "a person's number and user id share one lane: the second waits for the first's answer")
        func sharedLane() async throws {
            try await withLiveGroup { group, graph in
                try await write("wamid.1", to: liveNumber, in: group)
                try await learned(1, in: group)
                try await graph.add(GraphRule(times: 1, .accept(), .hang(.seconds(2))))
                async let first = group.send("send", Self.toPhone)
                try await graph.reach(.accepted, 1)
                #expect(try await group.send("send", Self.toUser).status == 200)
                #expect(try await first.status == 200)
                let accepted = try await graph.accepted()
                #expect(accepted.map(\.to) == ["+" + Self.phone, Self.user])
                #expect(accepted[1].at - accepted[0].at >= 1_900)
            }
        }

        @Test(
            "a message to a window that is closed is sent, with a warning; a template without one")
        func closedWindow() async throws {
            try await withLiveGroup { group, graph in
                let before = try await group.send("send", Self.toPhone)
                #expect(before.json["warning"] == nil)
                try await write(
                    "wamid.1", to: liveNumber, at: Payload.now - 25 * 3_600, in: group)
                try await learned(1, in: group)
                let answer = try await group.send("send", Self.toUser)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["warning"]?["code"]?.text == "outside_window_likely")
                #expect(answer.json["warning"]?["hint"]?.text?.contains("template") == true)
                let template = try await group.send(
                    "send_template",
                    #"{"to":"+436605550122","template_name":"t","language_code":"en"}"#)
                #expect(template.status == 200 && template.json["warning"] == nil)
                #expect(try await graph.accepted().count == 3)
            }
        }

        @Test("a dry run of a retry says what Meta would refuse again, and sends nothing")
        func dryRun() async throws {
            try await withLiveGroup { group, graph in
                try await write(
                    "wamid.1", to: liveNumber, at: Payload.now - 25 * 3_600, in: group)
                try await learned(1, in: group)
                try await graph.add(GraphRule(times: 1, .error(131_047)))
                let sent = try await group.send("send", Self.toPhone, ["Prefer: wait=0"])
                let id = try #require(sent.json["id"]?.text)
                try await eventually("it is a dead letter") {
                    let list = try await group.get("/api/whatsapp/dead_letters").json
                    let letter = list["dead_letters"]?.elements?.first
                    return letter?["would_be_refused"]?["code"]?.text == "outside_window_likely"
                }
                let dry = try await group.send(
                    "dead_letters/retry", #"{"all":true,"dry_run":true}"#)
                #expect(dry.status == 200, "\(dry.text)")
                #expect(dry.json["retried"] == [.string(id)])
                #expect(dry.json["would_be_refused"]?.elements?.first?["id"]?.text == id)
                let wrong = try await group.send("dead_letters/retry", #"{"all":true,"dry_run":1}"#)
                #expect(wrong.status == 400 && wrong.text.contains("dry_run"))
                #expect(try await graph.counts().endpoints["messages"] == 1)
                let real = try await group.send("dead_letters/retry", #"{"all":true}"#)
                #expect(real.json["would_be_refused"]?.elements?.count == 1)
                try await graph.reach(.accepted, 1)
            }
        }

        @Test("callers are told no event that is for provider alone, named or not")
        func internalEvents() async throws {
            try await withGroup { group in
                try await group.start()
                let start = try await group.get("/api/whatsapp/events").json["next"]?.text ?? ""
                try await write("wamid.1", to: liveNumber, in: group)
                let read = try await group.ask(
                    "POST", "/api/whatsapp/conversations/%2B436605550122/read")
                #expect(read.status == 200)
                try await eventually("it is read") {
                    let events = try await group.get("/api/whatsapp/events?after=\(start)").json
                    let types = (events["events"]?.elements ?? []).compactMap { $0["type"]?.text }
                    #expect(
                        Set(types).isSubset(of: ["message.received", "conversation.updated"]))
                    return types.filter { $0 == "conversation.updated" }.count == 2
                }
                for kind in ["person.updated", "message.status,read_mark.wanted"] {
                    let refused = try await group.get("/api/whatsapp/events?kinds=\(kind)")
                    #expect(refused.status == 400 && refused.text.contains("kinds"))
                }
            }
        }
    }
}
