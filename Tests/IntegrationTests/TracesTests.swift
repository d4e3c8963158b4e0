import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

extension RunningTests {
    /// What an erasure leaves on the disk, byte by byte.
    @Suite("traces of the erased")
    struct TracesTests {
        /// Others, so that tables and indexes have many pages.
        private static func others(_ group: TestGroup, _ count: Int, number: String) async throws {
            try await blocking {
                let connection = try group.connection()
                for index in 0..<count {
                    let body = Payload.text(
                        "ordinary words number\(index) of somebody else",
                        wamid: "wamid.other\(index)", from: "43660555\(1_000 + index % 50)",
                        phoneNumberID: number)
                    let answer = try connection.ask(
                        "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
                    #expect(answer.status == 200)
                }
            }
        }

        @Test("in stub mode no file of the state directory has any, nor after kills and a rebuild")
        func stub() async throws {
            let person = Traced(1)
            try await withGroup { group in
                try await group.start()
                try await Self.others(group, 150, number: Payload.phoneNumberID)
                for index in 0..<20 {
                    let body = person.webhook(
                        "\(person.words[0]) \(index)", wamid: "wamid.traced\(index)")
                    #expect(try await group.webhook(body).status == 200)
                    let sent = try await group.sendText(person.words[1], to: "+" + person.phone)
                    #expect(sent.status == 200)
                }
                let toUser = try await group.sendText(person.words[1], to: person.user)
                #expect(toUser.status == 200)
                try await Self.others(group, 150, number: Payload.phoneNumberID)
                let mark = try await group.ask(
                    "POST", "/api/whatsapp/conversations/\(person.user)/read", [], body: nil)
                #expect(mark.status == 200)
                #expect(try await group.settledMessages(with: person.user).count == 41)
                #expect(try await !group.traces(of: person.needles).isEmpty)

                // By a spelling of the number that is not the one of the webhooks.
                #expect(try await group.erase("0091 98123-45001").status == 200)
                try await group.areGone(person.needles)
                for process in group.all { process.kill() }
                #expect(try await group.traces(of: person.needles) == [])
                try await group.start()
                try await group.rebuildInbox()
                try await group.areGone(person.needles)
                let seen = try await group.get(
                    "/api/whatsapp/contact_messages?contact=\(person.user)"
                ).json
                #expect(seen["known"] == .bool(false))
                let others = try await group.get("/api/whatsapp/messages?q=number149&limit=9").json
                #expect(others["messages"]?.elements?.count == 1)
            }
        }

        @Test(
            "in live mode neither, with files, statuses and what waits to be sent, which never goes"
        )
        func live() async throws {
            let person = Traced(2)
            try await withLiveGroup { group, graph in
                let picture = Array("a picture of \(person.words[0])".utf8)
                let media = try await graph.addMedia(picture, mimeType: "image/png")
                let message: JSONValue = [
                    "from": .string(person.phone), "id": "wamid.picture",
                    "timestamp": .string("\(Payload.now)"), "type": "image",
                    "image": [
                        "id": .string(media), "mime_type": "image/png",
                        "caption": .string(person.words[0]),
                    ],
                ]
                let body = Payload.body([
                    Payload.change(liveNumber, contacts: [person.contact], messages: [message])
                ])
                #expect(try await group.webhook(body).status == 200)
                try await eventually("the file is here", within: .seconds(20)) {
                    try await group.traces(of: [person.words[0]]).contains { $0.contains("media/") }
                }
                try await graph.add(
                    GraphRule(times: 1, .accept(statuses: [GraphStatus(.sent)])))
                let first = try await group.sendText("first", to: "+" + person.phone)
                #expect(first.status == 200)
                // The second is on its way for long, and the third waits for it.
                try await graph.add(GraphRule(times: 1, .accept(), .hang(.seconds(4))))
                let fields = ["Prefer: respond-async"]
                _ = try await group.sendText("second", to: "+" + person.phone, fields)
                let third = try await group.sendText(
                    person.words[1], to: "+" + person.phone, fields)
                #expect(third.status == 202)
                try await graph.reach(.accepted, 2)

                #expect(try await group.erase(person.user).status == 200)
                // Long before the next look at what is out of date.
                try await group.areGone(
                    person.needles + ["a picture of"], within: .seconds(20))
                let story = try await group.get(
                    "/api/whatsapp/messages/\(third.json["id"]?.text ?? "")"
                ).json
                #expect(story["outbox"]?["status"]?.text == "failed")
                // Once the second is through, it is the third's turn; others go on.
                try await eventually("the second is through", within: .seconds(20)) {
                    let id = try await graph.accepted()[1].message
                    let second = try await group.get("/api/whatsapp/messages/\(id)").json
                    return second["outbox"]?["status"]?.text == "accepted"
                }
                let other = try await group.sendText("of another", to: "+436605550199")
                #expect(other.status == 200)
                group.provider.kill()
                try await group.provider.start()
                let later = try await group.sendText("of another, later", to: "+436605550199")
                #expect(later.status == 200)
                #expect(
                    try await graph.accepted().map(\.text)
                        == ["first", "second", "of another", "of another, later"])
                try await group.areGone(person.needles)
            }
        }

        @Test("two people in one webhook: the other one stays whole, also after a rebuild")
        func other() async throws {
            let (person, other) = (Traced(3), Traced(4))
            try await withGroup { group in
                try await group.start()
                let both = Payload.body([
                    Payload.change(
                        contacts: [person.contact, other.contact],
                        messages: [
                            person.message(person.words[0], wamid: "wamid.a1"),
                            other.message(other.words[0], wamid: "wamid.b1"),
                        ]),
                    Payload.change(
                        contacts: [other.contact],
                        messages: [other.message(other.words[1], wamid: "wamid.b2")]),
                ])
                #expect(try await group.webhook(both).status == 200)
                let before = try await group.settledMessages(with: "+" + other.phone)
                #expect(before.count == 2)
                #expect(try await group.erase("+" + person.phone).status == 200)
                try await group.areGone(person.needles)
                for _ in 0..<2 {
                    #expect(try await group.settledMessages(with: "+" + other.phone) == before)
                    let list = try await group.get("/api/whatsapp/conversations").json
                    #expect(
                        list["conversations"]?.elements?.map { $0["name"]?.text } == [other.name])
                    #expect(
                        try await group.traces(of: [other.words[0]]).contains {
                            $0.hasPrefix("ingress")
                        })
                    try await group.rebuildInbox()
                }
                // Meta delivers it again: nothing comes back. They write anew: that is somebody new.
                #expect(try await group.webhook(both).status == 200)
                #expect(try await group.settledMessages(with: "+" + other.phone) == before)
                try await group.areGone(person.needles)
                let anew = person.webhook("a new start", wamid: "wamid.a2")
                #expect(try await group.webhook(anew).status == 200)
                #expect(try await group.settledTexts(with: "+" + person.phone) == ["a new start"])
                try await group.rebuildInbox()
                #expect(try await group.settledTexts(with: "+" + person.phone) == ["a new start"])
            }
        }

        /// What changes a file or makes that durable.
        private static let steps = "fdatasync,pwrite64"
        /// Of what a process does while it takes people out: some of the first, some of the last.
        private static let points = [3, 6, 9, 14]

        @Test("each process killed in the middle of it: it goes on and comes to its end")
        func kills() async throws {
            try await withGroup { group in
                try await group.start()
                let names: [GatewayProcess.Name] = [.ingress, .provider, .inbox]
                let people = (0..<names.count * Self.points.count).map { Traced(100 + $0) }
                let filling = String(repeating: "ordinary words ", count: 300)
                for index in 0..<20 {
                    for person in people {
                        let body = person.webhook(
                            "\(person.words[0]) \(filling)",
                            wamid: "wamid.\(person.user).\(index)")
                        #expect(try await group.webhook(body).status == 200)
                    }
                }
                for person in people {
                    let sent = try await group.sendText(person.words[1], to: "+" + person.phone)
                    #expect(sent.status == 200)
                }
                var deaths = 0
                var left = people
                for name in names {
                    for point in Self.points {
                        let person = left[0]
                        left.removeFirst()
                        group.inbox.kill()
                        #expect(try await group.erase("+" + person.phone).status == 200)
                        if name != .inbox { group[name].kill() }
                        let fault = Fault.killed(at: point, of: Self.steps)
                        do { try await group[name].start(with: fault) } catch {}
                        if name != .inbox { try await group.inbox.start() }
                        if try await group.revived(name) { deaths += 1 }
                        try await group.areGone(person.needles)
                    }
                }
                #expect(deaths >= names.count)
                #expect(try await group.get("/api/whatsapp/audit").json["whole"] == .bool(true))
            }
        }
    }
}

extension TestGroup {
    /// Starts a process again if it dies soon; answers whether it did.
    fileprivate func revived(_ name: GatewayProcess.Name) async throws -> Bool {
        do {
            let ended = try await self[name].ended(within: .milliseconds(300))
            #expect(ended == .killed(signal: SIGKILL))
        } catch is NeverHappened {
            return false
        } catch is GatewayProcess.NotRunning {}  // It died while it started.
        try await self[name].start()
        return true
    }
}
