internal import FoundationEssentials
internal import Wire

/// How things stood when somebody began to read page by page.
struct RunStart: Hashable, Sendable {
    /// The newest of `Moves`.
    let moves: Int64
    /// The number of the newest message; numbers go by when messages were kept here.
    let messages: Int64
}

/// The place between two pages: the sort key of the last row of the page before.
///
/// It names no position, so that rows which come meanwhile move nothing, and it never expires. One of a
/// list whose rows move also says when the run of pages began.
struct Cursor: Hashable, Comparable, Sendable {
    /// What a list goes by.
    enum Order: Sendable {
        /// Milliseconds since 1970.
        case time
        /// `SearchIndex.place`.
        case place
    }

    var order = Order.time
    let at: Int64
    let id: String
    /// How things stood when the first page was read; nil in lists whose rows stay.
    var began: RunStart?

    /// Before every row, where rows go from the newest to the oldest.
    static let newest = Cursor(at: .max, id: "")

    static func < (left: Cursor, right: Cursor) -> Bool {
        (left.at, left.id) < (right.at, right.id)
    }

    init(at: Int64, id: String, order: Order = .time, began: RunStart? = nil) {
        self.at = at
        self.id = id
        self.order = order
        self.began = began
    }

    /// - Throws: `Problem` 400 for what no page of a list in that order ever gave.
    init(_ text: String, order: Order = .time) throws(Problem) {
        // Base64 in the alphabet for URLs, without padding (RFC 4648 §5).
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while !base64.utf8.count.isMultiple(of: 4) { base64 += "=" }
        guard let data = Data(base64Encoded: base64),
            let parts = String(validating: data, as: UTF8.self)?.split(
                separator: " ", maxSplits: 1, omittingEmptySubsequences: false),
            parts.count == 2, let key = Key(parts[0]), key.order == order
        else {
            throw .invalid(
                "cursor", "The cursor is none of this list's.",
                hint: "Send next_cursor of the page before, unchanged, or leave it out.")
        }
        self.init(at: key.at, id: String(parts[1]), order: order, began: key.began)
    }

    var text: String {
        let began = began.map { "/\($0.moves)/\($0.messages)" } ?? ""
        return Data("\(order == .place ? "q" : "")\(at)\(began) \(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// `[q]at[/moves/messages]`.
    private struct Key {
        let order: Order
        let at: Int64
        let began: RunStart?

        init?(_ text: Substring) {
            order = text.first == "q" ? .place : .time
            let numbers = (order == .place ? text.dropFirst() : text)
                .split(separator: "/", omittingEmptySubsequences: false)
                .map { Int64($0) }
            guard numbers.count == 1 || numbers.count == 3, let at = numbers[0] else { return nil }
            self.at = at
            guard numbers.count == 3 else {
                began = nil
                return
            }
            guard let moves = numbers[1], let messages = numbers[2] else { return nil }
            began = RunStart(moves: moves, messages: messages)
        }
    }
}
