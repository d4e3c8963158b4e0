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
        #expect(settings.numbers == .any)
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

    @Test("select live with token and number, and name every number that may send")
    func live() throws {
        let settings = try Self.read([
            "GATEWAY_MODE": "live", "WHATSAPP_ACCESS_TOKEN": "EAAsecret-secret",
            "WHATSAPP_PHONE_NUMBER_ID": "100, 200",
        ])
        #expect(settings.numbers == .these(["100", "200"]) && settings.pace.isPaced)
        let senders = [try settings.numbers.sender(nil), try settings.numbers.sender("200")]
        #expect(senders == ["100", "200"])
        let numbers = settings.numbers
        let refused = try #require(throws: Problem.self) { try numbers.sender("300") }
        #expect(refused.field == "from" && refused.httpStatus == 400)
    }

    @Test(
        "of live that are wrong are refused by name",
        arguments: [
            ("100,,200", "on", "WHATSAPP_PHONE_NUMBER_ID"),
            ("100,100", "on", "WHATSAPP_PHONE_NUMBER_ID"),
            ("+4915", "on", "WHATSAPP_PHONE_NUMBER_ID"), ("100", "fast", "GATEWAY_PACING"),
        ])
    func wrongLive(numbers: String, pacing: String, name: String) throws {
        let error = try #require(throws: SettingError.self) {
            try Self.read([
                "GATEWAY_MODE": "live", "WHATSAPP_ACCESS_TOKEN": "EAAsecret-secret",
                "WHATSAPP_PHONE_NUMBER_ID": numbers, "GATEWAY_PACING": pacing,
            ])
        }
        #expect(error.name == name)
    }

    @Test("contradict a mode that is not theirs", arguments: ["live", "stub"])
    func contradiction(mode: String) throws {
        var environment = ["GATEWAY_MODE": mode]
        if mode == "stub" {
            environment["WHATSAPP_ACCESS_TOKEN"] = "EAAsecret-secret"
            environment["WHATSAPP_PHONE_NUMBER_ID"] = "1"
        }
        let error = try #require(throws: SettingError.self) { try Self.read(environment) }
        #expect(error.name == "GATEWAY_MODE")
    }
}
