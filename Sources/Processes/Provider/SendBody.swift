internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Wire

/// What a caller wants to be sent, read from the JSON of one of the send routes and checked.
///
/// A value of this type is something that Meta would take as far as that can be known here.
struct SendBody: Hashable, Sendable {
    /// What to do with a message that may or may not have reached Meta.
    enum OnUnknown: String, CaseIterable, Hashable, Sendable { case hold, resend }

    /// Ours: enough for an order number or a row id, and with our own id below Meta's 512.
    static let longestReference = 256
    /// Seconds; Meta itself gives up on delivering a message after 30 days.
    static let expiry: ClosedRange<Int64> = 1...(30 * 24 * 3_600)
    /// Meta's number ids have 15 to 17 digits today.
    static let longestNumberID = 64

    let message: OutboundMessage
    /// Meta's object under the type's name.
    let object: JSONValue
    /// The number that sends; nil leaves the choice to us.
    let from: String?
    /// The caller's own value.
    let reference: String?
    /// Seconds after which it is not worth sending any more.
    let expiresIn: Int64?
    let onUnknown: OnUnknown
    /// Whether the body is the Cloud API's own, or else fills a template by `parameters`.
    let isCloudAPI, givesParameters: Bool

    /// Name and language of the template: what is held together; nil for other kinds.
    var template: String? {
        guard case .template(let name, let language, _) = message.content else { return nil }
        return "\(name) \(language)"
    }

    /// Reads a body as received.
    ///
    /// `form` is one of our own; the Cloud API's is read by ``SendRequest``.
    /// - Throws: a `Problem` of status 400 that names the first field that is wrong.
    init(_ body: Data, as form: SendMessage.Form) throws(Problem) {
        let fields = try BodyFields(body, allowed: Self.common + Self.fields(of: form))
        let to = try Self.recipient(in: fields)
        let content: OutboundContent
        switch form {
        case .text: content = try Self.text(in: fields)
        case .media: content = try Self.media(in: fields)
        case .template: content = try Self.template(in: fields)
        case .messages: throw .internalError(in: .provider)
        }
        let replyTo = try fields.text("reply_to", upTo: OutboundLimits.identifier)
        let object = try Self.checked { () throws(OutboundError) in try content.object() }
        try self.init(
            OutboundMessage(to: to, content: content, replyTo: replyTo), as: object, in: fields)
    }

    /// A message that was checked, with what our own fields say beside it.
    init(
        _ message: OutboundMessage, as object: JSONValue, in fields: BodyFields
    ) throws(Problem) {
        // Meta gives back what we put there: our own name for the attempt.
        self.message = message.withoutCallbackData
        self.object = object
        from = try Self.sender(in: fields)
        reference = try Self.reference(in: fields)
        expiresIn = try fields.integer("expires_in", in: Self.expiry)
        onUnknown = try fields.choice("on_unknown") ?? .hold
        isCloudAPI = fields["type"] != nil
        givesParameters = fields["parameters"] != nil
    }

    // MARK: Fields

    private static let common = [
        "to", "from", "reply_to", "reference", "expires_in", "on_unknown",
    ]

    private static func fields(of form: SendMessage.Form) -> [String] {
        switch form {
        case .text: ["text", "preview_url"]
        case .media: ["media_url", "media_id", "media_type", "caption", "filename"]
        case .template: ["template_name", "language_code", "components", "parameters"]
        case .messages: []
        }
    }

    /// Whom it goes to; read strictly, since a wrong guess reaches a stranger.
    private static func recipient(in fields: BodyFields) throws(Problem) -> Recipient {
        let to = try fields.required("to")
        do throws(RecipientError) {
            return try PhoneNumber.forSending(to)
        } catch {
            throw Problem(
                .invalidRecipient, status: 400, "to: \(error.message).",
                hint: error.hint.sentence, field: "to")
        }
    }

    static func sender(in fields: BodyFields) throws(Problem) -> String? {
        guard let from = try fields.text("from", upTo: longestNumberID) else { return nil }
        guard from.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid(
                "from", "from is not a phone number id.",
                hint: "Give the id of the sending number, as Meta's dashboard shows it.")
        }
        return from
    }

    /// The caller's own value, under our name for it or Meta's.
    private static func reference(in fields: BodyFields) throws(Problem) -> String? {
        let ours = try fields.text("reference", upTo: longestReference)
        let metas = try fields.text("biz_opaque_callback_data", upTo: longestReference)
        guard ours == nil || metas == nil else {
            throw Problem(
                refusing: .bothGiven(field: "reference", other: "biz_opaque_callback_data"))
        }
        return ours ?? metas
    }

    private static func text(in fields: BodyFields) throws(Problem) -> OutboundContent {
        let text = try fields.required("text")
        return .text(body: text, previewURL: try fields.bool("preview_url") ?? false)
    }

    private static func media(in fields: BodyFields) throws(Problem) -> OutboundContent {
        let kind: MediaKind? = try fields.choice("media_type")
        guard let kind else { throw fields.missing("media_type") }
        let link = try fields.text("media_url")
        let id = try fields.text("media_id")
        let source = try checked { () throws(OutboundError) in try MediaSource(link: link, id: id) }
        return .media(
            kind, source: source, caption: try fields.text("caption"),
            filename: try fields.text("filename"))
    }

    private static func template(in fields: BodyFields) throws(Problem) -> OutboundContent {
        let name = try fields.required("template_name")
        let language = try fields.required("language_code")
        var components = fields["components"]
        if let parameters = fields["parameters"] {
            guard components == nil else {
                throw .invalid(
                    "parameters", "components and parameters are both given.",
                    hint: "Give the values as parameters, or whole components, not both.")
            }
            components = try checked { () throws(OutboundError) in
                try TemplateParameters.components(from: parameters)
            }
        }
        return .template(name: name, language: language, components: components)
    }

    /// Says a rule of Meta's in the names of our own routes.
    private static func checked<Value>(
        _ body: () throws(OutboundError) -> Value
    ) throws(Problem) -> Value {
        do throws(OutboundError) { return try body() } catch {
            throw Problem(refusing: error.inSendFields)
        }
    }
}

extension Problem {
    /// What Meta would not take, told to whoever asked for it.
    init(refusing error: OutboundError) {
        let code: Code = if case .recipient = error { .invalidRecipient } else { .invalidRequest }
        // A name in it may be the caller's own, at any length.
        self.init(
            code, status: 400, BodyFields.short(error.message, 240) + ".",
            hint: BodyFields.short(error.hint, 240).sentence,
            field: BodyFields.short(error.field, 120))
    }
}

extension String {
    /// With a capital in front and a full stop behind, unless it ends a question.
    fileprivate var sentence: String {
        let end = last.map { ".?!".contains($0) } ?? true
        return prefix(1).uppercased() + dropFirst() + (end ? "" : ".")
    }
}
