package import JSON

/// A template by what a send calls it: a translation of its own for each language.
package struct TemplateKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let name: String
    package let language: String

    package init(name: String, language: String) {
        self.name = name
        self.language = language
    }

    /// Name and language; no name has a blank.
    package var description: String { "\(name) \(language)" }

    package static func < (left: TemplateKey, right: TemplateKey) -> Bool {
        (left.name, left.language) < (right.name, right.language)
    }
}

/// A template of the account, as Graph lists it. (Meta, "Message templates")
///
/// Read liberally: a part of it that we cannot read is nil, and nothing is refused because of it.
package struct Template: Hashable, Sendable {
    package let key: TemplateKey
    package let id: String?
    package private(set) var status: TemplateStatus
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION` and so on.
    package let category: String?
    package let style: TemplateVariables.Style?
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    package let quality: String?
    /// Meta's word for why it was rejected.
    package let rejection: String?
    package let header: Header?
    package let body: TemplateVariables?
    package let bodyText: String?
    package let buttons: [Button]?
    /// Cards of its carousel; nil when it has none.
    package let cards: Int?
    /// As it came.
    package private(set) var raw: JSONValue

    /// What stands above the body.
    package enum Header: Hashable, Sendable {
        case none
        case text(TemplateVariables)
        /// A file or a place, which comes with each send; its kind in Meta's word, lowercase.
        case attachment(String)

        static let attachments: Set = ["image", "video", "document", "location"]
    }

    package struct Button: Hashable, Sendable {
        /// Meta's word in lowercase: `quick_reply`, `url`, `phone_number`, `copy_code`, `flow` and so on.
        package let type: String
        /// The end of the address of a `url`; nil for other kinds, or where it can't be read.
        package let variables: TemplateVariables?
    }

    /// Nil for what has no name and language.
    package init?(_ json: JSONValue) {
        guard let name = json["name"]?.nonEmptyString,
            let language = json["language"]?.nonEmptyString
        else { return nil }
        key = TemplateKey(name: name, language: language)
        id = json["id"]?.identifier
        status = TemplateStatus(json["status"]?.text ?? "")
        category = json["category"]?.nonEmptyString
        let style = json["parameter_format"]?.text.flatMap {
            TemplateVariables.Style(rawValue: $0.uppercased())
        }
        self.style = style
        quality =
            json["quality_score"]?["score"]?.nonEmptyString
            ?? json["quality_score"]?.nonEmptyString
        rejection = json["rejected_reason"]?.nonEmptyString.flatMap { $0 == "NONE" ? nil : $0 }
        raw = json
        let components = json["components"]?.elements
        func component(_ type: String) -> JSONValue? {
            components?.first { $0["type"]?.text?.lowercased() == type }
        }
        bodyText = component("body")?["text"]?.nonEmptyString
        body = bodyText.flatMap { TemplateVariables(in: $0, style: style) }
        header = components == nil ? nil : Self.header(component("header"), style)
        buttons = components == nil ? nil : Self.buttons(component("buttons"))
        cards = component("carousel")?["cards"]?.elements?.count
    }

    private static func header(
        _ component: JSONValue?, _ style: TemplateVariables.Style?
    ) -> Header? {
        guard let component else { return Header.none }
        let format = component["format"]?.text?.lowercased() ?? ""
        if Header.attachments.contains(format) { return .attachment(format) }
        guard format == "text", let text = component["text"]?.text else { return nil }
        return TemplateVariables(in: text, style: style).map { .text($0) }
    }

    /// The end of an address is numbered, whatever the style of the texts is.
    private static func buttons(_ component: JSONValue?) -> [Button]? {
        guard let component else { return [] }
        return component["buttons"]?.elements?.map { button in
            let type = button["type"]?.text?.lowercased() ?? ""
            let address = type == "url" ? button["url"]?.text : nil
            return Button(
                type: type, variables: address.flatMap { TemplateVariables(in: $0, style: nil) })
        }
    }

    /// The same with another status, of which a webhook told.
    package func with(_ status: TemplateStatus) -> Template {
        var changed = self
        changed.status = status
        if case .object(var members) = raw {
            members["status"] = .string(status.word)
            changed.raw = .object(members)
        }
        return changed
    }
}
