/// What Meta takes as an upload, by kind (WA §7.13; Meta's page of supported media types, read in Sep 2026).
package struct MediaLimits: Hashable, Sendable {
    package let kind: MediaKind
    /// MIME types without parameters.
    package let types: [String]
    /// Bytes.
    ///
    /// Meta says MB and KB and not of which kind: the larger reading, so that nothing is refused here that
    /// Meta would take.
    package let longest: Int64

    private static let office = "application/vnd.openxmlformats-officedocument"

    package static let all = [
        MediaLimits(
            kind: .audio,
            types: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
            longest: 16 << 20),
        MediaLimits(kind: .image, types: ["image/jpeg", "image/png"], longest: 5 << 20),
        MediaLimits(kind: .video, types: ["video/mp4", "video/3gpp"], longest: 16 << 20),
        // A static one has 100 KB; which it is only its frames tell, and Meta looks at them.
        MediaLimits(kind: .sticker, types: ["image/webp"], longest: 500 << 10),
        MediaLimits(
            kind: .document,
            types: [
                "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint", "\(office).wordprocessingml.document",
                "\(office).spreadsheetml.sheet", "\(office).presentationml.presentation",
            ], longest: 100 << 20),
    ]

    /// Bytes of the longest file that Meta delivers of any kind.
    package static let longestReceived: Int64 = 100 << 20

    /// Those of a type, whose parameters (`; codecs=opus`) don't count; nil for one that Meta does not take.
    package static func of(_ mimeType: String) -> MediaLimits? {
        let name = mimeType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return all.first { $0.types.contains(name) }
    }

    /// Every type, for whoever used another one.
    package static var allTypes: String {
        all.map { "\($0.kind.rawValue): \($0.types.joined(separator: ", "))" }.joined(
            separator: "; ")
    }
}
