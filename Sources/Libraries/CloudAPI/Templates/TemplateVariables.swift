/// What is to be filled into a text of a template: its `{{…}}`.
package enum TemplateVariables: Hashable, Sendable {
    case none
    /// `{{1}}` to `{{n}}`; n is at least 1.
    case positional(Int)
    /// Each once, in the order of the text.
    case named([String])

    /// How the variables of a template are told apart.
    package enum Style: String, Hashable, Sendable {
        case positional = "POSITIONAL"
        case named = "NAMED"
    }

    /// Reads a text; nil when what is in the braces is neither 1, 2, … nor names, or not of that style.
    package init?(in text: String, style: Style?) {
        guard let found = Self.braced(in: text) else { return nil }
        var names: [String] = []
        for name in found where !names.contains(name) { names.append(name) }
        if names.isEmpty {
            self = .none
        } else if names.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) {
            // A gap would be a text that Meta does not take: whatever this is, it is something else.
            guard style != .named, Set(names) == Set((1...names.count).map(String.init)) else {
                return nil
            }
            self = .positional(names.count)
        } else {
            guard style != .positional,
                names.allSatisfy({
                    OutboundTemplate.isParameterName($0) && !$0.utf8.allSatisfy(\.isDigit)
                })
            else { return nil }
            self = .named(names)
        }
    }

    /// What stands between each `{{` and the next `}}`; nil for braces that never close.
    private static func braced(in text: String) -> [String]? {
        var found: [String] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            rest = rest[open...].dropFirst()
            guard rest.first == "{" else { continue }
            rest = rest.dropFirst()
            guard let close = rest.firstIndex(of: "}"),
                rest[close...].dropFirst().first == "}"
            else { return nil }
            let name = rest[..<close]
            found.append(String(name.filter { !$0.isWhitespace }))
            rest = rest[close...].dropFirst(2)
        }
        return found
    }

    /// How many values it takes.
    package var count: Int {
        switch self {
        case .none: 0
        case .positional(let count): count
        case .named(let names): names.count
        }
    }

    /// `1`, `2`, … or the names.
    package var names: [String] {
        switch self {
        case .none: []
        case .positional(let count): (1...count).map(String.init)
        case .named(let names): names
        }
    }
}
