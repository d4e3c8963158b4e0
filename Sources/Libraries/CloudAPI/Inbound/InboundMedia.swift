import JSON

/// The kinds of file that WhatsApp carries; the raw value is Meta's name in both directions.
package enum MediaKind: String, CaseIterable, Hashable, Sendable, Codable {
    case image, video, audio, document, sticker

    /// Meta's word for a message type; `voice` is how voice notes once came.
    init?(inboundType type: String) {
        self.init(rawValue: type == "voice" ? "audio" : type)
    }

    package var takesCaption: Bool {
        switch self {
        case .image, .video, .document: true
        case .audio, .sticker: false
        }
    }
}

/// A file that was sent to us.
///
/// Meta keeps it for 7 days; ``url`` works for about 5 minutes.
package struct InboundMedia: Hashable, Sendable {
    package let kind: MediaKind
    package let id: String
    /// With parameters, as received: `audio/ogg; codecs=opus`.
    package let mimeType: String?
    /// Base64 (44 characters) or hex (64), as received.
    package let sha256: String?
    package let caption: String?
    /// Untrusted, path characters and all.
    package let filename: String?
    /// Recorded, not picked from files.
    package let isVoice: Bool
    package let isAnimated: Bool
    package let url: String?

    /// Nil when there is no id to fetch the file by.
    init?(_ kind: MediaKind, _ content: JSONValue) {
        guard let id = content["id"]?.identifier else { return nil }
        self.kind = kind
        self.id = id
        mimeType = content["mime_type"]?.nonEmptyString
        sha256 = content["sha256"]?.nonEmptyString
        caption = content["caption"]?.nonEmptyString
        filename = content["filename"]?.nonEmptyString
        isVoice = content["voice"]?.bool ?? false
        isAnimated = content["animated"]?.bool ?? false
        url = content["url"]?.nonEmptyString
    }
}
