internal import Digest
internal import FoundationEssentials
internal import Wire

/// Graph's `appsecret_proof`: shows that whoever uses a token knows the app secret as well.
enum TokenProof {
    /// The only bytes of a caller's that are signed: of these no JSON can be made, so that the code
    /// of a token is never the signature of a webhook.
    private static let marks = Set("|-_".utf8)
    private static let length = 16...512

    /// The code of an access token, or of a token, `|` and Unix seconds: 64 lower-case hex digits.
    ///
    /// - Throws: `Problem` for what can be neither.
    static func make(of message: String, under appSecret: [UInt8]) throws(Problem) -> String {
        guard length.contains(message.utf8.count), message.utf8.allSatisfy(isAllowed) else {
            throw Problem.invalid(
                "message", "message is no access token.",
                hint: "Use 16–512 of letters, digits, |, - and _.")
        }
        return Hex.encode(HMAC.sha256(key: appSecret, message: Data(message.utf8)))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: marks.contains(byte)
        }
    }
}
