import CloudAPI
import Testing
import JSON

struct OutboundTemplateTests {
    private func refusal(
        name: String = "order_ready", language: String = "de", _ components: JSONValue? = nil
    ) -> OutboundError? {
        do {
            _ = try OutboundContent.template(name: name, language: language, components: components)
                .object()
            return nil
        } catch {
            return error
        }
    }

    private func bodyText(_ text: String) -> JSONValue {
        [["type": "body", "parameters": [["type": "text", "text": .string(text)]]]]
    }

    @Test("a template without variables has no components", arguments: [nil, JSONValue.null, []])
    func plain(components: JSONValue?) throws {
        let object = try OutboundContent.template(
            name: "order_ready", language: "pt_BR", components: components
        ).object()
        #expect(object == ["name": "order_ready", "language": ["code": "pt_BR"]])
    }

    @Test("names have 1 to 512 lowercase letters, digits and _")
    func names() {
        #expect(refusal(name: String(repeating: "a", count: 512)) == nil)
        #expect(refusal(name: String(repeating: "a", count: 513))?.field == "template.name")
        for name in ["", "Order", "order-ready", "order ready", "bestätigung"] {
            #expect(refusal(name: name)?.field == "template.name")
        }
        for language in ["", "de DE", "de-AT", String(repeating: "x", count: 16)] {
            #expect(refusal(language: language)?.field == "template.language.code")
        }
    }

    @Test("Meta's own example is taken as it is")
    func example() throws {
        let components: JSONValue = [
            [
                "type": "header",
                "parameters": [
                    ["type": "document", "document": ["id": "88", "filename": "r.pdf"]]
                ],
            ],
            [
                "type": "BODY",
                "parameters": [
                    ["type": "text", "parameter_name": "first_name", "text": "Jana"],
                    ["type": "text", "parameter_name": "order_no", "text": "991"],
                ],
            ],
            [
                "type": "button", "sub_type": "url", "index": "0",
                "parameters": [["type": "text", "text": "b/991"]],
            ],
            ["type": "button", "sub_type": "quick_reply", "index": 1],
        ]
        let object = try OutboundContent.template(
            name: "order_ready", language: "de", components: components
        ).object()
        #expect(object["components"] == components)
    }

    @Test(
        "a component that Meta would refuse is named by its path",
        arguments: [
            (["x": 1], "template.components"), ([1], "template.components[0]"),
            ([[:]], "template.components[0].type"),
            ([["type": "footer"]], "template.components[0].type"),
            ([["type": "button"]], "template.components[0].sub_type"),
            ([["type": "button", "sub_type": "link"]], "template.components[0].sub_type"),
            ([["type": "button", "sub_type": "url"]], "template.components[0].index"),
            (
                [["type": "button", "sub_type": "url", "index": "10"]],
                "template.components[0].index"
            ),
            ([["type": "body", "parameters": [:]]], "template.components[0].parameters"),
            (
                [["type": "body", "parameters": [["type": "text"]]]],
                "template.components[0].parameters[0].text"
            ),
            (
                [["type": "body", "parameters": [["type": "text", "text": ""]]]],
                "template.components[0].parameters[0].text"
            ),
            (
                [
                    [
                        "type": "body",
                        "parameters": [
                            ["type": "text", "text": "a"],
                            ["type": "text", "text": "b", "parameter_name": "b"],
                        ],
                    ]
                ], "template.components[0].parameters"
            ),
        ] as [(JSONValue, String)])
    func components(components: JSONValue, field: String) {
        let error = refusal(components)
        #expect(error?.field == field)
        #expect(error?.message.contains(field) == true)
    }

    @Test("a body's text has no line ends, tabs or five blanks")
    func bodyTexts() {
        #expect(refusal(bodyText("a    b")) == nil)
        for text in ["a     b", "a\nb", "a\r\nb", "a\tb"] {
            #expect(refusal(bodyText(text))?.field == "template.components[0].parameters[0].text")
        }
        #expect(refusal(bodyText(String(repeating: "a", count: 32768))) == nil)
        #expect(refusal(bodyText(String(repeating: "a", count: 32769))) != nil)
        let header: JSONValue = ["type": "header", "parameters": [["type": "text", "text": "x"]]]
        func beside(_ length: Int) -> OutboundError? {
            let text = bodyText(String(repeating: "a", count: length)).elements ?? []
            return refusal(.array([header] + text))
        }
        #expect(beside(1024) == nil)
        #expect(beside(1025)?.field == "template.components[1].parameters[0].text")
    }

    @Test("a list of values fills by position, an object by name")
    func parameters() throws {
        #expect(
            try TemplateParameters.components(from: ["Jana", 991]) == [
                [
                    "type": "body",
                    "parameters": [
                        ["type": "text", "text": "Jana"], ["type": "text", "text": "991"],
                    ],
                ]
            ])
        #expect(
            try TemplateParameters.components(from: ["order_no": 991, "first_name": "Jana"]) == [
                [
                    "type": "body",
                    "parameters": [
                        ["type": "text", "text": "Jana", "parameter_name": "first_name"],
                        ["type": "text", "text": "991", "parameter_name": "order_no"],
                    ],
                ]
            ])
        #expect(try TemplateParameters.components(from: []) == nil)
        #expect(try TemplateParameters.components(from: .null) == nil)
    }

    @Test(
        "a value that is no value is named",
        arguments: [
            (["a", .null], "parameters[1]"), ([["a"]], "parameters[0]"), ([""], "parameters[0]"),
            (["First": "a"], "parameters.First"), (["a": true], "parameters.a"),
            ("a", "parameters"),
        ] as [(JSONValue, String)])
    func wrongParameters(values: JSONValue, field: String) {
        let error = #expect(throws: OutboundError.self) {
            try TemplateParameters.components(from: values)
        }
        #expect(error?.field == field)
    }
}
