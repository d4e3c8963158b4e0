import JSON

/// What places, cards and reactions look like. (Meta, "Messages API", v23)
enum ContentShapes {
    static let text = Shape.object([
        .required("body", .text(1...OutboundLimits.textBody)), .optional("preview_url", .flag),
    ])

    /// A file's object; which fields go with which kind.
    static func media(_ kind: MediaKind) -> Shape {
        var others: [Shape.Field] = []
        if kind.takesCaption { others.append(.optional("caption", caption)) }
        if kind == .document { others.append(.optional("filename", filename)) }
        if kind == .audio { others.append(.optional("voice", .flag)) }
        return .file(others)
    }

    private static let caption = Shape.text(1...OutboundLimits.caption)
    private static let filename = Shape.text(1...OutboundLimits.filename)

    static let location = Shape.object([
        .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
        .optional("name", part), .optional("address", part),
    ])

    static let reaction = Shape.object([
        .required("message_id", .text(1...OutboundLimits.identifier)),
        .required("emoji", .ruled(.text(0...OutboundLimits.emoji), checkEmoji)),
    ])

    /// One emoji, of however many scalars; none takes the reaction back.
    private static let checkEmoji: Shape.Rule = { value, path throws(OutboundError) in
        let text = value.text ?? ""
        guard let first = text.unicodeScalars.first else { return }
        // Digits are emoji by Unicode's tables; only as keycaps, with more behind them, do they look it.
        guard text.count == 1, first.properties.isEmoji,
            !first.isASCII || text.unicodeScalars.count > 1
        else { throw .invalid(field: path, expected: "one emoji, or empty to take it back") }
    }

    // MARK: Cards

    static let contacts = Shape.list(1...OutboundLimits.contacts, of: card)

    private static let part = Shape.text(1...OutboundLimits.part)
    private static let manyParts = 1...OutboundLimits.contacts

    private static let card = Shape.object([
        .required("name", .ruled(.object(parts(nameParts)), checkName)),
        .optional("phones", .list(manyParts, of: .object(parts(["phone", "wa_id", "type"])))),
        .optional("emails", .list(manyParts, of: .object(parts(["email", "type"])))),
        .optional("urls", .list(manyParts, of: .object(parts(["url", "type"])))),
        .optional("addresses", .list(manyParts, of: .object(parts(addressParts)))),
        .optional("org", .object(parts(["company", "department", "title"]))),
        .optional("birthday", .ruled(part, checkBirthday)),
    ])

    private static let nameParts = [
        "formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix",
    ]
    private static let addressParts = [
        "street", "city", "state", "zip", "country", "country_code", "type",
    ]

    private static func parts(_ names: [String]) -> [Shape.Field] {
        names.map { .optional($0, part) }
    }

    private static let checkName: Shape.Rule = { value, path throws(OutboundError) in
        guard value["formatted_name"] != nil else {
            throw .missing(field: "\(path).formatted_name")
        }
        guard nameParts.dropFirst().contains(where: { value[$0] != nil }) else {
            throw .missing(field: "\(path).first_name")
        }
    }

    private static let checkBirthday: Shape.Rule = { value, path throws(OutboundError) in
        let parts = (value.text ?? "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) })
        else { throw .invalid(field: path, expected: "a date such as 1990-02-03") }
    }
}
