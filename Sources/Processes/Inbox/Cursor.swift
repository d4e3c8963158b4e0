internal import FoundationEssentials
internal import Wire

/// The place between two pages: the sort key of the last row of the page before.
///
/// It names no position, so that rows which come meanwhile move nothing, and it never expires.
struct Cursor: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970.
    let at: Int64
    let id: String

    /// Before every row, where rows go from the newest to the oldest.
    static let newest = Cursor(at: .max, id: "")

    static func < (left: Cursor, right: Cursor) -> Bool {
        (left.at, left.id) < (right.at, right.id)
    }

    init(at: Int64, id: String) {
        self.at = at
        self.id = id
    }

    /// - Throws: `Problem` 400 for what no page ever gave.
    init(_ text: String) throws(Problem) {
        // Base64 in the alphabet for URLs, without padding (RFC 4648 §5).
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while !base64.utf8.count.isMultiple(of: 4) { base64 += "=" }
        guard let data = Data(base64Encoded: base64),
            let parts = String(validating: data, as: UTF8.self)?.split(
                separator: " ", maxSplits: 1, omittingEmptySubsequences: false),
            parts.count == 2, let at = Int64(parts[0])
        else {
            throw .invalid(
                "cursor", "The cursor is none of this gateway's.",
                hint: "Send next_cursor of the page before, unchanged, or leave it out.")
        }
        self.init(at: at, id: String(parts[1]))
    }

    var text: String {
        Data("\(at) \(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
