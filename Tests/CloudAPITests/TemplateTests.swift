import CloudAPI
import JSON
import Testing

@Suite("A template as Graph lists it")
struct TemplateTests {
    @Test(
        "has the variables of its text, each once",
        arguments: [
            ("Hello", TemplateVariables.none), ("", .none), ("a { b } {c}", .none),
            ("{{1}}", .positional(1)), ("{{2}}, {{1}} and {{2}}", .positional(2)),
            ("{{ 1 }}", .positional(1)),
            ("{{name}}, {{ order_no }}", .named(["name", "order_no"])),
            ("{{a1}} {{a1}}", .named(["a1"])), ("*{{1}}* is your code", .positional(1)),
        ])
    func variables(text: String, wanted: TemplateVariables) {
        #expect(TemplateVariables(in: text, style: nil) == wanted)
    }

    @Test(
        "has none that can be read where the braces hold something else",
        arguments: [
            "{{", "{{1", "{{1}", "{{}}", "{{1}} {{3}}", "{{0}}", "{{01}}", "{{1}} {{name}}",
            "{{Name}}", "{{a-b}}", "{{{1}}}",
        ])
    func unreadable(text: String) {
        #expect(TemplateVariables(in: text, style: nil) == nil)
    }

    @Test("does not contradict the style that Graph names")
    func style() {
        #expect(TemplateVariables(in: "{{1}}", style: .named) == nil)
        #expect(TemplateVariables(in: "{{a}}", style: .positional) == nil)
        #expect(TemplateVariables(in: "{{1}}", style: .positional) == .positional(1))
        #expect(TemplateVariables(in: "{{a}}", style: .named) == .named(["a"]))
        for style in [TemplateVariables.Style.named, .positional] {
            #expect(TemplateVariables(in: "Hello", style: style) == TemplateVariables.none)
        }
    }

    @Test("is read with all its parts")
    func parts() throws {
        let template = try #require(
            Template([
                "id": "910020030040050061", "name": "order_ready", "language": "de",
                "status": "APPROVED", "category": "UTILITY", "parameter_format": "NAMED",
                "quality_score": ["score": "GREEN", "date": 1],
                "components": [
                    ["type": "HEADER", "format": "DOCUMENT"],
                    ["type": "BODY", "text": "Hallo {{first_name}}"],
                    ["type": "FOOTER", "text": "x"],
                    [
                        "type": "BUTTONS",
                        "buttons": [
                            ["type": "URL", "text": "Track", "url": "https://example.com/{{1}}"],
                            ["type": "QUICK_REPLY", "text": "Stop"],
                        ],
                    ],
                ],
            ]))
        #expect(template.key == TemplateKey(name: "order_ready", language: "de"))
        #expect(template.key.description == "order_ready de")
        #expect(template.id == "910020030040050061" && template.category == "UTILITY")
        #expect(template.quality == "GREEN" && template.status.isSendable)
        #expect(template.header == .attachment("document"))
        #expect(template.body == .named(["first_name"]))
        #expect(template.bodyText == "Hallo {{first_name}}")
        #expect(template.buttons?.map(\.type) == ["url", "quick_reply"])
        #expect(template.cards == nil)
    }

    @Test(
        "has no part where there is nothing that we can read",
        arguments: [
            [:], ["components": 1], ["components": []],
            ["components": [["type": "BODY"], ["type": "HEADER", "format": "HOLOGRAM"]]],
            [
                "components": [
                    ["type": "BODY", "text": "{{"], ["type": "HEADER", "format": "TEXT"],
                ]
            ],
        ] as [JSONValue])
    func strange(json: JSONValue) throws {
        let members = (json.members ?? [:]).merging(["name": "t", "language": "en"]) { $1 }
        let template = try #require(Template(.object(members)))
        #expect(template.body == nil)
        #expect(template.status.isSendable, "Meta says no status: Meta decides")
        try template.check([
            ["type": "body", "parameters": [["type": "text", "text": "a"]]]
        ])
    }

    @Test("is none without a name and a language")
    func nameless() {
        #expect(Template(["name": "t"]) == nil && Template(["language": "en"]) == nil)
        #expect(Template(["name": "", "language": "en"]) == nil && Template(.null) == nil)
    }

    @Test(
        "is sent in some statuses, not in others, and Meta decides on new ones",
        arguments: [
            ("APPROVED", true), ("approved", true), ("FLAGGED", true), ("BRAND_NEW", true),
            ("", true), ("PENDING", false), ("IN_APPEAL", false), ("PAUSED", false),
            ("REJECTED", false), ("DISABLED", false), ("LIMIT_EXCEEDED", false),
            ("ARCHIVED", false), ("PENDING_DELETION", false), ("DELETED", false),
        ])
    func statuses(word: String, isSendable: Bool) {
        let status = TemplateStatus(word)
        #expect(status.isSendable == isSendable)
        #expect((status.meaning == nil) == isSendable && (status.cure == nil) == isSendable)
        #expect(!status.passes || !isSendable)
    }

    @Test(
        "has the status that an event leads to, or none that is known",
        arguments: [
            ("APPROVED", "APPROVED"), ("REINSTATED", "APPROVED"), ("UNPAUSED", "APPROVED"),
            ("PAUSED", "PAUSED"), ("DISABLED", "DISABLED"), ("REJECTED", "REJECTED"),
            ("FLAGGED", nil), ("LOCKED", nil), ("UNARCHIVED", nil), ("BRAND_NEW", nil),
        ])
    func events(event: String, word: String?) {
        #expect(TemplateStatus(event: event)?.word == word)
    }

    @Test("keeps all else when its status changes")
    func changed() throws {
        let json: JSONValue = ["name": "t", "language": "en", "status": "APPROVED", "x": 1]
        let template = try #require(Template(json)).with(TemplateStatus("PAUSED"))
        #expect(!template.status.isSendable)
        #expect(
            template.raw == ["name": "t", "language": "en", "status": "PAUSED", "x": 1])
        #expect(Template(template.raw) == template)
    }
}
