import CloudAPI
import JSON
import Testing

/// Meta's own bodies: what is taken, and what is refused at which field.
struct OutboundRequestTests {
    private static let recipient: [String: JSONValue] = [
        "messaging_product": "whatsapp", "to": "+436605550122",
    ]

    static func body(_ type: String, _ object: JSONValue) -> JSONValue {
        .object(recipient.merging(["type": .string(type), type: object]) { _, new in new })
    }

    static func interactive(_ type: String, _ members: [String: JSONValue]) -> JSONValue {
        let body: [String: JSONValue] = ["type": .string(type), "body": ["text": "Well?"]]
        return .object(body.merging(members) { _, new in new })
    }

    private func read(_ body: JSONValue) throws(OutboundError) -> OutboundMessage? {
        if case .message(let message) = try OutboundRequest.decode(cloudAPIBody: body) {
            message
        } else {
            nil
        }
    }

    private func refusal(_ body: JSONValue) -> OutboundError? {
        do {
            _ = try OutboundRequest.decode(cloudAPIBody: body, gatewayFields: ["from"])
            return nil
        } catch { return error }
    }

    static let replyButtons: JSONValue = [
        "buttons": [
            ["type": "reply", "reply": ["id": "yes", "title": "Yes"]],
            ["type": "reply", "reply": ["id": "no", "title": "No"]],
        ]
    ]
    static let rows: JSONValue = [
        "button": "Slots",
        "sections": [
            ["title": "Monday", "rows": [["id": "mo-9", "title": "09:00", "description": "x"]]]
        ],
    ]
    static let link: JSONValue = [
        "name": "cta_url",
        "parameters": ["display_text": "Open", "url": "https://demo.example/b/991"],
    ]
    static let flow: JSONValue = [
        "name": "flow",
        "parameters": [
            "flow_message_version": "3", "flow_id": "770011", "flow_cta": "Book",
            "flow_token": "t-77", "mode": "published", "flow_action": "navigate",
            "flow_action_payload": ["screen": "START", "data": ["lang": "de"]],
        ],
    ]

    static func card(_ index: Int64) -> JSONValue {
        [
            "card_index": .integer(index), "type": "cta_url", "action": link,
            "header": ["type": "image", "image": ["link": "https://a.example/1.jpg"]],
        ]
    }

    static let interactives: [JSONValue] = [
        interactive(
            "button",
            [
                "action": replyButtons, "header": ["type": "text", "text": "Order"],
                "footer": ["text": "Demo GmbH"],
            ]),
        interactive(
            "button", ["action": replyButtons, "header": ["type": "image", "image": ["id": "88"]]]),
        interactive("list", ["action": rows]),
        interactive("cta_url", ["action": link]),
        interactive("flow", ["action": flow]),
        interactive("location_request_message", ["action": ["name": "send_location"]]),
        interactive("product", ["action": ["catalog_id": "1", "product_retailer_id": "2"]]),
        interactive(
            "product_list",
            [
                "header": ["type": "text", "text": "Blue"],
                "action": [
                    "catalog_id": "1",
                    "sections": [["title": "A", "product_items": [["product_retailer_id": "2"]]]],
                ],
            ]),
        interactive("catalog_message", ["action": ["name": "catalog_message"]]),
        interactive("carousel", ["action": ["cards": [card(0), card(1)]]]),
        interactive("request_contact_info", ["action": ["name": "request_contact_info"]]),
        interactive("contact_request", ["action": ["name": "request_contact_info"]]),
        interactive("call_permission_request", ["action": ["name": "call_permission_request"]]),
        interactive("voice_call", ["action": ["name": "voice_call"]]),
        interactive(
            "address_message",
            ["action": ["name": "address_message", "parameters": ["country": "IN"]]]),
        interactive(
            "order_details", ["action": ["name": "review_and_pay", "parameters": ["a": 1]]]),
        interactive("order_status", ["action": ["name": "review_order", "parameters": ["a": 1]]]),
    ]

    static let others: [JSONValue] = [
        body("text", ["body": "hello", "preview_url": true]), body("image", ["id": "88"]),
        body("audio", ["link": "https://a.example/x.ogg", "voice": true]),
        body("document", ["id": "88", "filename": "i.pdf", "caption": "Invoice"]),
        body("location", ["latitude": "48.2082", "longitude": 16.3738, "name": "Office"]),
        body(
            "contacts",
            [
                [
                    "name": ["formatted_name": "Max Muster", "first_name": "Max"],
                    "phones": [["phone": "+436605550199", "type": "WORK", "wa_id": "43660"]],
                    "org": ["company": "Demo GmbH"], "birthday": "1990-02-03",
                ]
            ]),
        body("reaction", ["message_id": "wamid.IN0001", "emoji": "👍🏽"]),
        body("reaction", ["message_id": "wamid.IN0001", "emoji": ""]),
        body("template", ["name": "order_ready", "language": ["code": "de"]]),
    ]

    @Test(
        "each kind is taken, and goes out as it came",
        arguments: others + interactives.map { body("interactive", $0) })
    func taken(body: JSONValue) throws {
        let message = try #require(try read(body))
        let type = try #require(body["type"]?.text)
        let sent = try message.body()
        #expect(sent["to"] == "+436605550122" && sent["type"]?.text == type)
        let same = type == "text" || sent[type] == body[type]
        #expect(same, "\(sent)")
        #expect(!message.content.listText.isEmpty)
    }

    @Test("what stands around the content is kept")
    func around() throws {
        let message = try read([
            "recipient": "AT.1a2B", "type": "text", "text": ["body": "x", "preview_url": .null],
            "context": ["message_id": "wamid.IN1"], "biz_opaque_callback_data": "order-7",
            "recipient_identity_key_hash": "h",
        ])
        #expect(message?.to == .user("AT.1a2B"))
        #expect(message?.replyTo == "wamid.IN1" && message?.callbackData == "order-7")
        #expect(try message?.body()["recipient_identity_key_hash"] == "h")
        let group = try read([
            "recipient_type": "group", "to": "Y2Fw", "type": "text", "text": ["body": "x"],
        ])
        #expect(group?.to == .group("Y2Fw"))
        let both = try read([
            "to": "+436605550122", "recipient": "AT.1a2B", "type": "text", "text": ["body": "x"],
        ])
        #expect(both?.to == .phone("436605550122"))
    }

    @Test("a read mark names the message that was read")
    func readMark() throws {
        func mark(_ more: [String: JSONValue]) throws -> OutboundRequest {
            let body: [String: JSONValue] = ["status": "read", "message_id": "wamid.IN1"]
            return try OutboundRequest.decode(
                cloudAPIBody: .object(body.merging(more) { _, new in new }))
        }
        #expect(try mark([:]) == .readMark(ReadMark(messageID: "wamid.IN1")))
        let typing = ReadMark(messageID: "wamid.IN1", showsTyping: true)
        #expect(try mark(["typing_indicator": ["type": "text"]]) == .readMark(typing))
        #expect(try mark([:]) == .readMark(ReadMark(messageID: "wamid.IN1")))
        #expect(typing.body["typing_indicator"] == ["type": "text"])
        #expect(refusal(["status": "raed", "message_id": "x"])?.hint == "did you mean read?")
        #expect(refusal(["status": "read"]) == .missing(field: "message_id"))
        #expect(refusal(["status": "read", "message_id": "x", "to": "+1"])?.field == "to")
    }

    @Test(
        "what Meta would refuse is named by its path",
        arguments: [
            ([:], "type"), (["type": "txet"], "type"),
            (["type": "text", "text": ["body": "x"]], "to"),
            (["type": "text", "to": "9876543210", "text": ["body": "x"]], "to"),
            (["type": "text", "recipient": "nobody", "text": ["body": "x"]], "recipient"),
            (["messaging_product": "sms", "type": "text"], "messaging_product"),
            (["type": "text", "to": "+436605550122"], "text"),
            (body("text", ["body": ""]), "text.body"), (body("text", ["text": "x"]), "text.text"),
            (body("image", ["id": "1", "link": "https://a.example"]), "image.id"),
            (body("image", [:]), "image.id"),
            (body("image", ["id": "1", "voice": true]), "image.voice"),
            (body("sticker", ["id": "1", "caption": "x"]), "sticker.caption"),
            (body("image", ["link": "ftp://a.example"]), "image.link"),
            (body("location", ["latitude": 91, "longitude": 0]), "location.latitude"),
            (body("location", ["latitude": 9]), "location.longitude"),
            (body("contacts", []), "contacts"),
            (
                body("contacts", [["name": ["formatted_name": "Max"]]]),
                "contacts[0].name.first_name"
            ),
            (
                body(
                    "contacts",
                    [["name": ["formatted_name": "M", "first_name": "M"], "birthday": "1.1.90"]]),
                "contacts[0].birthday"
            ),
            (body("reaction", ["message_id": "w", "emoji": "ok"]), "reaction.emoji"),
            (body("reaction", ["message_id": "w", "emoji": "1"]), "reaction.emoji"),
            (body("reaction", ["emoji": "👍"]), "reaction.message_id"),
            (body("template", ["name": "a"]), "template.language"),
            (
                body(
                    "template",
                    [
                        "name": "a", "language": ["code": "de"],
                        "components": [
                            ["type": "body", "parameters": [["type": "currency"]]]
                        ],
                    ]), "template.components[0].parameters[0].currency"
            ),
            (
                body(
                    "template",
                    [
                        "name": "a", "language": ["code": "de"],
                        "components": [["type": "body", "params": []]],
                    ]), "template.components[0].params"
            ),
        ] as [(JSONValue, String)])
    func named(body: JSONValue, field: String) {
        let error = refusal(body)
        #expect(error?.field == field, "\(String(describing: error))")
        #expect(error?.hint.isEmpty == false)
    }

    @Test("a second kind's object, or a quote on a reaction, has no place")
    func besides() {
        #expect(
            refusal(["type": "text", "to": "+436605550122", "text": ["body": "x"], "image": [:]])?
                .field == "image")
        #expect(
            refusal([
                "type": "reaction", "to": "+436605550122", "context": ["message_id": "w"],
                "reaction": ["message_id": "w", "emoji": "👍"],
            ])?.field == "context")
    }

    @Test("an unknown name or kind is refused with what may have been meant")
    func meant() {
        let error = refusal(["type": "text", "contxt": [:], "text": ["body": "x"]])
        #expect(error?.field == "contxt" && error?.hint == "did you mean context?")
        let kind = refusal(Self.body("interactive", Self.interactive("buton", [:])))
        #expect(kind?.field == "interactive.type" && kind?.hint == "did you mean button?")
        #expect(kind?.message == "interactive.type is \"buton\", which is not known")
        let deep = refusal(
            Self.body(
                "interactive",
                Self.interactive("list", ["action": Self.rows, "foter": ["text": "x"]])))
        #expect(deep?.field == "interactive.foter" && deep?.hint == "did you mean footer?")
    }
}
