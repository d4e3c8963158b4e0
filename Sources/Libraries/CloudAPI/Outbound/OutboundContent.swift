package import JSON

/// What a message says.
///
/// Kinds that only the Cloud API's own body can ask for are kept as it has them.
package enum OutboundContent: Hashable, Sendable {
    case text(body: String, previewURL: Bool)
    /// `filename` is for documents: it decides name and icon on the phone.
    ///
    /// `isVoice` is for audio: shown as a voice note.
    case media(
        MediaKind, source: MediaSource, caption: String?, filename: String?, isVoice: Bool = false)
    /// `components` as the Cloud API takes them; nil for a template without variables.
    case template(name: String, language: String, components: JSONValue?)
    case location(JSONValue)
    case contacts(JSONValue)
    /// An empty emoji takes the reaction back.
    case reaction(messageID: String, emoji: String)
    /// Buttons, lists, links, flows, products and whatever else waits for a tap.
    case interactive(JSONValue)

    /// Meta's name of the kind, and of the object that holds it.
    package var type: String {
        switch self {
        case .text: "text"
        case .media(let kind, _, _, _, _): kind.rawValue
        case .template: "template"
        case .location: "location"
        case .contacts: "contacts"
        case .reaction: "reaction"
        case .interactive: "interactive"
        }
    }

    /// The object under ``type``.
    /// - Throws: ``OutboundError`` with the path of the field that Meta would refuse.
    package func object() throws(OutboundError) -> JSONValue {
        switch self {
        case .text(let body, let previewURL):
            try body.checkLength("text.body", upTo: OutboundLimits.textBody)
            return ["body": .string(body), "preview_url": .bool(previewURL)]
        case .media(let kind, let source, let caption, let filename, let isVoice):
            return try Self.media(kind, source, caption?.presence, filename?.presence, isVoice)
        case .template(let name, let language, let components):
            return try OutboundTemplate.object(
                name: name, language: language, components: components)
        case .location(let place): return try checked(place, ContentShapes.location)
        case .contacts(let cards): return try checked(cards, ContentShapes.contacts)
        case .interactive(let object): return try checked(object, InteractiveShapes.all)
        case .reaction(let messageID, let emoji):
            return try checked(
                ["message_id": .string(messageID), "emoji": .string(emoji)], ContentShapes.reaction)
        }
    }

    private func checked(_ object: JSONValue, _ shape: Shape) throws(OutboundError) -> JSONValue {
        try shape.check(object, type)
        return object
    }

    private static func media(
        _ kind: MediaKind, _ source: MediaSource, _ caption: String?, _ filename: String?,
        _ isVoice: Bool
    ) throws(OutboundError) -> JSONValue {
        let path = kind.rawValue
        let place = try source.member(path)
        var members = [place.name: place.value]
        if let caption {
            guard kind.takesCaption else {
                throw .notAllowed(field: "\(path).caption", because: "with \(path)")
            }
            try caption.checkLength("\(path).caption", upTo: OutboundLimits.caption)
            members["caption"] = .string(caption)
        }
        if let filename {
            guard kind == .document else {
                throw .notAllowed(field: "\(path).filename", because: "with \(path)")
            }
            try filename.checkLength("\(path).filename", upTo: OutboundLimits.filename)
            members["filename"] = .string(filename)
        }
        if isVoice {
            guard kind == .audio else {
                throw .notAllowed(field: "\(path).voice", because: "with \(path)")
            }
            members["voice"] = true
        }
        return .object(members)
    }

    /// The one line that a list of conversations shows; as ``InboundMessage/listText``.
    package var listText: String {
        let line =
            switch self {
            case .text(let body, _): ListText.line(body)
            case .media(let kind, _, let caption, let filename, let isVoice):
                ListText.media(
                    kind, caption: caption?.presence, filename: filename?.presence,
                    isVoice: isVoice)
            case .template(let name, _, _): ListText.line("📋 \(name)")
            case .location(let place):
                ListText.line(
                    "📍 "
                        + (place["name"]?.nonEmptyString ?? place["address"]?.nonEmptyString
                            ?? "Location"))
            case .contacts(let cards): ListText.contacts(cards)
            case .reaction(_, let emoji): ListText.line(emoji.presence ?? "Reaction removed")
            case .interactive(let object): ListText.interactive(object)
            }
        return line.isEmpty ? "(empty message)" : line
    }
}
