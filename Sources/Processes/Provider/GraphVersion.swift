internal import Wire

/// A version of Graph, such as v20.0, and until when Meta answers it.
struct GraphVersion: Hashable, Sendable {
    let name: String

    /// Asked for by this product; it ended, which ``condition(at:)`` says.
    static let `default` = "v20.0"

    /// Meta's changelog, read in Sep 2026: version, and the day it ends (00:00 UTC); nil where none is set.
    private static let known: [(name: String, end: String?)] = [
        ("v20.0", "2026-09-24T00:00:00Z"), ("v21.0", "2027-01-21T00:00:00Z"),
        ("v22.0", "2027-05-20T00:00:00Z"), ("v23.0", "2027-10-08T00:00:00Z"),
        ("v24.0", "2028-02-18T00:00:00Z"), ("v25.0", "2028-07-29T00:00:00Z"), (newest, nil),
    ]
    private static let newest = "v26.0"

    /// Enough for an upgrade to be tried out and rolled out.
    private static let noticed: Int64 = 90 * 24 * 3_600 * 1_000

    /// Nil for a text that is no `v` and two numbers.
    init?(_ text: String) {
        guard text.first == "v", Self.numbers(of: text) != nil else { return nil }
        name = text
    }

    /// What health warns about: the version has ended, or ends within 90 days of `now` (ms since 1970).
    ///
    /// Older than all that are known counts as ended; newer ones say nothing.
    func condition(at now: Int64) -> Condition? {
        let entry = Self.known.first { $0.name == name }
        if entry == nil, !isOlder(than: Self.known[0].name) { return nil }
        let when: String
        if let entry {
            guard let end = entry.end.flatMap({ Timestamp(text: $0) })?.milliseconds,
                end - now <= Self.noticed
            else { return nil }
            let day = entry.end?.prefix(10) ?? ""
            when = end <= now ? "ended on \(day)" : "ends on \(day)"
        } else {
            when = "has ended"
        }
        return Condition(
            "graph_version_ends", "Graph \(name) \(when)",
            hint: "Set WHATSAPP_API_VERSION=\(Self.newest) and ./run.sh restart provider.")
    }

    private func isOlder(than other: String) -> Bool {
        guard let mine = Self.numbers(of: name), let others = Self.numbers(of: other) else {
            return false
        }
        return mine < others
    }

    private static func numbers(of text: String) -> (Int, Int)? {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...3).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        return (major, minor)
    }
}
