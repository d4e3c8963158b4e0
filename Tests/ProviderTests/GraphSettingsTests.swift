import Curl
import Daemon
import Testing
import Wire

@testable import Provider

@Suite("How Graph is reached")
struct GraphSettingsTests {
    static let token = "EAAdemoToken1234"

    static func read(_ environment: [String: String] = [:]) throws -> GraphSettings {
        try GraphSettings(
            Surroundings(
                ["WHATSAPP_ACCESS_TOKEN": token].merging(environment) { _, new in new }))
    }

    @Test("is Meta's address, v20.0 and 10 and 60 seconds unless something else is set")
    func defaults() throws {
        let settings = try Self.read()
        #expect(settings.base == "https://graph.facebook.com" && settings.authorities == nil)
        #expect(settings.connectLimit == .seconds(10) && settings.answerLimit == .seconds(60))
        #expect(
            try settings.messages(of: "106540352242922", proof: "ab").text
                == "https://graph.facebook.com/v20.0/106540352242922/messages?appsecret_proof=ab")
        let other = try Self.read([
            "WHATSAPP_GRAPH_URL": "http://127.0.0.1:9/graph/", "WHATSAPP_API_VERSION": "v26.0",
            "GATEWAY_GRAPH_CONNECT_SECONDS": "1", "GATEWAY_GRAPH_ANSWER_SECONDS": "600",
            "GATEWAY_GRAPH_CA_FILE": "/etc/hosts",
        ])
        #expect(
            try other.messages(of: "5", proof: "ab").text
                == "http://127.0.0.1:9/graph/v26.0/5/messages?appsecret_proof=ab")
        #expect(other.connectLimit == .seconds(1) && other.answerLimit == .seconds(600))
        #expect(other.authorities == "/etc/hosts")
    }

    @Test(
        "what is wrong is refused by name",
        arguments: [
            ("WHATSAPP_ACCESS_TOKEN", ""), ("WHATSAPP_ACCESS_TOKEN", "short"),
            ("WHATSAPP_ACCESS_TOKEN", "EAAdemo Token1234"),
            ("WHATSAPP_ACCESS_TOKEN", String(repeating: "a", count: 513)),
            ("WHATSAPP_API_VERSION", "20"), ("WHATSAPP_API_VERSION", "v20"),
            ("WHATSAPP_API_VERSION", "v20.0/me"), ("WHATSAPP_API_VERSION", "v20.0.1"),
            ("WHATSAPP_API_VERSION", "v-1.0"),
            ("WHATSAPP_GRAPH_URL", "http://graph.facebook.com"),
            ("WHATSAPP_GRAPH_URL", "graph.facebook.com"), ("WHATSAPP_GRAPH_URL", "ftp://a"),
            ("WHATSAPP_GRAPH_URL", "https://a?b=c"), ("WHATSAPP_GRAPH_URL", "https://a#b"),
            ("WHATSAPP_GRAPH_URL", "https://user:word@a"),
            ("GATEWAY_GRAPH_CONNECT_SECONDS", "0"), ("GATEWAY_GRAPH_CONNECT_SECONDS", "61"),
            ("GATEWAY_GRAPH_ANSWER_SECONDS", "0"), ("GATEWAY_GRAPH_ANSWER_SECONDS", "601"),
            ("GATEWAY_GRAPH_CA_FILE", "/nowhere/ca.pem"),
        ])
    func wrong(name: String, value: String) throws {
        let error = try #require(throws: SettingError.self) { try Self.read([name: value]) }
        #expect(error.name == name)
        if name == "WHATSAPP_ACCESS_TOKEN", !value.isEmpty {
            #expect(!"\(error)".contains(value))
        }
    }

    @Test("the token is in no text that is made of the settings")
    func secret() throws {
        let settings = try Self.read()
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains(Self.token))
        }
        #expect(settings.token.secret == Self.token)
    }

    @Test("a number that is no id makes no address", arguments: ["", "1/2", "me?x", "a", "١"])
    func number(id: String) throws {
        let settings = try Self.read()
        #expect(throws: TransferURL.Refusal.self) { try settings.messages(of: id, proof: "ab") }
    }
}

@Suite("A version of Graph")
struct GraphVersionTests {
    private static func condition(_ name: String, _ now: String) throws -> Condition? {
        let version = try #require(GraphVersion(name))
        return version.condition(at: try #require(Timestamp(text: now)).milliseconds)
    }

    @Test(
        "is warned about from 90 days before its end",
        arguments: [
            ("v20.0", "2026-06-25T23:59:59Z", nil),
            ("v20.0", "2026-06-26T00:00:00Z", "ends on 2026-09-24"),
            ("v20.0", "2026-09-23T23:59:59Z", "ends on 2026-09-24"),
            ("v20.0", "2026-09-24T00:00:00Z", "ended on 2026-09-24"),
            ("v20.0", "2030-01-01T00:00:00Z", "ended on 2026-09-24"),
            ("v25.0", "2026-11-23T00:00:00Z", nil), ("v26.0", "2040-01-01T00:00:00Z", nil),
            ("v27.0", "2040-01-01T00:00:00Z", nil), ("v19.0", "2026-11-23T00:00:00Z", "has ended"),
            ("v2.12", "2026-11-23T00:00:00Z", "has ended"),
        ])
    func warned(name: String, now: String, words: String?) throws {
        let condition = try Self.condition(name, now)
        #expect(condition?.message == words.map { "Graph \(name) \($0)" })
        #expect(condition == nil || condition?.hint.contains("v26.0") == true)
    }
}
