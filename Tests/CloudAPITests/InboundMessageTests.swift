import CloudAPI
import FoundationEssentials
import Testing
import JSON

struct InboundMessageTests {
    @Test("a text comes with its sender, its number and its time")
    func text() throws {
        let message = try Fixture.message("text")
        #expect(message.kind == .text(body: "Are you open today?"))
        #expect(message.phoneNumberID == "300200100400602")
        #expect(message.displayPhoneNumber == "4930550010001")
        #expect(message.wabaID == "200100300400501")
        #expect(message.wamid == "wamid.IN0001")
        #expect(message.timestamp == 1_790_000_001)
        #expect(message.content == ["body": "Are you open today?"])
        #expect(message.raw == nil)
        #expect(
            message.sender
                == Sender(
                    waID: "436605550122", userID: "AT.70011223344556677", username: "jana.k",
                    name: "Jana K."))
    }

    @Test(
        "each kind has its type, its line, and opens the window or not",
        arguments: [
            ("text", "text", "Are you open today?", true),
            ("image", "image", "our kitchen", true),
            ("video", "video", "🎥 Video", true),
            ("audio-voice", "audio", "🎤 Voice message", true),
            ("voice-old", "voice", "🎤 Voice message", true),
            ("document", "document", "📄 offer.pdf", true),
            ("document-caption", "document", "please sign", true),
            ("sticker", "sticker", "💟 Sticker", true),
            ("location", "location", "📍 Stephansplatz", true),
            ("contacts", "contacts", "👤 Max Muster", true),
            ("contacts-own-number", "contacts", "👤 +43 660 5550122", true),
            ("interactive-button", "interactive", "Confirm", true),
            ("interactive-list", "interactive", "09:00", true),
            ("interactive-flow", "interactive", "Sent", true),
            ("interactive-call-permission", "interactive", "📞 Calls allowed", false),
            (
                "interactive-without-object", "interactive",
                "Message type not supported: interactive", true
            ),
            ("button", "button", "Stop", true),
            ("reaction", "reaction", "👍", true),
            ("reaction-removed", "reaction", "Reaction removed", true),
            ("order", "order", "🛒 Order, 1 item", true),
            (
                "system-number-changed", "system",
                "User Jana K. changed from 436605550122 to 436605550777", false
            ),
            ("edit", "edit", "✏️ tomorrow, not today", false),
            ("revoke", "revoke", "🚫 Message deleted", false),
            ("request-welcome", "request_welcome", "👋 Chat opened", false),
            ("unsupported", "unsupported", "Message type not supported: poll_creation", true),
            ("unsupported-old", "unknown", "Message type not supported", true),
            ("type-of-tomorrow", "hologram", "Unknown message: hologram", true),
        ])
    func kinds(fixture: String, type: String, line: String, opensWindow: Bool) throws {
        let message = try Fixture.message(fixture)
        #expect(message.type == type)
        #expect(message.listText == line)
        #expect(message.opensWindow == opensWindow)
    }

    @Test(
        "what was written is given whole, and is nil where nothing was",
        arguments: [
            ("text", "Are you open today?"), ("image", "our kitchen"), ("document", nil),
            ("interactive-list", "09:00"), ("interactive-call-permission", nil), ("button", "Stop"),
            ("reaction", "👍"), ("reaction-removed", nil), ("location", nil),
            ("edit", "tomorrow, not today"), ("unsupported", nil),
        ] as [(String, String?)])
    func writtenText(fixture: String, text: String?) throws {
        #expect(try Fixture.message(fixture).writtenText == text)
    }

    @Test("a file comes with all that is known of it, ids that are integers included")
    func media() throws {
        guard case .media(let file) = try Fixture.message("document-caption").kind else {
            Issue.record("no media")
            return
        }
        #expect(file.kind == .document)
        #expect(file.id == "8800110022003300")
        #expect(file.mimeType == "application/pdf")
        #expect(file.caption == "please sign")
        #expect(file.filename == "../../offer.pdf")
        guard case .media(let voice) = try Fixture.message("audio-voice").kind else {
            Issue.record("no media")
            return
        }
        #expect(voice.isVoice)
        #expect(voice.mimeType == "audio/ogg; codecs=opus")
    }

    @Test("what a message answers, and that it was forwarded, is told")
    func context() throws {
        let reply = try #require(try Fixture.message("text-reply").context)
        #expect(reply.replyTo == "wamid.OUT0001")
        #expect(!reply.isForwarded)
        let forwarded = try #require(try Fixture.message("text-forwarded").context)
        #expect(forwarded.isForwarded && forwarded.isFrequentlyForwarded)
        #expect(forwarded.replyTo == nil)
        #expect(try Fixture.message("text").context == nil)
        #expect(try Fixture.message("text-from-ad").referral?["ctwa_clid"] == "AfxDemo123")
    }

    @Test("interactive answers, taps and reactions carry their ids")
    func replies() throws {
        #expect(
            try Fixture.message("interactive-button").kind
                == .interactive(.button(id: "confirm:991", title: "Confirm")))
        #expect(
            try Fixture.message("interactive-list").kind
                == .interactive(.list(id: "mo-9", title: "09:00", description: "30 minutes")))
        #expect(
            try Fixture.message("button").kind == .button(payload: "STOP_MARKETING", text: "Stop"))
        #expect(
            try Fixture.message("reaction").kind == .reaction(to: "wamid.OUT0010", emoji: "👍"))
        #expect(
            try Fixture.message("reaction-removed").kind
                == .reaction(to: "wamid.OUT0010", emoji: nil))
    }

    @Test("a kind that is not read is kept whole", arguments: ["type-of-tomorrow", "unsupported"])
    func raw(fixture: String) throws {
        let message = try Fixture.message(fixture)
        #expect(message.raw?["id"]?.identifier == message.wamid)
        #expect(message.content != .null)
    }

    @Test("an unsupported message says why")
    func unsupported() throws {
        let message = try Fixture.message("unsupported")
        #expect(message.kind == .unsupported(kind: "poll_creation"))
        #expect(message.errors.first?.code == 131051)
        #expect(message.errors.first?.text == "Message type is currently not supported.")
    }

    @Test(
        "people without a phone number are told by their user id",
        arguments: ["sender-bsuid-only", "sender-bsuid-in-from", "sender-empty-strings"])
    func userIDs(fixture: String) throws {
        let sender = try Fixture.message(fixture).sender
        #expect(sender.waID == nil)
        #expect(sender.userID == "AT.70011223344556677")
        #expect(sender.username == nil)
        #expect(sender.name == (fixture == "sender-bsuid-in-from" ? "Jana K." : nil))
    }

    @Test("of several contacts each message gets its own")
    func severalContacts() throws {
        let names = try Fixture.messages("sender-one-of-several").map(\.sender.name)
        #expect(names == ["Jana K.", "Tom"])
    }

    @Test("a group's message carries the group and the member")
    func group() throws {
        let message = try Fixture.message("group-text")
        #expect(message.groupID == "Y2FwaV9ncm91cDpERU1P")
        #expect(message.sender.waID == "436605550122")
    }

    @Test("escaped text arrives as what it means")
    func escapedUnicode() throws {
        let message = try Fixture.message("escaped-unicode")
        #expect(message.kind == .text(body: "Grüß Gott 👋 a/b"))
        #expect(message.sender.name == "Jürgen")
    }

    @Test(
        "the time is read from strings, integers and milliseconds",
        arguments: [
            ("text", 1_790_000_001), ("timestamp-integer", 1_790_000_048),
            ("timestamp-milliseconds", 1_790_000_047),
        ] as [(String, Int64)])
    func timestamps(fixture: String, seconds: Int64) throws {
        #expect(try Fixture.message(fixture).timestamp == seconds)
    }
}
