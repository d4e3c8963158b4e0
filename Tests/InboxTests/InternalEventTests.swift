import FoundationEssentials
import JSON
import Testing
import Wire

@testable import Inbox

@Suite("What inbox tells provider alone")
struct InternalEventTests {
    private static let people = [InternalEvent.personUpdated.rawValue]
    private static let marks = [InternalEvent.readMarkWanted.rawValue]

    @Test("is given to whoever names it, and to nobody else")
    func isHidden() {
        for name in InternalEvent.allCases.map(\.rawValue) {
            #expect(!KindFilter([]).includes(name))
            #expect(!KindFilter(["*"]).includes(name))
            #expect(!KindFilter([String(name.prefix(6)) + "*"]).includes(name))
            #expect(KindFilter([name]).includes(name))
        }
    }

    @Test("all keys of a person, each time there are others")
    func keys() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        func write(_ wamid: String, from: String?, user: String?) {
            journal.add(
                .webhook, Sample.body(Sample.text("x", wamid: wamid, from: from, user: user)),
                at: Sample.startAt + Int64(journal.entries.count))
        }
        // One key, the same again, a second one, nothing new, and a stranger of two.
        write("w1", from: Sample.person, user: nil)
        write("w2", from: Sample.person, user: nil)
        write("w3", from: Sample.person, user: Sample.user)
        write("w4", from: Sample.person, user: Sample.user)
        write("w5", from: "436605550199", user: "AT.2")
        try await inbox.append(journal.whole())
        let told = try await inbox.events(after: 0, Self.people).map { $0.data["keys"] }
        #expect(
            told == [
                [.string("phone:\(Sample.person)"), .string("user:\(Sample.user)")],
                ["phone:436605550199", "user:AT.2"],
            ])
    }

    @Test("each status once, by the wamid that it is of, whichever try it proves")
    func statuses() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        func report(_ status: String, _ wamid: String, callback: String?) {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.status(status, wamid: wamid, at: Sample.start, callback: callback)),
                at: Sample.startAt + Int64(journal.entries.count))
        }
        report("sent", "second", callback: "msg_a.2")
        report("sent", "first", callback: "msg_a.1")
        report("sent", "first", callback: "msg_a.1")
        report("failed", "first", callback: "msg_a.1")
        report("sent", "another system's", callback: nil)
        report("dreamt", "first", callback: "msg_a.1")
        try await inbox.append(journal.whole())
        let told = try await inbox.events(after: 0, [InternalEvent.statusReported.rawValue])
        #expect(told.map { $0.data["id"] } == ["msg_a", "msg_a", "msg_a"])
        #expect(told.map { $0.data["wamid"] } == ["second", "first", "first"])
        #expect(told.map { $0.data["status"] } == ["sent", "sent", "failed"])
        #expect(told.last?.data["error"]?["provider_code"] == 131_026)
        #expect(told.last?.phoneNumberID == Sample.number)
    }

    @Test("the newest message that was seen, once for each conversation that it is news in")
    func marks() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        func write(_ wamid: String, number: String = Sample.number, after: Int64) {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text("x", wamid: wamid, number: number, at: Sample.start + after)),
                at: Sample.startAt + Int64(journal.entries.count))
        }
        func read(_ number: String? = nil) throws {
            try journal.add(
                JournalCommand(
                    id: "c\(journal.entries.count)", verb: .markRead, contact: "+436605550122",
                    phoneNumberID: number), at: Sample.startAt + Int64(journal.entries.count))
        }
        try read()
        write("w0", after: 2)
        write("w2", after: 2)
        write("w1", after: 1)
        write("w3", number: "300200100400699", after: 0)
        try read(Sample.number)
        try read()
        try read()
        write("w4", after: 4)
        try read()
        try await inbox.append(journal.batch(0..<4))
        try await inbox.append(journal.batch(4..<journal.entries.count))
        let told = try await inbox.events(after: 0, Self.marks)
        #expect(told.compactMap { $0.data["wamid"]?.text } == ["w2", "w3", "w4"])
        #expect(
            told.map(\.phoneNumberID) == [Sample.number, "300200100400699", Sample.number])
        let conversation = try #require(
            try await inbox.conversations(number: Sample.number).conversations.first)
        #expect(told[0].data["conversation"]?.text == conversation.id)
        #expect(
            told[0].data["timestamp"]?.text == Timestamp(seconds: Sample.start + 2).text)
        // The same journal again, as after its file was replaced.
        var again = JournalDouble(.ingress, origin: "anew")
        for entry in journal.entries { again.add(entry.kind, entry.body, at: entry.at) }
        try await inbox.append(again.whole())
        #expect(try await inbox.events(after: 0, Self.marks).count == 3)
    }

    @Test("a group's newest message, and no reaction")
    func groupsAndReactions() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        journal.add(
            .webhook, Sample.body(Sample.text("x", wamid: "w1", group: "g-1")), at: Sample.startAt)
        let reaction: JSONValue = [
            "id": "w2", "from": .string(Sample.person), "group_id": "g-1",
            "timestamp": .string("\(Sample.start + 1)"), "type": "reaction",
            "reaction": ["message_id": "w0", "emoji": "+"],
        ]
        journal.add(
            .webhook, Sample.body(Sample.change(["messages": [reaction]])), at: Sample.startAt + 1)
        try journal.add(
            JournalCommand(id: "c", verb: .markRead, contact: "g-1", phoneNumberID: nil),
            at: Sample.startAt + 2)
        try await inbox.append(journal.whole())
        let told = try await inbox.events(after: 0, Self.marks)
        #expect(told.compactMap { $0.data["wamid"]?.text } == ["w1"])
    }
}
