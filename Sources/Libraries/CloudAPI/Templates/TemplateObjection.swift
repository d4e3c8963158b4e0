/// Why Meta would refuse a template's send, as far as the account's list tells.
///
/// `component` is the place of a component in the send; nil when it has none of that kind.
package enum TemplateObjection: Error, Hashable, Sendable {
    /// No template has the name; `near` may have been meant.
    case unknownName(near: [String])
    /// There is none in that language; `sendable` are those in which there is.
    case unknownLanguage(sendable: [String])
    /// `rejection` is Meta's reason; `sendable` are other languages of the name.
    case notSendable(TemplateStatus, rejection: String?, sendable: [String])
    case count(Part, wanted: Int, given: Int)
    /// Numbered values where named ones are wanted, or the other way round.
    case style(Part, wanted: TemplateVariables)
    case missing(Part, name: String)
    /// `index` is the place of the value among the others.
    case unknown(Part, name: String, index: Int, known: [String])
    /// The header takes another kind of value than it is given (nil: none).
    case header(component: Int?, wanted: String, given: String?)
    /// The template has that many buttons.
    case noSuchButton(component: Int, count: Int)
    case buttonKind(component: Int, button: Int, wanted: String, given: String)
    case cards(component: Int, wanted: Int, given: Int)

    /// Where values go.
    package enum Part: Hashable, Sendable {
        case header(component: Int?)
        case body(component: Int?)
        /// The end of the address of the n-th button, from 0.
        case button(Int, component: Int?)

        var component: Int? {
            switch self {
            case .header(let component), .body(let component), .button(_, let component):
                component
            }
        }
    }

    /// Whether it is the template that is not to be had; else the values are wrong.
    package var isOfTemplate: Bool {
        switch self {
        case .unknownName, .unknownLanguage, .notSendable: true
        default: false
        }
    }
}

/// How a caller says what goes into a template, and so what its parts are called.
package enum TemplateFields: Hashable, Sendable {
    /// `send_template` with `parameters`.
    case parameters
    /// `send_template` with `components`.
    case components
    /// The Cloud API's own body.
    case cloudAPI
}

extension TemplateObjection {
    /// The field of the caller's that is wrong.
    package func field(in fields: TemplateFields) -> String {
        switch self {
        case .unknownName, .notSendable:
            return fields == .cloudAPI ? "template.name" : "template_name"
        case .unknownLanguage:
            return fields == .cloudAPI ? "template.language.code" : "language_code"
        case .count(let part, _, _), .style(let part, _):
            return Self.values(of: part, fields)
        case .missing(let part, let name):
            return fields == .parameters
                ? "\(Self.values(of: part, fields)).\(name)" : Self.values(of: part, fields)
        case .unknown(let part, let name, let index, _):
            let values = Self.values(of: part, fields)
            return fields == .parameters
                ? "\(values).\(name)" : "\(values)[\(index)].parameter_name"
        case .header(let component, _, let given):
            let values = Self.values(of: .header(component: component), fields)
            return given == nil ? values : "\(values)[0]"
        case .noSuchButton(let component, _):
            return "\(Self.path(of: component, fields)).index"
        case .buttonKind(let component, _, _, _):
            return "\(Self.path(of: component, fields)).sub_type"
        case .cards(let component, _, _):
            return "\(Self.path(of: component, fields)).cards"
        }
    }

    private static func values(of part: Part, _ fields: TemplateFields) -> String {
        // With `parameters` the only component is a body, which was made from them.
        if case .body = part, fields == .parameters { return "parameters" }
        let path = path(of: part.component, fields)
        return part.component == nil ? path : "\(path).parameters"
    }

    private static func path(of component: Int?, _ fields: TemplateFields) -> String {
        let list = fields == .cloudAPI ? "template.components" : "components"
        return component.map { "\(list)[\($0)]" } ?? list
    }
}
