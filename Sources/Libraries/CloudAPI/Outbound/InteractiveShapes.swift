import JSON

/// What each kind of interactive message looks like. (Meta, "Interactive messages", v23)
enum InteractiveShapes {
    static let all = Shape.variants(by: "type", common: [], kinds)

    private static let kinds: [String: [Shape.Field]] = [
        "button": [richHeader, body, footer, .required("action", replyButtons)],
        "list": [textHeader, body, footer, .required("action", rows)],
        "cta_url": [richHeader, body, footer, .required("action", link)],
        "location_request_message": [body, named("send_location")],
        "flow": [richHeader, body, footer, .required("action", flow)],
        "product": [optionalBody, footer, .required("action", product)],
        "product_list": [
            .required("header", header(["text"])), body, footer, .required("action", products),
        ],
        "catalog_message": [body, footer, .required("action", catalog)],
        "carousel": [body, .required("action", carousel)],
        // Meta's pages have the one name, its SDKs the other.
        "request_contact_info": [body, named("request_contact_info")],
        "contact_request": [body, named("request_contact_info")],
        "call_permission_request": [optionalBody, named("call_permission_request")],
        "voice_call": [body, named("voice_call", parameters: false)],
        "address_message": [richHeader, body, footer, named("address_message", parameters: true)],
        "order_details": [richHeader, body, footer, named("review_and_pay", parameters: true)],
        "order_status": [richHeader, body, footer, named("review_order", parameters: true)],
    ]

    // MARK: Around the action

    private static let body = Shape.Field.required("body", words(OutboundLimits.interactiveBody))
    private static let optionalBody = Shape.Field.optional(
        "body", words(OutboundLimits.interactiveBody))
    private static let footer = Shape.Field.optional("footer", words(OutboundLimits.footer))
    private static let textHeader = Shape.Field.optional("header", header(["text"]))
    private static let richHeader = Shape.Field.optional(
        "header", header(["text", "image", "video", "document"]))

    private static func words(_ limit: Int) -> Shape {
        .object([.required("text", .text(1...limit))])
    }

    private static let headers: [String: [Shape.Field]] = [
        "text": [.required("text", .text(1...OutboundLimits.header))],
        "image": [.required("image", .file())],
        "video": [.required("video", .file())],
        "document": [
            .required(
                "document", .file([.optional("filename", .text(1...OutboundLimits.filename))]))
        ],
    ]

    private static func header(_ kinds: Set<String>) -> Shape {
        .variants(by: "type", common: [], headers.filter { kinds.contains($0.key) })
    }

    /// An action that has a fixed name; `parameters` are wanted, possible, or (nil) not there.
    private static func named(_ name: String, parameters: Bool? = nil) -> Shape.Field {
        let more = parameters.map {
            Shape.Field(name: "parameters", shape: .someObject, isRequired: $0)
        }
        return .required(
            "action", .object([.required("name", .choice([name]))] + (more.map { [$0] } ?? [])))
    }

    private static let identifier = Shape.text(1...OutboundLimits.identifier)

    // MARK: Actions

    private static let replyButtons = Shape.object([
        .required(
            "buttons",
            .ruled(.list(1...OutboundLimits.buttons, of: replyButton)) {
                value, path throws(OutboundError) in
                for name in ["id", "title"] {
                    try Shape.unique(
                        (value.elements ?? []).enumerated().map { index, button in
                            (button["reply"]?[name]?.text ?? "", "\(path)[\(index)].reply.\(name)")
                        })
                }
            })
    ])

    private static let replyButton = Shape.object([
        .required("type", .choice(["reply"])),
        .required(
            "reply",
            .object([
                .required("id", .text(1...OutboundLimits.buttonID)),
                .required("title", .text(1...OutboundLimits.buttonTitle)),
            ])),
    ])

    private static let rows = Shape.object([
        .required("button", .text(1...OutboundLimits.buttonTitle)),
        .required(
            "sections",
            .ruled(
                .list(
                    1...OutboundLimits.sections,
                    of: .object([
                        .optional("title", .text(1...OutboundLimits.rowTitle)),
                        .required("rows", .list(1...OutboundLimits.rows, of: row)),
                    ]))
            ) { value, path throws(OutboundError) in
                let rows = try Shape.sections(
                    value, path, items: "rows", atMost: OutboundLimits.rows)
                try Shape.unique(rows.map { ($0.item["id"]?.text ?? "", "\($0.path).id") })
            }),
    ])

    private static let row = Shape.object([
        .required("id", .text(1...OutboundLimits.rowID)),
        .required("title", .text(1...OutboundLimits.rowTitle)),
        .optional("description", .text(1...OutboundLimits.rowDescription)),
    ])

    private static let link = Shape.object([
        .required("name", .choice(["cta_url"])), .required("parameters", linkParameters),
    ])

    private static let linkParameters = Shape.object([
        .required("display_text", .text(1...OutboundLimits.buttonTitle)),
        .required("url", .address),
    ])

    private static let flow = Shape.object([
        .required("name", .choice(["flow"])),
        .required(
            "parameters",
            .ruled(
                .object([
                    .required("flow_message_version", identifier),
                    .optional("flow_id", identifier), .optional("flow_name", identifier),
                    .required("flow_cta", .text(1...OutboundLimits.buttonTitle)),
                    .optional("flow_token", .text(1...OutboundLimits.part)),
                    .optional("mode", .choice(["published", "draft"])),
                    .optional("flow_action", .choice(["navigate", "data_exchange"])),
                    .optional(
                        "flow_action_payload",
                        .object([
                            .optional("screen", identifier), .optional("data", .someObject),
                        ])),
                ])
            ) { value, path throws(OutboundError) in
                try Shape.exactlyOne("flow_id", "flow_name", in: value, path)
                let action = value["flow_action"]?.text ?? "navigate"
                if action == "navigate", value["flow_action_payload"]?["screen"] == nil {
                    throw .missing(field: "\(path).flow_action_payload.screen")
                }
            }),
    ])

    // MARK: Commerce

    private static let product = Shape.object([
        .required("catalog_id", identifier), .required("product_retailer_id", identifier),
    ])

    private static let products = Shape.object([
        .required("catalog_id", identifier),
        .required(
            "sections",
            .ruled(
                .list(
                    1...OutboundLimits.sections,
                    of: .object([
                        .optional("title", .text(1...OutboundLimits.rowTitle)),
                        .required(
                            "product_items",
                            .list(
                                1...OutboundLimits.products,
                                of: .object([.required("product_retailer_id", identifier)]))),
                    ]))
            ) { value, path throws(OutboundError) in
                _ = try Shape.sections(
                    value, path, items: "product_items", atMost: OutboundLimits.products)
            }),
    ])

    private static let catalog = Shape.object([
        .required("name", .choice(["catalog_message"])),
        .optional(
            "parameters",
            .object([.optional("thumbnail_product_retailer_id", identifier)])),
    ])

    private static let carousel = Shape.object([
        .required(
            "cards",
            .ruled(.list(OutboundLimits.cards, of: card)) { value, path throws(OutboundError) in
                let cards = value.elements ?? []
                for (index, card) in cards.enumerated() {
                    guard
                        card["header"]?["type"] == cards[0]["header"]?["type"],
                        (card["action"]?["buttons"] == nil)
                            == (cards[0]["action"]?["buttons"] == nil)
                    else {
                        throw .invalid(
                            field: "\(path)[\(index)]", expected: "of the same kind as the first")
                    }
                }
            })
    ])

    private static let card = Shape.object([
        .required("card_index", .number(0...Double(OutboundLimits.cards.upperBound - 1))),
        .required("type", .choice(["cta_url"])),
        .required("header", header(["image", "video"])),
        .optional("body", words(OutboundLimits.cardBody)),
        .required(
            "action",
            .ruled(
                .object([
                    .optional("name", .choice(["cta_url"])),
                    .optional("parameters", linkParameters),
                    .optional("buttons", .list(1...OutboundLimits.buttons, of: quickReply)),
                ])
            ) { value, path throws(OutboundError) in
                try Shape.exactlyOne("parameters", "buttons", in: value, path)
            }),
    ])

    private static let quickReply = Shape.object([
        .required("type", .choice(["quick_reply"])),
        .required(
            "quick_reply",
            .object([
                .required("id", .text(1...OutboundLimits.buttonTitle)),
                .required("title", .text(1...OutboundLimits.buttonTitle)),
            ])),
    ])
}
