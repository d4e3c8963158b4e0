package import JSON

extension Template {
    /// Checks what is to be filled in against what there is to fill.
    ///
    /// `components` as the Cloud API takes them, already checked by themselves. What cannot be read, of
    /// the template or of the send, is left to Meta.
    package func check(_ components: JSONValue?) throws(TemplateObjection) {
        let given = Given(components)
        try checkHeader(given)
        if let body {
            try body.check(given.values("body"), in: .body(component: given.first("body")))
        }
        try checkButtons(given)
        for (component, carousel) in given["carousel"] {
            guard let cards, let count = carousel["cards"]?.elements?.count, count != cards else {
                continue
            }
            throw .cards(component: component, wanted: cards, given: count)
        }
    }

    private func checkHeader(_ given: Given) throws(TemplateObjection) {
        guard let header else { return }
        let values = given.values("header")
        let component = given.first("header")
        let part = TemplateObjection.Part.header(component: component)
        let type = values.first?["type"]?.text?.lowercased()
        switch header {
        case .none: try TemplateVariables.none.check(values, in: part)
        case .text(let variables):
            if let type, Header.attachments.contains(type) {
                throw .header(component: component, wanted: "text", given: type)
            }
            try variables.check(values, in: part)
        case .attachment(let kind):
            guard type == kind else {
                throw .header(component: component, wanted: kind, given: type)
            }
            guard values.count == 1 else {
                throw .count(part, wanted: 1, given: values.count)
            }
        }
    }

    private func checkButtons(_ given: Given) throws(TemplateObjection) {
        guard let buttons else { return }
        var filled: Set<Int> = []
        for (component, button) in given["button"] {
            guard let index = button["index"]?.integer.flatMap({ Int(exactly: $0) }) else {
                continue
            }
            guard buttons.indices.contains(index) else {
                throw .noSuchButton(component: component, count: buttons.count)
            }
            filled.insert(index)
            let kind = button["sub_type"]?.text?.lowercased() ?? ""
            guard buttons[index].takes(kind) else {
                throw .buttonKind(
                    component: component, button: index, wanted: buttons[index].type, given: kind)
            }
            guard let variables = buttons[index].variables else { continue }
            let count = button["parameters"]?.elements?.count ?? 0
            guard count == variables.count else {
                throw .count(
                    .button(index, component: component), wanted: variables.count, given: count)
            }
        }
        for (index, button) in buttons.enumerated() where !filled.contains(index) {
            guard let variables = button.variables, variables != .none else { continue }
            throw .count(.button(index, component: nil), wanted: variables.count, given: 0)
        }
    }

    /// The components of a send, by their type.
    private struct Given {
        private let byType: [String: [(index: Int, value: JSONValue)]]

        init(_ components: JSONValue?) {
            let all = (components?.elements ?? []).enumerated().map { (index: $0, value: $1) }
            byType = Dictionary(grouping: all) { $0.value["type"]?.text?.lowercased() ?? "" }
        }

        subscript(_ type: String) -> [(index: Int, value: JSONValue)] { byType[type] ?? [] }

        /// The place of the first of them.
        func first(_ type: String) -> Int? { self[type].first?.index }

        /// The parameters of all of them.
        func values(_ type: String) -> [JSONValue] {
            self[type].flatMap { $0.value["parameters"]?.elements ?? [] }
        }
    }
}

extension Template.Button {
    /// What a send may call a button of that type; a type that is not here is Meta's to judge.
    private static let sendNames: [String: Set<String>] = [
        "quick_reply": ["quick_reply"], "url": ["url"], "copy_code": ["copy_code"],
        "flow": ["flow"], "catalog": ["catalog"], "mpm": ["mpm"], "phone_number": [],
        // One-time passwords: as an address in all their forms.
        "otp": ["url", "copy_code"],
    ]

    fileprivate func takes(_ sendName: String) -> Bool {
        Self.sendNames[type].map { $0.contains(sendName) } ?? true
    }
}

extension TemplateVariables {
    /// Checks the parameters for a text.
    fileprivate func check(
        _ values: [JSONValue], in part: TemplateObjection.Part
    ) throws(TemplateObjection) {
        let given = values.map { $0["parameter_name"]?.text }
        switch self {
        case .none: guard values.isEmpty else { throw count(part, values) }
        case .positional:
            guard given.allSatisfy({ $0 == nil }) else { throw .style(part, wanted: self) }
            guard values.count == count else { throw count(part, values) }
        case .named(let names):
            for (index, name) in given.enumerated() {
                guard let name else {
                    // Whether others than texts have names no page says.
                    guard values[index]["type"]?.text?.lowercased() != "text" else {
                        throw .style(part, wanted: self)
                    }
                    return
                }
                guard names.contains(name) else {
                    throw .unknown(part, name: name, index: index, known: names)
                }
            }
            if let name = names.first(where: { !given.contains($0) }) {
                throw .missing(part, name: name)
            }
            guard values.count == count else { throw count(part, values) }
        }
    }

    private func count(
        _ part: TemplateObjection.Part, _ values: [JSONValue]
    ) -> TemplateObjection { .count(part, wanted: count, given: values.count) }
}
