import HTTP1
import Wire

@testable import Inbox

/// A query is decoded once: written again with escapes it is the same; and so are cursors and times.
func readQuery(_ input: [UInt8]) throws {
    let raw = String(decoding: input, as: UTF8.self)
    try readCursor(raw)
    if let time = Timestamp(text: raw) { try promise("another time", time.text == raw) }
    // Anything else is refused in the head.
    let isVisible = input.allSatisfy { (0x21...0x7E).contains($0) }
    guard isVisible, let query = try? Query(raw) else { return }
    for item in query.items {
        for text in [item.name, item.value] {
            try promise(
                "a control was let in", text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
        switch query.only(item.name) {
        case .none: throw BrokenPromise(description: "an item that is not found")
        case .one(let value): try promise("another value", value == item.value)
        case .several: try promise("one is several", query.all(item.name).count > 1)
        }
    }
    let written = query.items.map { "\(escaped($0.name))=\(escaped($0.value))" }
    try promise(
        "another query when it is written anew",
        try Query(written.joined(separator: "&")) == query)
}

private func escaped(_ text: String) -> String {
    text.utf8.map { byte in
        let hex = String(byte, radix: 16)
        return hex.count == 1 ? "%0\(hex)" : "%\(hex)"
    }.joined()
}

private func readCursor(_ text: String) throws {
    for order in [Cursor.Order.time, .place] {
        guard let cursor = try? Cursor(text, order: order) else { continue }
        try promise("another cursor", try Cursor(cursor.text, order: order) == cursor)
    }
}
