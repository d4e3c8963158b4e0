internal import Digest
internal import FoundationEssentials

/// What `X-Hub-Signature-256` carries: the code of a body under the app secret, after `sha256=`.
struct BodySignature {
    private static let prefix = "sha256="

    /// 32 bytes where it can prove anything.
    private let code: [UInt8]

    /// Nil for what is not `sha256=` and hex digits of either case, two a byte.
    init?(_ header: String) {
        guard header.hasPrefix(Self.prefix),
            let code = Hex.decode(header.dropFirst(Self.prefix.count))
        else { return nil }
        self.code = code
    }

    init(of body: Data, under appSecret: [UInt8]) {
        code = HMAC.sha256(key: appSecret, message: body)
    }

    /// As Meta writes it, in lower case.
    var text: String { Self.prefix + Hex.encode(code) }

    /// Whether whoever made it knew this secret and this body; compared in constant time.
    func proves(_ body: Data, under appSecret: [UInt8]) -> Bool {
        equalInConstantTime(HMAC.sha256(key: appSecret, message: body), code)
    }
}
