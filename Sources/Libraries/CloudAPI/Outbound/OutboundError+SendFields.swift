extension OutboundError {
    /// The same error in the names that our own routes use: `send`, `send_media`, `send_template`.
    ///
    /// `text.body` is `text` there, `image.link` is `media_url`, and so on.
    package var inSendFields: OutboundError {
        switch self {
        case .missing(let field): .missing(field: Self.sendField(field))
        case .tooLong(let field, let limit, let actual):
            .tooLong(field: Self.sendField(field), limit: limit, actual: actual)
        case .notAllowed(let field, let reason):
            .notAllowed(field: Self.sendField(field), because: reason)
        case .invalid(let field, let expected):
            .invalid(field: Self.sendField(field), expected: expected)
        case .bothGiven(let field, let other):
            .bothGiven(field: Self.sendField(field), other: Self.sendField(other))
        case .unknown(let field, let name, let known):
            .unknown(field: Self.sendField(field), name: name, known: known)
        case .notOneOf(let field, let given, let known):
            .notOneOf(field: Self.sendField(field), given: given, known: known)
        case .recipient(let field, let error):
            .recipient(field: Self.sendField(field), error)
        }
    }

    /// What is not in the table is called the same in both, as the parts of `components` are.
    private static func sendField(_ field: String) -> String {
        let name = withoutObject(field)
        return sendFields[name] ?? name
    }

    private static let sendFields = [
        "body": "text", "link": "media_url", "id": "media_id", "name": "template_name",
        "language.code": "language_code", "context.message_id": "reply_to",
        "biz_opaque_callback_data": "reference",
    ]

    /// Without the object that holds a kind's fields: `image.caption` is `caption`.
    private static func withoutObject(_ field: String) -> String {
        let object = field.prefix { $0 != "." }
        let holdsFields =
            object == "text" || object == "template" || MediaKind(rawValue: String(object)) != nil
        return holdsFields && object.count < field.count
            ? String(field.dropFirst(object.count + 1)) : field
    }
}
