import Testing
import Wire

@testable import GatewayControl

@Suite("./run.sh token")
struct TokenCommandTests {
    @Test("options stand anywhere after the command, and no command is list")
    func reads() throws {
        let add = TokenCommand.add(name: "crm", scopes: [.read, .send], days: 90)
        #expect(
            try TokenCommand(["add", "crm", "--scope", "send,read", "--expires", "90"]) == add)
        #expect(
            try TokenCommand(["add", "--expires", "90", "--scope", "read,send", "crm"]) == add)
        #expect(
            try TokenCommand(["add", "crm", "--scope", "metrics"])
                == .add(name: "crm", scopes: [.metrics], days: nil))
        #expect(try TokenCommand([]) == .list)
        #expect(try TokenCommand(["list"]) == .list)
        #expect(try TokenCommand(["revoke", "crm"]) == .revoke(name: "crm"))
    }

    @Test(
        "what makes no sense is said, with what would",
        arguments: [
            (["add"], "wants --scope"), (["add", "crm"], "wants --scope"),
            (["add", "--scope", "read"], "name of a token"),
            (["add", "crm", "--scope"], "--scope wants a value"),
            (["add", "crm", "--scope", "read,"], "no scope \"\""),
            (["add", "crm", "--scope", "all"], "no scope \"all\""),
            (["add", "crm", "--scope", "read", "--expires", "0"], "1 to 3650"),
            (["add", "crm", "--scope", "read", "--expires", "3651"], "1 to 3650"),
            (["add", "crm", "--scope", "read", "--expires", "soon"], "1 to 3650"),
            (["add", "crm", "more", "--scope", "read"], "\"more\" is too much"),
            (["list", "all"], "\"all\" is too much"), (["revoke"], "name of a token"),
            (["remove", "crm"], "there is no \"remove\""),
        ])
    func refuses(arguments: [String], reason: String) {
        let error = #expect(throws: TokenCommand.UsageError.self) { try TokenCommand(arguments) }
        #expect(error.map { "\($0)".contains(reason) && "\($0)".contains("usage") } == true)
    }

    @Test("the table has the gateway's own token first, and no digest")
    func table() throws {
        let now = Timestamp(seconds: 1_790_000_000)
        let later = Timestamp(seconds: 1_790_086_400)
        let digest = String(repeating: "ab", count: 32)
        var list = TokenList()
        try list.add("crm", sha256: digest, scopes: [.read], expiresAt: later, at: now)
        let text = TokenTable(list, TokenUses("\(digest) 2026-09-21T14:14:00Z\n"), at: now).text
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("default  read,send,operate,metrics"))
        #expect(lines[2].hasPrefix("crm "))
        #expect(lines[2].contains("2026-09-21T14:14:00Z") && lines[2].hasSuffix("good"))
        #expect(!text.contains(digest))
        #expect(TokenTable(list, TokenUses(), at: later).text.hasSuffix("expired"))
        try list.revoke("crm", at: later)
        #expect(TokenTable(list, TokenUses(), at: later).text.contains("revoked 2026-09-22T"))
    }
}
