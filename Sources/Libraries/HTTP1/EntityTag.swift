/// A name for exactly these bytes of an answer (RFC 9110 §8.8.3); always a strong one.
package struct EntityTag: Hashable, Sendable {
    /// With its quotes, as the `ETag` field has it.
    package let text: String

    /// - Parameter opaque: printable ASCII without quotes, such as a digest in hex.
    package init(_ opaque: String) {
        assert(opaque.utf8.allSatisfy(Self.isOpaque), "not an opaque tag")
        text = "\"\(opaque)\""
    }

    /// `etagc`: visible but the quote, and what is beyond ASCII.
    private static func isOpaque(_ byte: UInt8) -> Bool {
        byte == 0x21 || (byte > 0x22 && byte != 0x7F)
    }

    enum Comparison { case strong, weak }

    /// Whether `*`, or a list such as `"a", W/"b"`, names it (RFC 9110 §8.8.3.2).
    ///
    /// What follows a member that is no tag is not looked at.
    func isNamed(in list: String, _ comparison: Comparison) -> Bool {
        if list == "*" { return true }
        var rest = Array(list.utf8)[...]
        while true {
            rest = rest.drop { $0 == .blank || $0 == .tab || $0 == UInt8(ascii: ",") }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == UInt8(ascii: "\""),
                let end = rest.dropFirst().firstIndex(where: { !Self.isOpaque($0) }),
                rest[end] == UInt8(ascii: "\"")
            else { return false }
            if comparison == .weak || !isWeak, rest[...end].elementsEqual(text.utf8) { return true }
            rest = rest[(end + 1)...]
            guard rest.first.map({ [.blank, .tab, UInt8(ascii: ",")].contains($0) }) ?? true
            else { return false }
        }
    }
}
