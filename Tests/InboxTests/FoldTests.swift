import FoundationEssentials
import JSON
import Testing
import Wire

@testable import Inbox

@Suite("What people read follows from what the journals say")
struct FoldTests {
    @Test("a webhook makes a conversation with its message")
    func aWebhookIsKept() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        journal.add(
            .webhook,
            Sample.body(
                Sample.text("Hello\nyou", wamid: "wamid.1", user: Sample.user, name: "Jana")),
            at: Sample.startAt + 5)
        let answer = try await inbox.append(journal.whole())
        #expect(answer == .init(.applied, journal.entries[0].position))

        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.contact == "+436605550122")
        #expect(conversation.userID == Sample.user)
        #expect(conversation.name == "Jana")
        #expect(conversation.lastMessageText == "Hello you")
        #expect(conversation.lastDirection == .inbound)
        #expect(conversation.unreadCount == 1)
        #expect(conversation.window.open)
        #expect(conversation.window.expiresAt == Timestamp(seconds: Sample.start + 86_400))

        let message = try #require(try await inbox.messages("+43 660 555-0122").messages.first)
        #expect(message.text == "Hello\nyou")
        #expect(message.content == ["body": "Hello\nyou"])
        #expect(message.timestamp == Timestamp(seconds: Sample.start))
        #expect(message.receivedAt == Timestamp(milliseconds: Sample.startAt + 5))
        #expect(message.status == .received)
        #expect(message.provider == "stub")
        #expect(message.id.count == 30)
        #expect(try await inbox.messages(Sample.user).messages == [message])
        #expect(try await inbox.message(.id(message.id)).message == message)
        #expect(try await inbox.message(.id("wamid.1")).message == message)
        #expect(
            try await inbox.events().map(\.type) == ["message.received", "conversation.updated"])
    }

    @Test("the same webhook a thousand times is one message")
    func duplicatesAreAbsorbed() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for index in 0..<1_000 {
            journal.add(
                .webhook, Sample.body(Sample.text("Hello", wamid: "wamid.1")),
                at: Sample.startAt + Int64(index))
        }
        try await inbox.append(journal.batch(0..<500, completeTo: 1))
        try await inbox.append(journal.batch(500..<1_000))
        #expect(try await inbox.count("messages") == 1)
        #expect(try await inbox.conversations().conversations.map(\.unreadCount) == [1])
        #expect(try await inbox.events(after: 0, ["message.received"]).count == 1)
    }

    @Test("one malformed element costs no other one, and is kept as it came")
    func malformedElementsAreSetAside() async throws {
        let inbox = try await StoreDouble()
        let messages: JSONValue = [
            [
                "id": "wamid.1", "from": .string(Sample.person), "type": "text",
                "text": ["body": "a"],
            ],
            ["from": .string(Sample.person), "type": "text"],
            7,
            [
                "id": "wamid.2", "from": .string(Sample.person), "type": "text",
                "text": ["body": "b"],
            ],
        ]
        var journal = JournalDouble(.ingress)
        journal.add(
            .webhook, Sample.body(Sample.change(["messages": messages])), at: Sample.startAt)
        journal.add("not JSON", at: Sample.startAt + 1)
        journal.add(#"{"object":"instagram","entry":[]}"#, at: Sample.startAt + 2)
        journal.add(.outbox, Data("{}".utf8), at: Sample.startAt + 3)
        journal.add(
            .webhook, Sample.body(Sample.text("c", wamid: "wamid.3")), at: Sample.startAt + 4)
        try await inbox.append(journal.whole())
        #expect(try await inbox.count("messages") == 3)
        #expect(try await inbox.count("unparsed") == 5)
        #expect(try await inbox.store.figures()["unparsed"] == 5)
    }

    @Test("what was seen is no longer unread; what came after it is")
    func markReadCounts() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let at = Sample.startAt
        journal.add(.webhook, Sample.body(Sample.text("1", wamid: "wamid.1", name: "J")), at: at)
        journal.add(.webhook, Sample.body(Sample.text("2", wamid: "wamid.2")), at: at)
        // In the same millisecond: the order of the journal decides.
        try journal.add(
            JournalCommand(
                id: "c1", verb: .markRead, contact: " 43 660 5550122", phoneNumberID: nil),
            at: at)
        journal.add(.webhook, Sample.body(Sample.text("3", wamid: "wamid.3")), at: at)
        for index in 0..<journal.entries.count {
            try await inbox.append(journal.batch(index..<(index + 1)))
        }
        #expect(try await inbox.conversations().conversations.map(\.unreadCount) == [1])
        let before = try await inbox.dump()
        // Shipped again under another name.
        var again = JournalDouble(.ingress, origin: "another")
        for entry in journal.entries { again.add(entry.kind, entry.body, at: entry.at) }
        try await inbox.append(again.whole())
        #expect(try await inbox.dump() == before)
    }

    @Test("a message that carries two keys brings two persons' conversations together")
    func personsAreJoined() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let at = Sample.startAt
        journal.add(.webhook, Sample.body(Sample.text("by number", wamid: "wamid.1")), at: at)
        journal.add(
            .webhook,
            Sample.body(Sample.text("by id", wamid: "wamid.2", from: nil, user: Sample.user)),
            at: at + 1)
        try await inbox.append(journal.whole())
        #expect(try await inbox.conversations().conversations.count == 2)
        let id = try await inbox.messages(Sample.person).messages.first?.id

        journal.add(
            .webhook,
            Sample.body(
                Sample.text("both", wamid: "wamid.3", user: Sample.user, at: Sample.start + 9)),
            at: at + 2)
        try await inbox.append(journal.batch(2..<3))
        let conversations = try await inbox.conversations().conversations
        #expect(conversations.map(\.unreadCount) == [3])
        #expect(conversations.map(\.userID) == [Sample.user])
        #expect(try await inbox.messages(Sample.person).messages.count == 3)
        #expect(try await inbox.messages(Sample.user).messages.map(\.id).contains(id ?? ""))
    }

    @Test("a person who changes their number keeps their history")
    func numbersChange() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        journal.add(.webhook, Sample.body(Sample.text("old", wamid: "wamid.1")), at: Sample.startAt)
        let system: JSONValue = [
            "from": .string(Sample.person), "id": "wamid.2",
            "timestamp": .string("\(Sample.start + 60)"), "type": "system",
            "system": ["type": "user_changed_number", "wa_id": "436605550777"],
        ]
        journal.add(
            .webhook, Sample.body(Sample.change(["messages": [system]])),
            at: Sample.startAt + 60_000)
        try await inbox.append(journal.whole())
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.contact == "+436605550777")
        #expect(conversation.window.expiresAt == Timestamp(seconds: Sample.start + 86_400))
        #expect(try await inbox.messages("+436605550777").messages.count == 2)
        #expect(try await inbox.messages(Sample.person).messages.count == 2)
    }

    @Test("a group has a conversation of its own")
    func groupsAreApart() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        journal.add(.webhook, Sample.body(Sample.text("me", wamid: "wamid.1")), at: Sample.startAt)
        journal.add(
            .webhook, Sample.body(Sample.text("us", wamid: "wamid.2", group: "Z3JvdXA=")),
            at: Sample.startAt + 1)
        try await inbox.append(journal.whole())
        #expect(try await inbox.messages(Sample.person).messages.map(\.text) == ["me"])
        #expect(try await inbox.messages("Z3JvdXA=").messages.map(\.text) == ["us"])
    }

    @Test("the account's changes are kept and told once, as they came")
    func accountEvents() async throws {
        let inbox = try await StoreDouble()
        let change: JSONValue = ["field": "account_alerts", "value": ["alert": "x"]]
        var journal = JournalDouble(.ingress)
        journal.add(.webhook, Sample.body(change), at: Sample.startAt)
        journal.add(.webhook, Sample.body(change), at: Sample.startAt + 1)
        try await inbox.append(journal.whole())
        let events = try await inbox.events()
        #expect(events.map(\.type) == ["account.account_alerts"])
        #expect(events.map(\.data) == [change])
    }

    @Test("in live, only ingress brings webhooks")
    func forgedWebhooksAreRefused() async throws {
        let inbox = try await StoreDouble(mode: .live)
        var journal = JournalDouble(.provider)
        journal.add(.webhook, Sample.body(Sample.text("1", wamid: "wamid.1")), at: Sample.startAt)
        try await inbox.append(journal.whole())
        #expect(try await inbox.count("messages") == 0)
        #expect(try await inbox.count("unparsed") == 1)
    }
}
