import JSON

/// The template object of a send, and the rules that Meta has for it. (Meta, "Message templates")
enum OutboundTemplate {
    /// Footers have no parameters, so they are not among them.
    static let componentTypes: Set<String> = [
        "header", "body", "button", "limited_time_offer", "carousel", "order_status",
    ]
    static let buttonKinds: Set<String> = [
        "quick_reply", "url", "copy_code", "catalog", "mpm", "flow", "voice_call", "order_details",
    ]

    /// The whole object as the Cloud API has it; components are looked into by ``object``.
    static let shape = Shape.object([
        .required("name", .text(1...OutboundLimits.templateName)),
        .required(
            "language",
            .object([
                .required("code", .text(1...OutboundLimits.languageCode)),
                // Obsolete, and the only one there ever was.
                .optional("policy", .choice(["deterministic"])),
            ])),
        .optional("components", .list(0...OutboundLimits.templateComponents, of: .someObject)),
    ])

    static func object(
        name: String, language: String, components: JSONValue?
    ) throws(OutboundError) -> JSONValue {
        try name.checkLength("template.name", upTo: OutboundLimits.templateName)
        guard name.utf8.allSatisfy({ $0.isLowercase || $0.isDigit || $0 == UInt8(ascii: "_") })
        else {
            throw .invalid(field: "template.name", expected: "lowercase letters, digits and _ only")
        }
        try language.checkLength("template.language.code", upTo: OutboundLimits.languageCode)
        guard language.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }) else {
            throw .invalid(
                field: "template.language.code", expected: "a language code such as en_US or de")
        }
        var members: [String: JSONValue] = [
            "name": .string(name), "language": ["code": .string(language)],
        ]
        if let components, components != .null {
            guard let list = components.elements else {
                throw .invalid(field: "template.components", expected: "a list")
            }
            for (index, component) in list.enumerated() {
                try check(
                    component, "template.components[\(index)]", isAlone: list.count == 1)
            }
            // Meta wants the property left out when there are no variables.
            if !list.isEmpty { members["components"] = components }
        }
        return .object(members)
    }

    private static func check(
        _ component: JSONValue, _ path: String, isAlone: Bool
    ) throws(OutboundError) {
        guard component.members != nil else { throw .invalid(field: path, expected: "an object") }
        guard let type = component["type"]?.text?.lowercased() else {
            throw .missing(field: "\(path).type")
        }
        guard componentTypes.contains(type) else {
            throw .invalid(
                field: "\(path).type",
                expected: "one of \(componentTypes.sorted().joined(separator: ", "))")
        }
        try component.members?.refuseUnknown(
            in: path, known: ["type", "sub_type", "index", "parameters", "cards"])
        if type == "button" { try checkButton(component, path) }
        if type == "carousel" { try checkCards(component, path) }
        guard let parameters = component["parameters"] else { return }
        guard let list = parameters.elements else {
            throw .invalid(field: "\(path).parameters", expected: "a list")
        }
        for (index, parameter) in list.enumerated() {
            try check(parameter, of: type, "\(path).parameters[\(index)]", isAlone: isAlone)
        }
        let named = list.count { $0["parameter_name"] != nil }
        if type == "body", named != 0, named != list.count {
            throw .invalid(
                field: "\(path).parameters",
                expected: "either all named or all without parameter_name")
        }
    }

    /// Each card has components like a template of its own.
    private static func checkCards(
        _ carousel: JSONValue, _ path: String
    ) throws(OutboundError) {
        guard let cards = carousel["cards"]?.elements,
            OutboundLimits.cards.contains(cards.count)
        else {
            throw .invalid(field: "\(path).cards", expected: "a list of 2 to 10")
        }
        for (index, card) in cards.enumerated() {
            let place = "\(path).cards[\(index)]"
            guard card["card_index"]?.integer != nil else {
                throw .missing(field: "\(place).card_index")
            }
            try card.members?.refuseUnknown(in: place, known: ["card_index", "components"])
            guard let components = card["components"]?.elements else {
                throw .invalid(field: "\(place).components", expected: "a list")
            }
            for (number, component) in components.enumerated() {
                guard component["type"]?.text?.lowercased() != "carousel" else {
                    throw .notAllowed(
                        field: "\(place).components[\(number)]", because: "within a carousel")
                }
                try check(component, "\(place).components[\(number)]", isAlone: false)
            }
        }
    }

    private static func checkButton(_ button: JSONValue, _ path: String) throws(OutboundError) {
        guard let kind = button["sub_type"]?.text?.lowercased() else {
            throw .missing(field: "\(path).sub_type")
        }
        guard buttonKinds.contains(kind) else {
            throw .invalid(
                field: "\(path).sub_type",
                expected: "one of \(buttonKinds.sorted().joined(separator: ", "))")
        }
        guard let index = button["index"] else { throw .missing(field: "\(path).index") }
        guard let position = index.integer, (0...9).contains(position) else {
            throw .invalid(
                field: "\(path).index", expected: "the button's position, \"0\" to \"9\"")
        }
    }

    /// Text has limits that depend on where it goes; other kinds have shapes of their own.
    private static func check(
        _ parameter: JSONValue, of component: String, _ path: String, isAlone: Bool
    ) throws(OutboundError) {
        guard parameter.members != nil else { throw .invalid(field: path, expected: "an object") }
        guard let type = parameter["type"]?.nonEmptyString else {
            throw .missing(field: "\(path).type")
        }
        if let name = parameter["parameter_name"] {
            guard let name = name.text, isParameterName(name) else {
                throw .invalid(
                    field: "\(path).parameter_name",
                    expected: "lowercase letters, digits and _ only")
            }
        }
        guard type.lowercased() == "text" else {
            return try TemplateParameterShapes.check(parameter, type: type.lowercased(), path)
        }
        try parameter.members?.refuseUnknown(in: path, known: ["type", "text", "parameter_name"])
        guard let text = parameter["text"]?.text else { throw .missing(field: "\(path).text") }
        let limit =
            switch component {
            case "header": OutboundLimits.headerParameter
            case "body" where !isAlone: OutboundLimits.bodyParameterBesideOthers
            default: OutboundLimits.bodyParameter
            }
        try text.checkLength("\(path).text", upTo: limit)
        // Meta refuses these in a body (132018 and its family).
        if component == "body",
            text.contains(where: { $0.isNewline || $0 == "\t" })
                || text.contains("     ")
        {
            throw .invalid(
                field: "\(path).text", expected: "without line ends, tabs and runs of five blanks")
        }
    }

    static func isParameterName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { $0.isLowercase || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
}

extension UInt8 {
    var isLowercase: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
