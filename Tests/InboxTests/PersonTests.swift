import JSON
import SQLite
import Testing
import Wire

@testable import Inbox

@Suite("One person, one thread: numbers, ids and preferences")
struct PersonTests {
    @Test("a number that was asked for and given joins the user id it came from")
    func sharedNumbers() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.text("by number", wamid: "wamid.1"),
            Sample.message(
                "contacts",
                [
                    [
                        "phones": [["phone": "+43 660 5550122", "wa_id": .string(Sample.person)]],
                        "origin": "contact_request",
                    ]
                ], wamid: "wamid.2", from: nil, user: Sample.user, at: Sample.start + 5),
            journal: &journal)
        let conversations = try await inbox.conversations().conversations
        #expect(conversations.map(\.contact) == ["+436605550122"])
        #expect(conversations.map(\.userID) == [Sample.user])
        #expect(try await inbox.messages(Sample.user).messages.count == 2)
    }

    @Test("anybody else's card joins nobody")
    func otherCards() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.text("by number", wamid: "wamid.1"),
            Sample.message(
                "contacts",
                [
                    [
                        "name": ["formatted_name": "Jana"],
                        "phones": [["wa_id": .string(Sample.person)]], "origin": "other",
                    ]
                ], wamid: "wamid.2", from: nil, user: Sample.user), journal: &journal)
        #expect(try await inbox.conversations().conversations.count == 2)
    }

    @Test("a new user id goes on with the history of the old one, and why is kept")
    func userIDUpdates() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let new = "AT.99887766554433221"
        try await inbox.receive(
            Sample.text("before", wamid: "wamid.1", from: nil, user: Sample.user),
            Sample.value(
                "user_id_update",
                [
                    "user_id_update": [
                        [
                            "user_id": ["previous": .string(Sample.user), "current": .string(new)],
                            "timestamp": .string("\(Sample.start + 60)"),
                        ]
                    ]
                ]),
            Sample.text("after", wamid: "wamid.2", from: nil, user: new, at: Sample.start + 90),
            journal: &journal)
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.userID == new)
        #expect(try await inbox.messages(new).messages.count == 2)
        #expect(try await inbox.messages(Sample.user).messages.count == 2)
        let causes = try await inbox.store.inspect { sql in
            try sql("SELECT one, other, cause FROM links").all {
                "\($0.text(0)) \($0.text(1)) \($0.text(2))"
            }
        }
        #expect(causes == ["user:\(Sample.user) user:\(new) user_id_update"])
    }

    @Test("the newest preference counts, whichever comes last")
    func preferences() async throws {
        func preference(_ value: String, at seconds: Int64) -> JSONValue {
            Sample.value(
                "user_preferences",
                [
                    "user_preferences": [
                        [
                            "wa_id": .string(Sample.person), "category": "marketing_messages",
                            "value": .string(value), "timestamp": .integer(seconds),
                        ]
                    ]
                ])
        }
        for order in [["stop", "resume"], ["resume", "stop"]] {
            let inbox = try await StoreDouble()
            var journal = JournalDouble(.ingress)
            try await inbox.receive(Sample.text("Hello", wamid: "wamid.1"), journal: &journal)
            for value in order {
                try await inbox.receive(
                    preference(value, at: Sample.start + (value == "stop" ? 60 : 90)),
                    journal: &journal)
            }
            #expect(
                try await inbox.conversations().conversations.map(\.marketingOptOut) == [false])
            try await inbox.receive(
                preference("stop", at: Sample.start + 99), journal: &journal)
            #expect(
                try await inbox.conversations().conversations.map(\.marketingOptOut) == [true])
        }
    }

    @Test("a name from the app's address book stands until the person has one")
    func addressBook() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.text("Hello", wamid: "wamid.1"),
            Sample.value(
                "smb_app_state_sync",
                [
                    "state_sync": [
                        [
                            "type": "contact", "action": "add",
                            "contact": [
                                "full_name": "Jana the tea lady",
                                "phone_number": .string(Sample.person),
                            ], "metadata": ["timestamp": "1790000999"],
                        ]
                    ]
                ]), journal: &journal)
        #expect(try await inbox.conversations().conversations.map(\.name) == ["Jana the tea lady"])
        try await inbox.receive(
            Sample.text("Hi", wamid: "wamid.2", name: "Jana"), journal: &journal)
        #expect(try await inbox.conversations().conversations.map(\.name) == ["Jana"])
    }

    @Test(
        "a call is a line in the conversation and opens the window, once however often it is told")
    func calls() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        func call(_ event: String, _ direction: String, at seconds: Int64) -> JSONValue {
            Sample.value(
                "calls",
                [
                    "calls": [
                        [
                            "id": "wacid.1", "from": .string(Sample.person),
                            "event": .string(event),
                            "direction": .string(direction), "timestamp": .string("\(seconds)"),
                        ]
                    ]
                ])
        }
        try await inbox.receive(
            call("connect", "USER_INITIATED", at: Sample.start),
            call("terminate", "USER_INITIATED", at: Sample.start + 60), journal: &journal)
        let messages = try await inbox.messages(Sample.person).messages
        #expect(messages.map(\.type) == ["call"] && messages.map(\.text) == ["📞 Call"])
        let conversation = try #require(try await inbox.conversations().conversations.first)
        #expect(conversation.window.open && conversation.unreadCount == 1)
    }
}
