import Digest
import FoundationEssentials
import Testing
import Wire

@testable import Signer

@Suite("The proof of a token")
struct TokenProofTests {
    /// whatsapp-cloud-api.md §11.2, computed there.
    private static let secret = Array("demo-app-secret-0001".utf8)

    @Test("of a token and a time is the documented one")
    func vector() throws {
        let proof = try TokenProof.make(of: "EAAdemoToken123|1790000000", under: Self.secret)
        #expect(proof == "6a8ab7b722c541949891c6cc0a3871de25f4b37ab2541a55dbb81487897d3142")
    }

    @Test("of a token alone is its HMAC, as documented")
    func shortVector() {
        // A character shorter than what signer takes for a token.
        let code = HMAC.sha256(key: Self.secret, message: Data("EAAdemoToken123".utf8))
        #expect(
            Hex.encode(code) == "0f6c4a85ab641eb253e664c14a00e5ce0d2fe0213dd6d37d01880777afa10b75")
    }

    @Test("is made for 16 to 512 characters", arguments: [16, 17, 511, 512])
    func taken(length: Int) throws {
        let proof = try TokenProof.make(
            of: String(repeating: "a", count: length), under: Self.secret)
        #expect(proof.utf8.count == 64)
    }

    @Test(
        "is refused for anything that could be something else",
        arguments: [
            "", String(repeating: "a", count: 15), String(repeating: "a", count: 513),
            #"{"object":"whatsapp_business_account"}"#, "EAAdemoToken123 1790000000",
            "EAAdemoToken123|17900000\u{0}", "EAAdemoTokénaaaaaaaaa", "EAAdemoToken123=1790",
            "EAAdemoToken123\n1790000",
        ])
    func refused(message: String) throws {
        let problem = try #require(throws: Problem.self) {
            try TokenProof.make(of: message, under: Self.secret)
        }
        #expect(problem.field == "message" && problem.httpStatus == 400)
        if message.utf8.count > 2 { #expect(!"\(problem)".contains(message)) }
    }
}
