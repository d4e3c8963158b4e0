package import JSON

/// What a message says.
///
/// More kinds come with the route that takes any Cloud API body.
package enum OutboundContent: Hashable, Sendable {
    case text(body: String, previewURL: Bool)
    /// `filename` is for documents: it decides name and icon on the phone.
    case media(MediaKind, source: MediaSource, caption: String?, filename: String?)
    /// `components` as the Cloud API takes them; nil for a template without variables.
    case template(name: String, language: String, components: JSONValue?)

    /// Meta's name of the kind, and of the object that holds it.
    package var type: String {
        switch self {
        case .text: "text"
        case .media(let kind, _, _, _): kind.rawValue
        case .template: "template"
        }
    }

    /// The object under ``type``.
    /// - Throws: ``OutboundError`` with the path of the field that Meta would refuse.
    package func object() throws(OutboundError) -> JSONValue {
        switch self {
        case .text(let body, let previewURL):
            try body.checkLength("text.body", upTo: OutboundLimits.textBody)
            return ["body": .string(body), "preview_url": .bool(previewURL)]
        case .media(let kind, let source, let caption, let filename):
            return try Self.media(kind, source, caption?.presence, filename?.presence)
        case .template(let name, let language, let components):
            return try OutboundTemplate.object(
                name: name, language: language, components: components)
        }
    }

    private static func media(
        _ kind: MediaKind, _ source: MediaSource, _ caption: String?, _ filename: String?
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
        return .object(members)
    }

    /// The one line that a list of conversations shows; as ``InboundMessage/listText``.
    package var listText: String {
        let line =
            switch self {
            case .text(let body, _): ListText.line(body)
            case .media(let kind, _, let caption, let filename):
                ListText.media(kind, caption: caption?.presence, filename: filename?.presence)
            case .template(let name, _, _): ListText.line("📋 \(name)")
            }
        return line.isEmpty ? "(empty message)" : line
    }
}
