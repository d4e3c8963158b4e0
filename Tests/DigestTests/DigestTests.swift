import Digest
import FoundationEssentials
import Testing

@Suite("Digests")
struct DigestTests {
    @Test(
        "SHA-256 answers the vectors of FIPS 180",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                    + "klmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func sha256(message: String, digest: String) {
        #expect(Hex.encode(SHA256.digest(Data(message.utf8))) == digest)
    }

    /// The test cases of RFC 4231 §4, by their section.
    static let vectors: [(section: String, key: [UInt8], message: [UInt8], code: String)] = [
        (
            "4.2", [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4.3", Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            "4.4", [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "4.5", Array(0x01...0x19), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            "4.6", [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            "4.7", [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            "4.8", [UInt8](repeating: 0xAA, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size "
                    + "data. The key needs to be hashed before being used by the HMAC algorithm.")
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test("HMAC answers the vectors of RFC 4231 §4", arguments: vectors)
    func hmac(section: String, key: [UInt8], message: [UInt8], code: String) {
        // §4.6 gives the first 128 bits only.
        #expect(Hex.encode(HMAC.sha256(key: key, message: message)).prefix(code.count) == code)
    }

    /// Bodies and codes of our own sheet on the Cloud API: its sections 2.2 (webhooks) and 11.2 (proofs).
    static let signed = [
        ("{}", "6d2eb2256de6b4d5fb2398c2c9bbf6cbc93af24981f633310a0d39f8538030fe"),
        (
            #"{"object":"whatsapp_business_account","entry":[{"id":"200100300400501","changes":"#
                + #"[{"field":"messages","value":{"messaging_product":"whatsapp","#
                + #""note":"gr\u00fc\u00df \ud83d\udc4b"}}]}]}"#,
            "5a7705468d456f1d3f7b459a4b96721572fbf7c25bc87d39882d8ac8f522b036"
        ),
        (
            #"{"object":"whatsapp_business_account","entry":[{"id":"200100300400501","changes":"#
                + #"[{"field":"messages","value":{"messaging_product":"whatsapp","#
                + #""note":"grüß 👋"}}]}]}"#,
            "4fffb9a9574e593995cd9a8bda6b6e27e5985f397e49a0e7d6f77cbebbf54c1f"
        ),
        (
            "EAAdemoToken123",
            "0f6c4a85ab641eb253e664c14a00e5ce0d2fe0213dd6d37d01880777afa10b75"
        ),
        (
            "EAAdemoToken123|1790000000",
            "6a8ab7b722c541949891c6cc0a3871de25f4b37ab2541a55dbb81487897d3142"
        ),
    ]

    @Test("HMAC signs webhooks and proofs as Meta does", arguments: signed)
    func metaSigns(message: String, code: String) {
        let key = Array("demo-app-secret-0001".utf8)
        #expect(Hex.encode(HMAC.sha256(key: key, message: Data(message.utf8))) == code)
    }

    @Test("an empty key and an empty message are a key and a message")
    func emptyInputs() {
        // RFC 2104: a key is padded with zeros, so none at all is the same as one zero.
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(Hex.encode(HMAC.sha256(key: [], message: Data())) == code)
        #expect(Hex.encode(HMAC.sha256(key: [0], message: [UInt8]())) == code)
    }

    @Test("a slice of data is digested as the bytes it holds")
    func slices() {
        let data = Data("xabcx".utf8)
        #expect(SHA256.digest(data.dropFirst().dropLast()) == SHA256.digest(Data("abc".utf8)))
    }
}

@Suite("Comparing in constant time")
struct ConstantTimeTests {
    @Test("is equality: of length, and of each single bit")
    func isEquality() {
        let code = [UInt8](0..<32)
        #expect(equalInConstantTime(code, Array(code)))
        #expect(equalInConstantTime([], []))
        #expect(!equalInConstantTime(code, []))
        #expect(!equalInConstantTime(code, Array(code.dropLast())))
        #expect(!equalInConstantTime(code, code + [0]))
        for bit in 0..<(8 * code.count) {
            var other = code
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!equalInConstantTime(code, other))
        }
    }
}

@Suite("Hex")
struct HexTests {
    @Test("comes back for every byte, in lower case")
    func comesBack() {
        let bytes = [UInt8](0...255)
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hex.decode(text[...]) == bytes)
        #expect(Hex.decode(text.uppercased()[...]) == bytes)
    }

    @Test("of nothing is nothing")
    func nothing() {
        #expect(Hex.encode([]) == "")
        #expect(Hex.decode("") == [])
    }

    @Test(
        "is not read from anything else",
        arguments: [
            "0", "abc", "0g", "g0", "0x", "+1", " 1", "1 ", "ａb", "é", "00\n", "/0", ":0", "@0",
            "`0",
        ])
    func refuses(text: String) {
        #expect(Hex.decode(text[...]) == nil)
    }
}
