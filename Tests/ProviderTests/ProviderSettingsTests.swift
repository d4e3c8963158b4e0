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
        #expect(settings.numbers == .these(["100", "200"]) && settings.sending.dispatch.isPaced)
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

    @Test("of how far sending may go are those that README lists, and have its defaults")
    func sending() throws {
        let live = [
            "GATEWAY_MODE": "live", "WHATSAPP_ACCESS_TOKEN": "EAAsecret-secret",
            "WHATSAPP_PHONE_NUMBER_ID": "100",
        ]
        let usual = try Self.read(live).sending
        #expect(usual.longestAge == 86_400_000 && usual.mostFailures == nil)
        #expect(usual.dispatch.perSecond == 80 && usual.allowList == .everybody)
        let given = [
            "GATEWAY_SEND_MAX_AGE_HOURS": "2", "GATEWAY_SEND_MAX_ATTEMPTS": "5",
            "GATEWAY_NUMBER_RATE": "1000", "GATEWAY_SEND_ONLY_TO": "+919800000001",
        ]
        let other = try Self.read(live.merging(given) { $1 }).sending
        #expect(other.longestAge == 7_200_000 && other.mostFailures == 5)
        #expect(
            other.dispatch.perSecond == 1_000 && other.allowList == .only(["phone:919800000001"]))
    }

    @Test(
        "of how far sending may go that are wrong are refused by name, numbers of people unsaid",
        arguments: [
            ("GATEWAY_SEND_MAX_AGE_HOURS", "0"), ("GATEWAY_SEND_MAX_AGE_HOURS", "721"),
            ("GATEWAY_SEND_MAX_ATTEMPTS", "-1"), ("GATEWAY_SEND_MAX_ATTEMPTS", "1001"),
            ("GATEWAY_NUMBER_RATE", "0"), ("GATEWAY_NUMBER_RATE", "1001"),
            ("GATEWAY_SEND_ONLY_TO", "+919800000001,9800000002"), ("GATEWAY_SEND_ONLY_TO", ","),
        ])
    func wrongSending(name: String, value: String) throws {
        let error = try #require(throws: SettingError.self) {
            try Self.read(["GATEWAY_MODE": "stub", name: value])
        }
        #expect(error.name == name && !error.description.contains("9800000"))
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
