import Testing

@testable import GatewayControl

@Suite("Names of settings that nobody reads")
struct NameCheckTests {
    @Test(
        "a slip of the keyboard is answered with the name that was meant",
        arguments: [
            ("WHATSAPP_ACESS_TOKEN", "WHATSAPP_ACCESS_TOKEN"),
            ("GATEWAY_LISTENS", "GATEWAY_LISTEN"),
            ("WHATSAPP_PHONE_ID", nil), ("GATEWAY_STATEDIR", "GATEWAY_STATE_DIR"),
        ])
    func suggests(name: String, meant: String?) throws {
        let line = try #require(NameCheck.warnings(for: [name]).first)
        #expect(line.hasPrefix("\(name) is no setting"))
        if let meant { #expect(line.hasSuffix("did you mean \(meant)?")) }
    }

    @Test("known names and those of others are passed over")
    func passesOver() {
        #expect(NameCheck.warnings(for: NameCheck.known).isEmpty)
        #expect(NameCheck.warnings(for: ["PATH", "WHATS", "GATE_X"]).isEmpty)
    }

    @Test(
        "the distance counts letters put in, taken out and changed",
        arguments: [
            ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "adc", 1), ("abcd", "bcde", 2),
            ("kitten", "sitting", 3),
        ])
    func distance(left: String, right: String, count: Int) {
        #expect(NameCheck.distance(left, right) == count)
        #expect(NameCheck.distance(right, left) == count)
    }

    @Test("a made secret is 64 hex digits, and never the same twice")
    func secrets() {
        let secrets = Set((0..<100).map { _ in makeSecret() })
        #expect(secrets.count == 100)
        for secret in secrets {
            #expect(secret.utf8.count == 64)
            #expect(secret.allSatisfy { $0.isHexDigit })
        }
    }
}
