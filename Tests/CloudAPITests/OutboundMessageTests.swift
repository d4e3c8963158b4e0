import CloudAPI
import FoundationEssentials
import JSON
import Testing

struct OutboundMessageTests {
    private func body(_ content: OutboundContent, to: Recipient = .phone("436605550122")) throws
        -> String
    {
        String(
            decoding: try OutboundMessage(to: to, content: content).body().encoded(), as: UTF8.self)
    }

    private func refusal(_ content: OutboundContent) -> OutboundError? {
        do {
            _ = try OutboundMessage(to: .phone("436605550122"), content: content).body()
            return nil
        } catch {
            return error
        }
    }

    private func text(_ length: Int) -> String { String(repeating: "ä", count: length) }

    @Test("a text is the body that Meta documents")
    func textBody() throws {
        let message = OutboundMessage(
            to: .phone("436605550122"), content: .text(body: "We are open", previewURL: false),
            replyTo: "wamid.IN0001", callbackData: "msg_1.1")
        #expect(
            try message.body() == [
                "messaging_product": "whatsapp", "recipient_type": "individual",
                "to": "+436605550122", "type": "text",
                "text": ["body": "We are open", "preview_url": false],
                "context": ["message_id": "wamid.IN0001"],
                "biz_opaque_callback_data": "msg_1.1",
            ])
    }

    @Test("user ids go under recipient, groups under to with their type")
    func recipients() throws {
        let text = OutboundContent.text(body: "x", previewURL: true)
        let user = try OutboundMessage(to: .user("AT.7"), content: text).body()
        #expect(user["recipient"] == "AT.7" && user["to"] == nil)
        let group = try OutboundMessage(to: .group("Y2Fw"), content: text).body()
        #expect(group["to"] == "Y2Fw" && group["recipient_type"] == "group")
    }

    @Test("a text has 1 to 4096 scalars")
    func textLength() {
        #expect(refusal(.text(body: "", previewURL: false)) == .missing(field: "text.body"))
        #expect(refusal(.text(body: text(1), previewURL: false)) == nil)
        #expect(refusal(.text(body: text(4096), previewURL: false)) == nil)
        #expect(
            refusal(.text(body: text(4097), previewURL: false))
                == .tooLong(field: "text.body", limit: 4096, actual: 4097))
        // One character, but two scalars each: Meta counts the scalars.
        #expect(refusal(.text(body: String(repeating: "👍🏽", count: 2049), previewURL: false)) != nil)
    }

    @Test("a file is named by link or by id, with what its kind allows")
    func media() throws {
        #expect(
            try body(
                .media(.document, source: .id("88"), caption: "Invoice", filename: "i.pdf")
            ).contains(#""document":{"caption":"Invoice","filename":"i.pdf","id":"88"}"#))
        #expect(
            try body(
                .media(.sticker, source: .link("https://a.example/s"), caption: "", filename: nil)
            )
            .contains(#""sticker":{"link":"https://a.example/s"}"#))
    }

    @Test(
        "captions are for image, video and document, up to 1024 scalars",
        arguments: MediaKind.allCases)
    func captions(kind: MediaKind) {
        func send(_ caption: String) -> OutboundError? {
            refusal(.media(kind, source: .id("88"), caption: caption, filename: nil))
        }
        let field = "\(kind.rawValue).caption"
        guard kind.takesCaption else {
            #expect(send("x") == .notAllowed(field: field, because: "with \(kind.rawValue)"))
            return
        }
        #expect(send(text(1024)) == nil)
        #expect(send(text(1025)) == .tooLong(field: field, limit: 1024, actual: 1025))
    }

    @Test("file names are for documents", arguments: MediaKind.allCases)
    func filenames(kind: MediaKind) {
        let error = refusal(.media(kind, source: .id("88"), caption: nil, filename: "a.pdf"))
        #expect((error == nil) == (kind == .document))
    }

    @Test("exactly one of link and id is taken")
    func sources() throws {
        #expect(try MediaSource(link: "https://a.example", id: "") == .link("https://a.example"))
        #expect(try MediaSource(link: nil, id: "88") == .id("88"))
        #expect(throws: OutboundError.bothGiven(field: "link", other: "id")) {
            try MediaSource(link: "https://a.example", id: "88")
        }
        #expect(throws: OutboundError.missing(field: "link")) {
            try MediaSource(link: nil, id: nil)
        }
    }

    @Test(
        "a link is http or https, with a host and without a login",
        arguments: [
            ("https://a.example/b?c=d", true), ("HTTP://A.EXAMPLE", true), ("https://[::1]/", true),
            ("ftp://a.example", false), ("https://", false), ("https:///x", false),
            ("a.example", false),
            ("https://a b", false), ("https://u:p@a.example/", false),
            ("https://u@\u{301}a.example/", false), ("https://a\\\u{301}b/", false),
            ("https://a.example/\n", false),
            ("javascript:alert(1)", false), ("https://:80/", false), ("file:///etc/passwd", false),
        ])
    func links(link: String, isTaken: Bool) {
        let error = refusal(.media(.image, source: .link(link), caption: nil, filename: nil))
        #expect((error == nil) == isTaken)
        if !isTaken { #expect(error?.field == "image.link") }
    }

    @Test("quotes and callback data keep their limits")
    func envelopeLimits() {
        func send(replyTo: String? = nil, data: String? = nil) -> OutboundError? {
            do {
                let content = OutboundContent.text(body: "x", previewURL: false)
                _ = try OutboundMessage(
                    to: .phone("436605550122"), content: content, replyTo: replyTo,
                    callbackData: data
                ).body()
                return nil
            } catch {
                return error
            }
        }
        #expect(send(replyTo: "") == .missing(field: "context.message_id"))
        #expect(send(data: text(512)) == nil)
        #expect(send(data: text(513))?.field == "biz_opaque_callback_data")
    }

    @Test(
        "an error can be told in the names of our own routes",
        arguments: [
            ("text.body", "text"), ("image.link", "media_url"), ("document.id", "media_id"),
            ("video.caption", "caption"), ("document.filename", "filename"),
            ("template.name", "template_name"), ("template.language.code", "language_code"),
            ("template.components[0].type", "components[0].type"),
            ("context.message_id", "reply_to"), ("biz_opaque_callback_data", "reference"),
            ("link", "media_url"), ("parameters[1]", "parameters[1]"),
        ])
    func sendFields(field: String, name: String) {
        #expect(OutboundError.missing(field: field).inSendFields == .missing(field: name))
        #expect(
            OutboundError.tooLong(field: field, limit: 1, actual: 2).inSendFields.field == name)
        #expect(OutboundError.bothGiven(field: field, other: "id").inSendFields.field == name)
    }

    @Test("what the conversation list shows of a message that goes out")
    func listTexts() {
        #expect(OutboundContent.text(body: "a\nb", previewURL: false).listText == "a b")
        #expect(
            OutboundContent.media(.image, source: .id("1"), caption: "", filename: nil).listText
                == "📷 Photo")
        #expect(
            OutboundContent.template(name: "order_ready", language: "de", components: nil).listText
                == "📋 order_ready")
    }
}
