/// An objection to a template's send, in words for its caller.
package struct TemplateRefusal: Error, Hashable, Sendable {
    package let key: TemplateKey
    package let objection: TemplateObjection
    /// How the caller said it.
    package let fields: TemplateFields
    /// The template's body, which shows what is to be filled in.
    let bodyText: String?

    /// Characters of a template's body that a hint repeats.
    private static let longestText = 160

    package init(
        _ objection: TemplateObjection, to key: TemplateKey, as fields: TemplateFields,
        of template: Template?
    ) {
        self.objection = objection
        self.key = key
        self.fields = fields
        bodyText = template?.bodyText
    }

    package var field: String { objection.field(in: fields) }

    /// What is wrong, in a sentence.
    package var message: String {
        switch objection {
        case .unknownName: "The account has no template \(key.name)."
        case .unknownLanguage: "The template \(key.name) is not there in \(key.language)."
        case .notSendable(let status, let rejection, _):
            "The template \(key.name) (\(key.language)) "
                + "\(status.meaning ?? "is \(status.word)")\(rejection.map { " (\($0))" } ?? "")."
        case .count(let part, let wanted, let given):
            "\(key.name) takes \(Self.number(wanted)) in \(Self.name(part)), "
                + "and \(given) \(given == 1 ? "is" : "are") given."
        case .style(let part, .named(let names)):
            "\(key.name) names what is filled into \(Self.name(part)): "
                + "\(names.joined(separator: ", "))."
        case .style(let part, _):
            "\(key.name) numbers what is filled into \(Self.name(part)); it has no names."
        case .missing(let part, let name):
            "\(key.name) takes \(name) in \(Self.name(part)), and it is missing."
        case .unknown(let part, let name, _, _):
            "\(key.name) has no \(name) in \(Self.name(part))."
        case .header(_, let wanted, nil):
            "\(key.name) has \(Self.article(wanted)) in its header, and none is given."
        case .header(_, let wanted, let given?):
            "\(key.name) has \(Self.article(wanted)) in its header, not \(Self.article(given))."
        case .noSuchButton(_, let count):
            "\(key.name) has \(count == 0 ? "no button" : count == 1 ? "1 button" : "\(count) buttons"), "
                + "counted from 0."
        case .buttonKind(_, let button, let wanted, let given):
            "Button \(button) of \(key.name) is a \(wanted), not a \(given)."
        case .cards(_, let wanted, let given):
            "\(key.name) has \(wanted) cards, and \(given) are given."
        }
    }

    /// What to do about it.
    package var hint: String {
        switch objection {
        case .unknownName(let near):
            near.isEmpty
                ? "See GET /api/whatsapp/templates for those it has."
                : "Did you mean \(near.joined(separator: " or "))?"
        case .unknownLanguage(let sendable): Self.otherLanguages(sendable)
        case .notSendable(let status, _, let sendable):
            (status.cure ?? "See it in WhatsApp Manager.")
                + (sendable.isEmpty ? "" : " \(Self.otherLanguages(sendable))")
        case .count(.body, let wanted, _), .style(.body, .positional(let wanted)):
            wanted == 0
                ? "Leave \(valuesName) out." : "Give \(Self.number(wanted)), in order.\(showing)"
        case .style(_, .named):
            fields == .parameters
                ? "Give parameters as an object of values by these names.\(showing)"
                : "Give each text its parameter_name.\(showing)"
        case .count(.header, 0, _): "Leave the header out."
        case .count(.button, 0, _): "Leave the button's parameters out."
        case .count(let part, let wanted, _):
            "\(wholeComponents)Give \(Self.number(wanted)) in \(Self.example(part))."
        case .style: "Leave parameter_name out."
        case .missing(let part, let name):
            fields == .parameters
                ? "Give \(field).\(showing)"
                : "Give \(name) in \(Self.example(part)).\(showing)"
        case .unknown(_, let name, _, let known):
            Spelling.nearest(to: name, among: known).map { "Did you mean \($0)?" }
                ?? "Use \(known.joined(separator: ", ")).\(showing)"
        case .header(_, "text", _):
            "\(wholeComponents)Give a text in {\"type\":\"header\",\"parameters\":[…]}."
        case .header(_, let wanted, _):
            "\(wholeComponents)Give {\"type\":\"header\",\"parameters\":"
                + "[{\"type\":\"\(wanted)\",\"\(wanted)\":{…}}]}."
        case .noSuchButton: "See its buttons in GET /api/whatsapp/templates?name=\(key.name)."
        case .buttonKind(_, _, "phone_number", _): "Leave this button out: it takes nothing."
        case .buttonKind(_, _, let wanted, _): "Use the sub_type \(wanted)."
        case .cards(_, let wanted, _): "Give \(wanted) cards."
        }
    }

    // MARK: Words

    private var valuesName: String { fields == .parameters ? "parameters" : "the body" }

    /// Headers and buttons have no short form.
    private var wholeComponents: String {
        fields == .parameters ? "Use components instead of parameters. " : ""
    }

    private var showing: String {
        guard let bodyText else { return "" }
        let text = bodyText.split(whereSeparator: \.isNewline).joined(separator: " ")
        let isShort = text.count <= Self.longestText
        return " Its body: \(isShort ? text : text.prefix(Self.longestText) + "…")"
    }

    private static func otherLanguages(_ languages: [String]) -> String {
        languages.isEmpty
            ? "No language of it can be sent; see GET /api/whatsapp/templates."
            : "It can be sent in \(languages.joined(separator: ", "))."
    }

    private static func number(_ count: Int) -> String {
        switch count {
        case 0: "no values"
        case 1: "1 value"
        default: "\(count) values"
        }
    }

    private static func article(_ kind: String) -> String {
        kind == "image" ? "an image" : "a \(kind)"
    }

    private static func name(_ part: TemplateObjection.Part) -> String {
        switch part {
        case .header: "its header"
        case .body: "its body"
        case .button(let index, _): "the address of button \(index)"
        }
    }

    private static func example(_ part: TemplateObjection.Part) -> String {
        switch part {
        case .header: "{\"type\":\"header\",\"parameters\":[…]}"
        case .body: "{\"type\":\"body\",\"parameters\":[…]}"
        case .button(let index, _):
            "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"\(index)\",\"parameters\":[…]}"
        }
    }
}
