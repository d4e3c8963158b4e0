import JSON
import Testing
import Wire

@testable import Inbox

@Suite("Reactions, edits and revocations belong to the message that they name")
struct AmendmentTests {
    @Test("a reaction is on its message, in the list and in the feed, and is no message of its own")
    func reactions() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.text("Hello", wamid: "wamid.1", name: "Jana"),
            Sample.reaction("👍", to: "wamid.1", wamid: "wamid.2", at: Sample.start + 60),
            journal: &journal)
        let page = try await inbox.messages(Sample.person).messages
        #expect(page.map(\.wamid) == ["wamid.1"])
        #expect(
            page.first?.reactions == [
                Reaction(
                    from: "+436605550122", emoji: "👍", at: Timestamp(seconds: Sample.start + 60))
            ])
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.lastMessageText == "👍 to “Hello”")
        #expect(conversation.lastMessageType == "reaction")
        #expect(conversation.unreadCount == 1)
        #expect(conversation.window.expiresAt == Timestamp(seconds: Sample.start + 86_460))
        let events = try await inbox.events(after: 0, ["message.*"])
        #expect(events.map(\.type) == ["message.received", "message.updated"])
        #expect(events.last?.data["reactions"]?.elements?.first?["emoji"] == "👍")
        // Whoever asks for the reaction finds what it is on.
        #expect(try await inbox.message(.id("wamid.2")).message?.wamid == "wamid.1")
    }

    @Test("of each person the last reaction counts, and an empty one takes it back")
    func lastReaction() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let (one, other) = ("436605550122", "436605550133")
        try await inbox.receive(
            Sample.text("Hello", wamid: "wamid.1"),
            Sample.reaction("😮", to: "wamid.1", wamid: "wamid.3", from: one, at: Sample.start + 3),
            Sample.reaction("👍", to: "wamid.1", wamid: "wamid.2", from: one, at: Sample.start + 2),
            Sample.reaction(
                "❤️", to: "wamid.1", wamid: "wamid.4", from: other, at: Sample.start + 4),
            journal: &journal)
        let first = try #require(try await inbox.messages(one).messages.first)
        #expect(first.reactions.map(\.emoji) == ["😮", "❤️"])
        try await inbox.receive(
            Sample.reaction(nil, to: "wamid.1", wamid: "wamid.5", from: one, at: Sample.start + 5),
            journal: &journal)
        #expect(
            try await inbox.messages(one).messages.first?.reactions.map(\.emoji) == ["❤️"])
        // With the reaction gone, the message is the last thing that happened.
        let conversation = try await inbox.conversations().conversations
            .first { $0.contact == "+436605550122" }
        #expect(conversation?.lastMessageText == "Hello")
    }

    @Test("a reaction to a message that was never seen is told by the list alone")
    func reactionToNothing() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.reaction("👍", to: "wamid.old", wamid: "wamid.2"), journal: &journal)
        #expect(
            try await inbox.conversations().conversations.map(\.lastMessageText) == [
                "👍 to a message"
            ])
        #expect(try await inbox.events().map(\.type) == ["conversation.updated"])
        try await inbox.receive(
            Sample.text("late", wamid: "wamid.old", at: Sample.start - 9), journal: &journal)
        #expect(
            try await inbox.messages(Sample.person).messages.first?.reactions.map(\.emoji) == [
                "👍"
            ])
        #expect(
            try await inbox.conversations().conversations.map(\.lastMessageText) == [
                "👍 to “late”"
            ])
    }

    @Test("a reaction of ours counts once Meta took it, and is no line of its own")
    func ownReactions() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(Sample.text("Hello", wamid: "wamid.1"), journal: &journal)
        var provider = JournalDouble(.provider)
        var sent = Sample.queued("msg_r", at: Sample.startAt + 9)
        sent.message?.type = "reaction"
        sent.message?.content = ["message_id": "wamid.1", "emoji": "🙏"]
        try provider.add(sent)
        try await inbox.append(provider.whole())
        #expect(try await inbox.messages(Sample.person).messages.first?.reactions == [])
        try provider.add(
            OutboxTransition(
                id: "msg_r", mode: .stub, status: .accepted, at: Sample.startAt + 10,
                wamid: "wamid.r", attempt: 1))
        try await inbox.append(provider.batch(1..<2))
        let messages = try await inbox.messages(Sample.person).messages
        #expect(messages.count == 1)
        #expect(
            messages.first?.reactions == [
                Reaction(
                    from: nil, emoji: "🙏", at: Timestamp(milliseconds: Sample.startAt + 9))
            ])
        #expect(try await inbox.message(.id("msg_r")).message?.status == .accepted)
        #expect(
            try await inbox.conversations().conversations.map(\.lastMessageText) == [
                "🙏 to “Hello”"
            ])
    }

    @Test("an edit shows the new text and keeps the old one, whichever comes first")
    func edits() async throws {
        let changes = [
            Sample.text("tomorrow", wamid: "wamid.1"),
            Sample.edit(of: "wamid.1", to: "today", wamid: "wamid.2", at: Sample.start + 60),
            Sample.edit(of: "wamid.1", to: "now", wamid: "wamid.3", at: Sample.start + 90),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let inbox = try await StoreDouble()
            var journal = JournalDouble(.ingress)
            for index in order { try await inbox.receive(changes[index], journal: &journal) }
            let message = try #require(try await inbox.messages(Sample.person).messages.first)
            #expect(message.text == "now")
            #expect(message.content == ["body": "now"])
            #expect(message.editedAt == Timestamp(seconds: Sample.start + 90))
            #expect(message.revisions.map(\.text) == ["tomorrow", "today"])
            #expect(message.revisions.first?.content == ["body": "tomorrow"])
            #expect(try await inbox.messages(Sample.person).messages.count == 1)
            let conversation = try #require(try await inbox.conversations().conversations.first)
            #expect(conversation.lastMessageText == "now")
            #expect(conversation.unreadCount == 1)
            // The person wrote once; an edit opens nothing anew.
            #expect(conversation.window.expiresAt == Timestamp(seconds: Sample.start + 86_400))
        }
    }

    @Test("a message that was taken back says so, and what it said is kept")
    func revocations() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.revoke("wamid.1", wamid: "wamid.3", at: Sample.start + 90),
            Sample.edit(of: "wamid.1", to: "today", wamid: "wamid.2", at: Sample.start + 60),
            Sample.text("tomorrow", wamid: "wamid.1"), journal: &journal)
        let message = try #require(try await inbox.messages(Sample.person).messages.first)
        #expect(message.text == "🚫 Message deleted")
        #expect(message.content == nil)
        #expect(message.revokedAt == Timestamp(seconds: Sample.start + 90))
        #expect(message.revisions.map(\.text) == ["tomorrow", "today"])
        #expect(
            try await inbox.conversations().conversations.map(\.lastMessageText) == [
                "🚫 Message deleted"
            ])
    }

    @Test("nobody changes what another wrote, by whatever key they are known")
    func onlyTheAuthor() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.text("mine", wamid: "wamid.1"),
            Sample.edit(of: "wamid.1", to: "theirs", wamid: "wamid.2", from: "436605550133"),
            Sample.revoke("wamid.1", wamid: "wamid.3", from: nil, user: Sample.user),
            Sample.echo(
                "revoke", ["original_message_id": "wamid.1"], wamid: "wamid.4"),
            journal: &journal)
        let message = try #require(try await inbox.messages(Sample.person).messages.first)
        #expect(message.text == "mine" && message.revokedAt == nil && message.editedAt == nil)
        // It turns out that the user id is the same person's: now it was their own message.
        try await inbox.receive(
            Sample.text("both", wamid: "wamid.5", user: Sample.user, at: Sample.start + 5),
            journal: &journal)
        let changed = try #require(try await inbox.message(.id("wamid.1")).message)
        #expect(changed.revokedAt == Timestamp(seconds: Sample.start))
        #expect(changed.revisions.map(\.text) == ["mine"])
    }

    @Test("what was said about a message of ours before its wamid was known joins it")
    func earlyForOurs() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.reaction("👍", to: "wamid.out", wamid: "wamid.2"), journal: &journal)
        var provider = JournalDouble(.provider)
        try provider.add(Sample.queued("msg_1", at: Sample.startAt))
        try provider.add(
            OutboxTransition(
                id: "msg_1", mode: .stub, status: .accepted, at: Sample.startAt + 1,
                wamid: "wamid.out", attempt: 1))
        try await inbox.append(provider.whole())
        #expect(try await inbox.message(.id("msg_1")).message?.reactions.map(\.emoji) == ["👍"])
        #expect(
            try await inbox.conversations().conversations.map(\.lastMessageText) == [
                "👍 to “hello”"
            ])
    }
}
