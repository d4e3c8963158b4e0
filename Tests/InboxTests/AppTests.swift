import JSON
import Testing
import Wire

@testable import Inbox

@Suite("Messages of the business's own app are kept as what they are")
struct AppTests {
    @Test("an echo is outbound, opens nothing and is unread for nobody; statuses find it")
    func echoes() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.status("delivered", wamid: "wamid.1", at: Sample.start + 5),
            Sample.echo(wamid: "wamid.1"),
            Sample.status("read", wamid: "wamid.1", at: Sample.start + 9), journal: &journal)
        let message = try #require(try await inbox.messages(Sample.person).messages.first)
        #expect(message.direction == .outbound)
        #expect(message.sentBy == "app" && message.origin == "app")
        #expect(message.text == "from the app")
        #expect(message.status == .read)
        #expect(Set(message.statusAt.keys) == ["sent", "delivered", "read"])
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.unreadCount == 0 && !conversation.window.open)
        #expect(conversation.window.expiresAt == nil)
        #expect(conversation.lastDirection == .outbound)
        let types = try await inbox.events(after: 0, ["message.*"]).map(\.type)
        #expect(types == ["message.echoed", "message.status", "message.status"])
    }

    @Test("history is told under a name of its own, opens nothing, and keeps how far it got")
    func history() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.history([
                ("wamid.1", "old question", nil), ("wamid.2", "old answer", "PLAYED"),
                ("wamid.3", "lost", "ERROR"),
            ]), journal: &journal)
        let messages = try await inbox.messages(Sample.person).messages
        #expect(Set(messages.map(\.origin)) == ["history"])
        let status = Dictionary(uniqueKeysWithValues: messages.map { ($0.wamid, $0.status) })
        #expect(status == ["wamid.1": .received, "wamid.2": .played, "wamid.3": .failed])
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.unreadCount == 0 && !conversation.window.open)
        let types = Set(try await inbox.events().map(\.type))
        #expect(types == ["message.imported", "account.history", "conversation.updated"])
    }

    @Test("a file takes its placeholder's place, and what came live is never replaced by history")
    func precedence() async throws {
        let live = Sample.text("live", wamid: "wamid.1")
        let old = Sample.history([("wamid.1", "old", nil), ("wamid.2", nil, nil)])
        let file = Sample.value(
            "history",
            [
                "messages": [
                    [
                        "from": .string(Sample.person), "id": "wamid.2", "type": "image",
                        "timestamp": .string("\(Sample.start)"),
                        "image": ["id": "77", "mime_type": "image/jpeg"],
                    ]
                ]
            ])
        for order in [[live, old, file], [old, file, live], [file, live, old]] {
            let inbox = try await StoreDouble()
            var journal = JournalDouble(.ingress)
            for change in order { try await inbox.receive(change, journal: &journal) }
            let messages = try await inbox.messages(Sample.person).messages
            let texts = Dictionary(uniqueKeysWithValues: messages.map { ($0.wamid, $0.text) })
            #expect(texts == ["wamid.1": "live", "wamid.2": "📷 Photo"])
            #expect(messages.compactMap(\.media?.id) == ["77"])
            let conversation = try #require(try await inbox.conversations().conversations.first)
            #expect(conversation.unreadCount == 1 && conversation.window.open)
        }
    }
}
