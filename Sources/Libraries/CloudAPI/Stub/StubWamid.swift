import FoundationEssentials

/// Message ids as Meta would give them, for messages that never leave (mode stub).
package enum StubWamid {
    static let prefix = "wamid.STUB"

    /// The same id for the same message, always; letters, digits, `-`, `_` and one dot.
    ///
    /// Base64 of our id in the alphabet for URLs, so two messages never share one (RFC 4648 §5).
    package static func make(for id: String) -> String {
        let text = Data(id.utf8).base64EncodedString()
        return text.reduce(into: prefix) { wamid, character in
            switch character {
            case "+": wamid.append("-")
            case "/": wamid.append("_")
            case "=": break
            default: wamid.append(character)
            }
        }
    }
}
