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
            ("image-hex-digest", "image", "📷 Photo", true),
            ("sticker-animated", "sticker", "💟 Sticker", true),
            ("audio-file", "audio", "🎵 Audio", true),
            ("location-pin", "location", "📍 Location", true),
            ("contacts-vcard", "contacts", "👤 Max Muster +1", true),
            ("contacts-origin-on-message", "contacts", "👤 +43 660 5550122", true),
            ("interactive-flow-invalid", "interactive", "Sent", true),
            ("interactive-flow-list", "interactive", "Sent", true),
            ("interactive-address", "interactive", "address_message", true),
            (
                "interactive-call-permission-automatic", "interactive", "📞 Calls allowed", false
            ),
            (
                "interactive-call-permission-rejected", "interactive", "📞 Calls not allowed", true
            ),
            ("interactive-of-tomorrow", "interactive", "Reply: slider_reply", true),
            (
                "interactive-with-errors", "interactive",
                "Message type not supported: interactive", true
            ),
            ("button-without-payload", "button", "Stop", true),
            ("reaction-empty", "reaction", "Reaction removed", true),
            ("order-numeric-strings", "order", "🛒 gift wrap, please", true),
            ("system-number-changed-old", "system", "Jana K. has a new number", false),
            ("system-user-id-changed", "system", "Number changed", false),
            ("system-identity-changed", "system", "Jana K.'s security code changed", false),
            ("edit-caption", "edit", "✏️ our new kitchen", false),
            ("edit-unreadable", "edit", "✏️ Unknown message", false),
            ("text-product-question", "text", "Is it in stock?", true),
            ("text-forwarded-once", "text", "Look at this", true),
            ("text-from-post", "text", "Price?", true),
            ("group-image", "image", "us", true), ("group-reaction", "reaction", "❤️", true),
            ("property-of-tomorrow", "text", "Hello", true),
            ("unsupported-bare", "unsupported", "Message type not supported", true),
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

    @Test("what a form was filled in with is read, and kept as text where it is no JSON")
    func flows() throws {
        func response(_ fixture: String) throws -> FlowResponse? {
            guard case .interactive(.flow(_, _, let response)) = try Fixture.message(fixture).kind
            else { return nil }
            return response
        }
        #expect(
            try response("interactive-flow")
                == .values(["flow_token": "t-77", "date": "2026-10-01"]))
        #expect(try response("interactive-flow-invalid") == .text("{not json"))
        #expect(try response("interactive-flow-list") == .values(["a", 1]))
        let shown = try Fixture.message("interactive-flow").shownContent
        #expect(shown["nfm_reply"]?["response"]?["date"] == "2026-10-01")
        #expect(shown["nfm_reply"]?["response_json"]?.text?.isEmpty == false)
        let invalid = try Fixture.message("interactive-flow-invalid")
        #expect(invalid.shownContent == invalid.content)
    }

    @Test("numbers of a cart are numbers, also when they came as texts")
    func orders() throws {
        let message = try Fixture.message("order-numeric-strings")
        guard case .order(let order) = message.kind else {
            Issue.record("no order")
            return
        }
        #expect(order.catalogID == "4400110022")
        #expect(order.items.map(\.quantity) == [2, 1])
        #expect(order.items.map(\.price) == [3.5, 12])
        let items = message.shownContent["product_items"]?.elements
        #expect(items?.first?["quantity"] == 2 && items?.first?["item_price"] == 3.5)
        #expect(items?.last?["item_price"] == 12)
    }

    @Test(
        "only a number that was asked for is taken for the sender's own",
        arguments: [
            ("contacts-own-number", "436605550122"), ("contacts-origin-on-message", "436605550122"),
            ("contacts", nil), ("contacts-vcard", nil), ("text", nil),
        ] as [(String, String?)])
    func ownNumbers(fixture: String, digits: String?) throws {
        #expect(try Fixture.message(fixture).sharedOwnNumber == digits)
    }

    @Test("a system message tells where the person is now, in older and newer words")
    func systemNotices() throws {
        func notice(_ fixture: String) throws -> SystemNotice? {
            guard case .system(let notice) = try Fixture.message(fixture).kind else { return nil }
            return notice
        }
        #expect(try notice("system-number-changed")?.newWaID == "436605550777")
        #expect(try notice("system-number-changed-old")?.newWaID == "436605550777")
        #expect(try notice("system-number-changed-old")?.kind == .numberChanged)
        let changed = try notice("system-user-id-changed")
        #expect(changed?.newUserID == "AT.99887766554433221" && changed?.newWaID == nil)
        #expect(changed?.newParentUserID == "AT.ENT.5544")
        #expect(changed?.previousUserID == "AT.70011223344556677")
        #expect(try notice("system-identity-changed")?.kind == .identityChanged)
        #expect(try Fixture.message("system-identity-changed").identity?["hash"] == "aGFzaA==")
    }

    @Test("an edit carries the whole new content, a caption as well as a text")
    func edits() throws {
        guard case .edit("wamid.IN0010", let new) = try Fixture.message("edit-caption").kind else {
            Issue.record("no edit")
            return
        }
        #expect(new.type == "image" && new.writtenText == "our new kitchen")
        #expect(new.content["id"] == "8800110022003300")
    }

    @Test("a message without its object has the error that came beside it")
    func borrowedErrors() throws {
        #expect(try Fixture.message("interactive-with-errors").errors.map(\.code) == [131_000])
        #expect(try Fixture.message("interactive-with-errors").raw != nil)
    }

    @Test("forwards, products and ads are told")
    func contexts() throws {
        let once = try #require(try Fixture.message("text-forwarded-once").context)
        #expect(once.isForwarded && !once.isFrequentlyForwarded)
        let question = try #require(try Fixture.message("text-product-question").context)
        #expect(question.referredProduct?["product_retailer_id"] == "tea-1")
        #expect(question.author == "4930550010001" && question.replyTo == "wamid.OUT0031")
        #expect(try Fixture.message("text-from-ad").isFromAd)
        #expect(try !Fixture.message("text-from-post").isFromAd)
    }

    @Test(
        "names that are new are told one by one, and then the whole message is kept",
        arguments: [
            ("text", []), ("order-numeric-strings", []), ("interactive-flow", []), ("image", []),
            ("system-user-id-changed", []), ("edit-caption", []), ("group-image", []),
            ("button-without-payload", []),
            ("property-of-tomorrow", ["message colour", "text mood"]),
            ("type-of-tomorrow", ["type hologram"]),
            ("interactive-of-tomorrow", ["interactive slider_reply"]),
        ] as [(String, [String])])
    func unknownNames(fixture: String, names: [String]) throws {
        let message = try Fixture.message(fixture)
        #expect(message.unknownNames.map { "\($0.place) \($0.name)" } == names)
        #expect((message.raw == nil) == names.isEmpty)
    }
}
