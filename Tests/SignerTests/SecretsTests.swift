import Daemon
import Testing

@testable import Signer

@Suite("The secrets of signer")
struct SecretsTests {
    private static let token = String(repeating: "t", count: 32)

    @Test(
        "the app secret and the verify token must be there",
        arguments: ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"])
    func required(missing: String) {
        var environment = ["WHATSAPP_APP_SECRET": "a", "WHATSAPP_VERIFY_TOKEN": "v"]
        environment[missing] = nil
        let error = #expect(throws: SettingError.self) { try Secrets(Surroundings(environment)) }
        #expect(error?.name == missing)
    }

    @Test("an API token of 31 characters is refused without being shown, one of 32 is taken")
    func tokenLength() throws {
        var environment = ["WHATSAPP_APP_SECRET": "a", "WHATSAPP_VERIFY_TOKEN": "v"]
        environment["GATEWAY_API_TOKEN"] = String(Self.token.dropLast())
        let error = #expect(throws: SettingError.self) { try Secrets(Surroundings(environment)) }
        #expect(error?.name == "GATEWAY_API_TOKEN")
        #expect(error.map { !"\($0)".contains("ttt") } == true)
        environment["GATEWAY_API_TOKEN"] = Self.token
        #expect(try Secrets(Surroundings(environment)).apiToken != nil)
    }

    @Test(
        "a previous secret without a current one is a mistake, and said by the name of the current")
    func previousAlone() {
        let environment = [
            "WHATSAPP_APP_SECRET": "a", "WHATSAPP_VERIFY_TOKEN": "v",
            "GATEWAY_API_TOKEN_PREVIOUS": Self.token,
        ]
        let error = #expect(throws: SettingError.self) { try Secrets(Surroundings(environment)) }
        #expect(error?.name == "GATEWAY_API_TOKEN")
    }
}
