/// Meta's access token: it is shown to nobody but Graph, in a header, and to signer, which proves it.
struct AccessToken: Hashable, Sendable {
    /// What a token is made of; anything else could not stand in a header.
    static let length = 16...512

    /// For the header and for `signer.proof` only.
    let secret: String

    /// Nil for what can be no token.
    init?(_ text: String) {
        guard Self.length.contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 == 0x7C || $0 == 0x5F || $0 == 0x2D || $0.isAlphanumeric })
        else { return nil }
        secret = text
    }
}

// However it gets into a text, the secret does not.
extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "(access token)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

extension UInt8 {
    /// An ASCII letter or digit.
    fileprivate var isAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self)
            || (0x61...0x7A).contains(self)
    }
}
