import Daemon
import Testing
import Wire

@testable import Provider

@Suite("Provider's settings")
struct ProviderSettingsTests {
    private static func read(_ environment: [String: String]) throws -> ProviderSettings {
        try ProviderSettings(Surroundings(environment))
    }

    @Test("are none that must be given in stub")
    func stub() throws {
        let settings = try Self.read(["GATEWAY_MODE": "stub"])
        #expect(settings.defaultNumber == StubAccount.phoneNumberID)
        #expect(settings.businessAccountID == StubAccount.businessAccountID)
        #expect(settings.journalDays == 7)
        let other = try Self.read([
            "GATEWAY_MODE": "stub", "WHATSAPP_BUSINESS_ACCOUNT_ID": "5",
            "GATEWAY_JOURNAL_DAYS": "30",
        ])
        #expect(other.businessAccountID == "5" && other.journalDays == 30)
    }

    @Test(
        "that are wrong are refused by name",
        arguments: [
            (["WHATSAPP_ACCESS_TOKEN": "t"], "WHATSAPP_PHONE_NUMBER_ID"),
            (["WHATSAPP_ACCESS_TOKEN_FILE": "/t"], "WHATSAPP_PHONE_NUMBER_ID"),
            (["WHATSAPP_PHONE_NUMBER_ID": "1"], "WHATSAPP_ACCESS_TOKEN"),
            (["GATEWAY_JOURNAL_DAYS": "0"], "GATEWAY_JOURNAL_DAYS"),
            (["GATEWAY_MODE": "dry"], "GATEWAY_MODE"),
        ])
    func wrong(environment: [String: String], name: String) throws {
        let error = try #require(throws: SettingError.self) {
            try Self.read(["GATEWAY_MODE": "stub"].merging(environment) { _, new in new })
        }
        #expect(error.name == name)
    }

    @Test("that select live are refused in one line with the cure", arguments: ["live", "stub"])
    func live(mode: String) throws {
        let error = try #require(throws: SettingError.self) {
            try Self.read([
                "GATEWAY_MODE": mode, "WHATSAPP_ACCESS_TOKEN": "secret",
                "WHATSAPP_PHONE_NUMBER_ID": "1",
            ])
        }
        #expect(
            error.description
                == "WHATSAPP_ACCESS_TOKEN + WHATSAPP_PHONE_NUMBER_ID: select live, and live sending is"
                + " not in this release; unset them for stub")
    }
}
