package import JSON

/// The templates of an account, as they were at one time.
package struct TemplateList: Hashable, Sendable {
    /// Languages by name.
    private var byName: [String: [String: Template]] = [:]

    /// Of two with the same name and language the later wins.
    package init(_ templates: some Sequence<Template> = []) {
        for template in templates { self[template.key] = template }
    }

    package subscript(_ key: TemplateKey) -> Template? {
        get { byName[key.name]?[key.language] }
        set {
            byName[key.name, default: [:]][key.language] = newValue
            if byName[key.name]?.isEmpty == true { byName[key.name] = nil }
        }
    }

    /// All of them, by name and language.
    package var all: [Template] {
        byName.values.flatMap(\.values).sorted { $0.key < $1.key }
    }

    package var count: Int { byName.values.reduce(0) { $0 + $1.count } }

    /// Those that are new or different in `other`, and the keys of those that are gone.
    package func changes(to other: TemplateList) -> (changed: [Template], gone: [TemplateKey]) {
        (
            other.all.filter { self[$0.key] != $0 },
            all.map(\.key).filter { other[$0] == nil }
        )
    }

    /// Names that are offered for one that nobody knows.
    private static let offered = 3

    /// Checks that Meta sends this template, filled in like this.
    package func check(_ key: TemplateKey, _ components: JSONValue?) throws(TemplateObjection) {
        guard let languages = byName[key.name] else {
            throw .unknownName(
                near: Spelling.nearest(
                    Self.offered, to: key.name, among: byName.keys.sorted()))
        }
        let sendable = languages.values.filter(\.status.isSendable).map(\.key.language).sorted()
        guard let template = languages[key.language] else {
            throw .unknownLanguage(sendable: sendable)
        }
        let objection = TemplateObjection.notSendable(
            template.status, rejection: template.rejection, sendable: sendable)
        guard template.status.isSendable || template.status.passes else { throw objection }
        // What waits for its time must be good then.
        try template.check(components)
        guard template.status.isSendable else { throw objection }
    }
}
