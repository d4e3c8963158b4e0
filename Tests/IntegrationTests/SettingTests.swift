import TestSupport
import Testing

/// One wrong setting of one process.
struct WrongSetting: Sendable, CustomTestStringConvertible {
    let process: GatewayProcess.Name
    /// What is set, nil: taken away.
    let setting: String
    let value: String?
    /// The variable that the line must name.
    let named: String

    init(_ process: GatewayProcess.Name, _ setting: String, _ value: String?, named: String? = nil)
    {
        self.process = process
        self.setting = setting
        self.value = value
        self.named = named ?? setting
    }

    var testDescription: String { "\(process.rawValue) \(setting)=\(value ?? "(not set)")" }

    static let ofAll = GatewayProcess.Name.allCases.flatMap { name in
        [
            WrongSetting(name, "GATEWAY_STATE_DIR", nil),
            WrongSetting(name, "GATEWAY_STATE_DIR", "var"),
            WrongSetting(name, "GATEWAY_MODE", nil),
            WrongSetting(name, "GATEWAY_MODE", "production"),
        ]
    }

    static let ofSigner = [
        WrongSetting(.signer, "WHATSAPP_APP_SECRET", nil),
        WrongSetting(.signer, "WHATSAPP_APP_SECRET", ""),
        WrongSetting(.signer, "WHATSAPP_VERIFY_TOKEN", nil),
        WrongSetting(.signer, "GATEWAY_API_TOKEN", "short"),
        WrongSetting(.signer, "GATEWAY_API_TOKEN_PREVIOUS", "short"),
        WrongSetting(
            .signer, "WHATSAPP_APP_SECRET_FILE", "/dev/null", named: "WHATSAPP_APP_SECRET"),
        WrongSetting(.signer, "WHATSAPP_APP_SECRET_PREVIOUS_FILE", "/nowhere"),
    ]

    static let ofProvider = [
        WrongSetting(
            .provider, "WHATSAPP_ACCESS_TOKEN", "token", named: "WHATSAPP_PHONE_NUMBER_ID"),
        WrongSetting(
            .provider, "WHATSAPP_PHONE_NUMBER_ID", "1", named: "WHATSAPP_ACCESS_TOKEN"),
        WrongSetting(.provider, "GATEWAY_JOURNAL_DAYS", "-1"),
    ]

    static let ofIngress = [
        WrongSetting(.ingress, "GATEWAY_AUTH", "none"),
        WrongSetting(.ingress, "GATEWAY_LISTEN", "8080"),
        WrongSetting(.ingress, "GATEWAY_LISTEN", "localhost:8080"),
        WrongSetting(.ingress, "GATEWAY_LISTEN", "127.0.0.1:0"),
        WrongSetting(.ingress, "GATEWAY_LISTEN", "127.0.0.1:65536"),
        WrongSetting(.ingress, "GATEWAY_LISTEN", "[::1]:8080"),
        WrongSetting(.ingress, "GATEWAY_HOSTS", "a.example,,b.example"),
        WrongSetting(.ingress, "GATEWAY_JOURNAL_DAYS", "0"),
        WrongSetting(.ingress, "GATEWAY_JOURNAL_DAYS", "week"),
    ]
}

@Suite("settings")
struct SettingTests {
    @Test(
        "a wrong setting: exit 78 and one line that names the variable",
        arguments: WrongSetting.ofAll + WrongSetting.ofSigner + WrongSetting.ofProvider
            + WrongSetting.ofIngress)
    func isRefused(wrong: WrongSetting) async throws {
        let group = try TestGroup()
        let process = group[wrong.process]
        process.set(wrong.setting, wrong.value)
        try await process.launch()
        #expect(try await process.ended() == .exited(78))
        let lines = process.log.split(separator: "\n")
        #expect(lines.count == 1)
        let line = lines.first ?? ""
        #expect(line.hasPrefix("fatal: \(wrong.process.rawValue): \(wrong.named): "))
        for secret in [TestGroup.appSecret, TestGroup.verifyToken, TestGroup.apiToken, "short"] {
            #expect(!line.contains("\"\(secret)\""))
        }
        withExtendedLifetime(group) {}
    }

    @Test("ingress leaves its 78 where the holder of its socket looks for it")
    func leavesExitCode() async throws {
        let group = try TestGroup()
        group.ingress.set("GATEWAY_JOURNAL_DAYS", "week")
        try await group.ingress.launch()
        #expect(try await group.ingress.ended() == .exited(78))
        let left = try contents(of: group.folder.file("run/ingress.exit"))
        #expect(String(decoding: left, as: UTF8.self) == "78\n")
    }
}
