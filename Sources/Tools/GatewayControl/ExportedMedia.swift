internal import Digest
internal import FoundationEssentials
internal import JSON

/// A file that a message names, which the gateway may have.
struct ExportedMedia: Hashable {
    /// Meta's, or of that form.
    let id: String
    /// Its sender's text, never a path.
    let filename: String?

    /// Kinds of messages, and members of templates and other messages, that name a file by an id.
    private static let kinds = ["audio", "document", "image", "sticker", "video"]

    /// All that a message names, wherever it does; links are nobody's file here.
    static func named(by message: JSONValue) -> [ExportedMedia] {
        var found: [ExportedMedia] = []
        if let media = message["media"], let id = media["id"]?.text {
            found.append(ExportedMedia(id: id, filename: media["filename"]?.text))
        }
        if let type = message["type"]?.text, let content = message["content"] {
            found += named(in: [type: content])
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0.id).inserted }
    }

    private static func named(in members: [String: JSONValue]) -> [ExportedMedia] {
        members.sorted { $0.key < $1.key }.flatMap { name, value in
            if kinds.contains(name), let id = value["id"]?.text {
                return [ExportedMedia(id: id, filename: value["filename"]?.text)]
            }
            let inner = (value.elements ?? [value]).compactMap(\.members)
            return inner.flatMap { named(in: $0) }
        }
    }

    /// Bytes of a name; every file system takes as many.
    private static let longestName = 128

    /// Its name as a file: the id where that is made of letters, digits, `-` and `_`, else its sum.
    var safeName: String {
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if isPlain, (1...Self.longestName).contains(id.utf8.count) { return id }
        // No plain id has a dot: it is never another one's name.
        return "id." + Hex.encode(SHA256.digest(Data(id.utf8)))
    }
}
