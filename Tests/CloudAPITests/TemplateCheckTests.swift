import CloudAPI
import JSON
import Testing

@Suite("A send against its template")
struct TemplateCheckTests {
    private static func template(
        _ name: String = "t", language: String = "en", status: String = "APPROVED",
        format: String? = nil, _ components: JSONValue
    ) -> Template? {
        var members: [String: JSONValue] = [
            "name": .string(name), "language": .string(language), "status": .string(status),
            "components": components,
        ]
        members["parameter_format"] = format.map { .string($0) }
        return Template(.object(members))
    }

    private static func objection(
        _ components: JSONValue, _ given: JSONValue?
    ) -> TemplateObjection? {
        do {
            guard let template = template("t", components) else { return nil }
            try template.check(given)
            return nil
        } catch { return error }
    }

    private static func body(_ text: String) -> JSONValue {
        ["type": "BODY", "text": .string(text)]
    }

    /// A body component with values by position, or by name where there is one.
    private static func values(_ names: [String?], type: String = "body") -> JSONValue {
        let parameters = names.map { name -> JSONValue in
            var parameter: [String: JSONValue] = ["type": "text", "text": "x"]
            parameter["parameter_name"] = name.map { .string($0) }
            return .object(parameter)
        }
        return ["type": .string(type), "parameters": .array(parameters)]
    }

    private static func positional(_ count: Int, type: String = "body") -> JSONValue {
        values([String?](repeating: nil, count: count), type: type)
    }

    // MARK: The body

    @Test("takes as many values as it has variables, not one more or less", arguments: 0...3)
    func count(wanted: Int) {
        let text = (1..<(wanted + 1)).map { "{{\($0)}}" }.joined(separator: " ")
        for given in 0...4 {
            let components: JSONValue? = given == 0 ? nil : [Self.positional(given)]
            let found = Self.objection([Self.body("Hi \(text)")], components)
            let component = given == 0 ? nil : 0
            #expect(
                found
                    == (given == wanted
                        ? nil : .count(.body(component: component), wanted: wanted, given: given)))
        }
    }

    @Test("takes each of its names once, in any order")
    func names() {
        let text = [Self.body("{{a}} {{b}}")] as JSONValue
        let part = TemplateObjection.Part.body(component: 0)
        #expect(Self.objection(text, [Self.values(["b", "a"])]) == nil)
        #expect(Self.objection(text, [Self.values(["a"])]) == .missing(part, name: "b"))
        #expect(
            Self.objection(text, nil) == .missing(.body(component: nil), name: "a"))
        #expect(
            Self.objection(text, [Self.values(["a", "c"])])
                == .unknown(part, name: "c", index: 1, known: ["a", "b"]))
        #expect(
            Self.objection(text, [Self.values(["a", "b", "a"])])
                == .count(part, wanted: 2, given: 3))
    }

    @Test("takes no names for numbers, nor numbers for names")
    func style() {
        let part = TemplateObjection.Part.body(component: 0)
        #expect(
            Self.objection([Self.body("{{a}}")], [Self.positional(1)])
                == .style(part, wanted: .named(["a"])))
        #expect(
            Self.objection([Self.body("{{1}}")], [Self.values(["a"])])
                == .style(part, wanted: .positional(1)))
    }

    @Test("leaves to Meta whether a price needs a name")
    func otherTypes() {
        let price: JSONValue = [
            "type": "body",
            "parameters": [
                ["type": "currency", "currency": ["code": "EUR", "amount_1000": 1]]
            ],
        ]
        #expect(Self.objection([Self.body("{{a}}")], [price]) == nil)
        #expect(Self.objection([Self.body("{{1}}")], [price]) == nil)
    }

    // MARK: The header

    @Test(
        "with a file or a place in its header wants one of that kind",
        arguments: ["image", "video", "document", "location"])
    func attachment(kind: String) {
        let template: JSONValue = [
            ["type": "HEADER", "format": .string(kind.uppercased())], Self.body("Hi"),
        ]
        func header(_ kinds: [String]) -> JSONValue {
            [["type": "HEADER", "parameters": .array(kinds.map { ["type": .string($0)] })]]
        }
        #expect(Self.objection(template, header([kind])) == nil)
        #expect(
            Self.objection(template, nil) == .header(component: nil, wanted: kind, given: nil))
        let other = kind == "image" ? "video" : "image"
        #expect(
            Self.objection(template, header([other]))
                == .header(component: 0, wanted: kind, given: other))
        #expect(
            Self.objection(template, header([kind, kind]))
                == .count(.header(component: 0), wanted: 1, given: 2))
    }

    @Test("with a text in its header takes what that has variables for, and no file")
    func textHeader() {
        for (text, wanted) in [("Hi", 0), ("Hi {{1}}", 1)] {
            let template: JSONValue = [
                ["type": "HEADER", "format": "TEXT", "text": .string(text)], Self.body("Hi"),
            ]
            for given in 0...2 {
                let components: JSONValue =
                    given == 0 ? [] : [Self.positional(given, type: "header")]
                let part = TemplateObjection.Part.header(component: given == 0 ? nil : 0)
                #expect(
                    Self.objection(template, components)
                        == (given == wanted ? nil : .count(part, wanted: wanted, given: given)))
            }
            #expect(
                Self.objection(
                    template, [["type": "header", "parameters": [["type": "image"]]]])
                    == .header(component: 0, wanted: "text", given: "image"))
        }
    }

    @Test("without a header takes none; an empty one is nothing")
    func noHeader() {
        let template = [Self.body("Hi")] as JSONValue
        #expect(
            Self.objection(template, [Self.positional(1, type: "header")])
                == .count(.header(component: 0), wanted: 0, given: 1))
        #expect(Self.objection(template, [["type": "header", "parameters": []]]) == nil)
    }

    // MARK: Buttons

    private static let twoButtons: JSONValue = [
        body("Hi"),
        [
            "type": "BUTTONS",
            "buttons": [
                ["type": "URL", "url": "https://example.com/{{1}}"],
                ["type": "QUICK_REPLY", "text": "Stop"],
            ],
        ],
    ]

    private static func button(_ kind: String, _ index: JSONValue, values: Int) -> JSONValue {
        let parameters = [JSONValue](repeating: ["type": "text", "text": "x"], count: values)
        return [
            "type": "button", "sub_type": .string(kind), "index": index,
            "parameters": .array(parameters),
        ]
    }

    @Test("fills in the address of its button, with one value and no other")
    func address() {
        let template = Self.twoButtons
        #expect(Self.objection(template, [Self.button("url", "0", values: 1)]) == nil)
        #expect(Self.objection(template, [Self.button("URL", 0, values: 1)]) == nil)
        for given in [0, 2] {
            #expect(
                Self.objection(template, [Self.button("url", "0", values: given)])
                    == .count(.button(0, component: 0), wanted: 1, given: given))
        }
        #expect(
            Self.objection(template, nil) == .count(.button(0, component: nil), wanted: 1, given: 0)
        )
        let fixed: JSONValue = [
            ["type": "BUTTONS", "buttons": [["type": "URL", "url": "https://example.com/"]]]
        ]
        #expect(Self.objection(fixed, nil) == nil)
        #expect(
            Self.objection(fixed, [Self.button("url", "0", values: 1)])
                == .count(.button(0, component: 0), wanted: 0, given: 1))
    }

    @Test("has no button beyond its last")
    func range() {
        let first = Self.button("url", "0", values: 1)
        for (index, isThere) in [("1", true), ("2", false), ("9", false)] {
            let found = Self.objection(
                Self.twoButtons, [first, Self.button("quick_reply", .string(index), values: 1)])
            #expect(found == (isThere ? nil : .noSuchButton(component: 1, count: 2)))
        }
        #expect(
            Self.objection([Self.body("Hi")], [Self.button("quick_reply", "0", values: 1)])
                == .noSuchButton(component: 0, count: 0))
    }

    @Test("has buttons of a kind, and those that we do not know are Meta's to judge")
    func kinds() {
        let first = Self.button("url", "0", values: 1)
        #expect(
            Self.objection(Self.twoButtons, [first, Self.button("url", "1", values: 1)])
                == .buttonKind(component: 1, button: 1, wanted: "quick_reply", given: "url"))
        for (type, kind, isTaken) in [
            ("COPY_CODE", "copy_code", true), ("FLOW", "flow", true), ("FLOW", "url", false),
            ("PHONE_NUMBER", "quick_reply", false), ("OTP", "url", true), ("NEW", "mpm", true),
        ] {
            let template: JSONValue = [["type": "BUTTONS", "buttons": [["type": .string(type)]]]]
            let found = Self.objection(template, [Self.button(kind, "0", values: 1)])
            #expect((found == nil) == isTaken, "\(type) \(kind)")
        }
    }

    @Test("counts the cards of a carousel where both sides can be counted")
    func cards() {
        let template: JSONValue = [
            Self.body("Hi"), ["type": "CAROUSEL", "cards": [[:], [:]]],
        ]
        func carousel(_ count: Int) -> JSONValue {
            [["type": "carousel", "cards": .array([JSONValue](repeating: [:], count: count))]]
        }
        #expect(Self.objection(template, carousel(2)) == nil)
        for given in [1, 3] {
            #expect(
                Self.objection(template, carousel(given))
                    == .cards(component: 0, wanted: 2, given: given))
        }
        #expect(Self.objection([["type": "CAROUSEL"]], carousel(3)) == nil)
    }

    // MARK: The account's list

    private static let list = TemplateList(
        [
            template("order_ready", language: "de", [body("{{1}}")]),
            template("order_ready", language: "en_US", [body("{{1}}")]),
            template("order_ready", language: "fr", status: "PENDING", [body("{{1}}")]),
            template("hello_world", language: "en_US", [body("Hello")]),
        ].compactMap { $0 })

    private static func listObjection(
        _ name: String, _ language: String, _ given: JSONValue? = nil
    ) -> TemplateObjection? {
        do {
            try list.check(TemplateKey(name: name, language: language), given)
            return nil
        } catch { return error }
    }

    @Test("a name that nobody has is told with those that are near")
    func unknownName() {
        #expect(Self.listObjection("order_redy", "de") == .unknownName(near: ["order_ready"]))
        #expect(Self.listObjection("invoice", "de") == .unknownName(near: []))
        #expect(Self.listObjection("hello_world", "en_US") == nil)
    }

    @Test("a language that is not there is told with those that can be sent")
    func unknownLanguage() {
        #expect(
            Self.listObjection("order_ready", "es") == .unknownLanguage(sendable: ["de", "en_US"]))
        #expect(
            Self.listObjection("order_ready", "fr", [Self.positional(1)])
                == .notSendable(
                    TemplateStatus("PENDING"), rejection: nil, sendable: ["de", "en_US"]))
        #expect(
            Self.listObjection("order_ready", "fr")
                == .count(.body(component: nil), wanted: 1, given: 0),
            "what waits for the review must be right after it")
        #expect(
            Self.listObjection("order_ready", "de")
                == .count(.body(component: nil), wanted: 1, given: 0))
    }

    @Test("what changed between two lists is what is new, different or gone")
    func changes() throws {
        let paused = try #require(Self.list.all.first).with(TemplateStatus("PAUSED"))
        var other = Self.list
        other[paused.key] = paused
        let new = try #require(Self.template("new", [Self.body("x")]))
        other[new.key] = new
        let gone = TemplateKey(name: "order_ready", language: "de")
        other[gone] = nil
        let found = Self.list.changes(to: other)
        #expect(found.changed.map(\.key) == [paused.key, new.key] && found.gone == [gone])
        #expect(Self.list.changes(to: Self.list).changed.isEmpty && Self.list.count == 4)
    }

    // MARK: In words

    @Test(
        "each objection names the field as its caller called it",
        arguments: [
            (.unknownName(near: []), "template_name", "template_name", "template.name"),
            (
                .unknownLanguage(sendable: []), "language_code", "language_code",
                "template.language.code"
            ),
            (
                .count(.body(component: 0), wanted: 1, given: 2), "parameters",
                "components[0].parameters", "template.components[0].parameters"
            ),
            (
                .count(.body(component: nil), wanted: 1, given: 0), "parameters", "components",
                "template.components"
            ),
            (
                .missing(.body(component: 1), name: "a"), "parameters.a",
                "components[1].parameters", "template.components[1].parameters"
            ),
            (
                .unknown(.body(component: 0), name: "c", index: 2, known: ["a"]), "parameters.c",
                "components[0].parameters[2].parameter_name",
                "template.components[0].parameters[2].parameter_name"
            ),
            (
                .header(component: nil, wanted: "image", given: nil), "components", "components",
                "template.components"
            ),
            (
                .header(component: 0, wanted: "image", given: "video"),
                "components[0].parameters[0]", "components[0].parameters[0]",
                "template.components[0].parameters[0]"
            ),
            (
                .noSuchButton(component: 2, count: 1), "components[2].index",
                "components[2].index", "template.components[2].index"
            ),
            (
                .buttonKind(component: 0, button: 1, wanted: "url", given: "flow"),
                "components[0].sub_type", "components[0].sub_type",
                "template.components[0].sub_type"
            ),
            (
                .cards(component: 0, wanted: 2, given: 3), "components[0].cards",
                "components[0].cards", "template.components[0].cards"
            ),
        ] as [(TemplateObjection, String, String, String)])
    func fields(objection: TemplateObjection, short: String, whole: String, cloud: String) {
        #expect(objection.field(in: .parameters) == short)
        #expect(objection.field(in: .components) == whole)
        #expect(objection.field(in: .cloudAPI) == cloud)
    }

    @Test("a refusal says what is wrong and what to do, showing what is to be filled in")
    func words() throws {
        let template = try #require(
            Self.template("order_ready", [Self.body("Hello {{1}},\nyour order {{2}} is ready.")]))
        func refusal(
            _ objection: TemplateObjection, _ fields: TemplateFields = .parameters
        ) -> TemplateRefusal {
            TemplateRefusal(objection, to: template.key, as: fields, of: template)
        }
        let count = refusal(.count(.body(component: 0), wanted: 2, given: 1))
        #expect(count.message == "order_ready takes 2 values in its body, and 1 is given.")
        #expect(
            count.hint
                == "Give 2 values, in order. Its body: Hello {{1}}, your order {{2}} is ready.")
        let name = refusal(.unknownName(near: ["order_ready", "order_read"]))
        #expect(
            name.hint == "Did you mean order_ready or order_read?" && name.objection.isOfTemplate)
        let paused = refusal(
            .notSendable(TemplateStatus("PAUSED"), rejection: nil, sendable: ["de"]))
        #expect(paused.message.hasSuffix("is paused by Meta for low quality."))
        #expect(paused.hint.hasSuffix("or send another template. It can be sent in de."))
        let image = refusal(.header(component: nil, wanted: "image", given: nil))
        #expect(image.message == "order_ready has an image in its header, and none is given.")
        #expect(image.hint.hasPrefix("Use components instead of parameters. Give {"))
        #expect(!refusal(image.objection, .components).hint.contains("instead"))
    }
}
