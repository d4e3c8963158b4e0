internal import CloudAPI
internal import JSON

/// The templates of stub mode: one of each kind, so that a caller can try what goes into them.
///
/// Templates of any other name are taken too; only these are checked.
enum StubTemplates {
    static let list = TemplateList(
        [helloWorld, positional, named, media, paused].compactMap { Template($0) })

    private static let helloWorld = template(
        "hello_world", language: "en_US",
        [
            ["type": "HEADER", "format": "TEXT", "text": "Hello World"],
            body("Welcome and congratulations! Your messages reach this gateway."),
            ["type": "FOOTER", "text": "Stub mode"],
        ])

    private static let positional = template(
        "sample_order_update", language: "en_US",
        [body("Hello {{1}}, your order {{2}} is on its way.")])

    private static let named = template(
        "sample_appointment", language: "en_US", format: "NAMED",
        [
            body("Hello {{first_name}}, we expect you on {{day}}."),
            ["type": "BUTTONS", "buttons": [["type": "QUICK_REPLY", "text": "Call me"]]],
        ])

    private static let media = template(
        "sample_offer", language: "en_US", category: "MARKETING",
        [
            ["type": "HEADER", "format": "IMAGE"], body("Hello {{1}}, have a look at this."),
            [
                "type": "BUTTONS",
                "buttons": [
                    ["type": "URL", "text": "Look", "url": "https://example.com/offers/{{1}}"]
                ],
            ],
        ])

    private static let paused = template(
        "sample_paused", language: "en_US", status: "PAUSED", category: "MARKETING",
        [body("Nobody gets this.")])

    private static func body(_ text: String) -> JSONValue {
        ["type": "BODY", "text": .string(text)]
    }

    private static func template(
        _ name: String, language: String, status: String = "APPROVED",
        category: String = "UTILITY", format: String = "POSITIONAL", _ components: JSONValue
    ) -> JSONValue {
        [
            "name": .string(name), "language": .string(language), "status": .string(status),
            "category": .string(category), "parameter_format": .string(format),
            "components": components,
        ]
    }
}
