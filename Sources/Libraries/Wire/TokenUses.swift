/// When each secret proved something last, as it lies in `signer/used`: signer writes it, the tool reads it.
///
/// A note that may be lost, and is written at most once a minute for each secret. So a time is of the
/// minute, and what is no line of it is passed over.
package struct TokenUses: Hashable, Sendable {
    /// Its place in the state directory.
    package static let path = "signer/used"
    /// Bytes of its file: a line for each token of `TokenList`, and as much again.
    package static let longestFile = 256 << 10
    /// Within so many milliseconds a second use is the same one.
    package static let grain: Int64 = 60_000

    /// By the name of the setting, or by the SHA-256 of a token of `TokenList`.
    private var times: [String: Timestamp] = [:]

    /// Reads what `text` writes.
    package init(_ text: String = "") {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let time = Timestamp(text: String(words[1])) else { continue }
            times[String(words[0])] = time
        }
    }

    package var text: String {
        times.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)\n" }.joined()
    }

    package subscript(key: String) -> Timestamp? { times[key] }

    /// Keeps that it was used now; false when that was known within the minute.
    ///
    /// A time in the future, which a clock that was wrong has left, is put right.
    package mutating func note(_ key: String, at now: Int64) -> Bool {
        if let last = times[key]?.milliseconds, last <= now, now - last < Self.grain {
            return false
        }
        times[key] = Timestamp(milliseconds: now)
        return true
    }

    /// Forgets all but those keys.
    package mutating func keep(_ isKept: (String) -> Bool) {
        times = times.filter { isKept($0.key) }
    }
}
