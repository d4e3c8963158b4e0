import Digest
import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing
import Wire

/// Tokens with names and scopes, from the tool to the answer.
@Suite("tokens of callers", .serialized)
struct NamedTokenTests {
    @Test("a token opens what its scopes say, and is told by name what it lacks")
    func scopes() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start()
            let crm = try await group.addToken("crm", "read")
            #expect(crm.wholeMatch(of: #/wagw_[0-9a-f]{64}/#) != nil)
            #expect(try await group.read(with: crm).status == 200)
            let send = try await group.ask(
                "POST", "/api/whatsapp/send", TestGroup.bearer(crm),
                body: Array(RunningTests.SendTests.text.utf8))
            #expect(send.status == 403 && send["WWW-Authenticate"] == nil)
            #expect(send.json["error"]?["code"]?.text == "forbidden")
            let said = send.json["error"]?["message"]?.text ?? ""
            #expect(said.contains("crm") && said.contains("has read, and not send"))
            let page = try await group.ask(
                "GET", "/api/whatsapp/metrics", TestGroup.bearer(crm))
            #expect(page.status == 403)
            let metrics = try await group.addToken("prometheus", "metrics")
            let figures = try await group.ask(
                "GET", "/api/whatsapp/metrics", TestGroup.bearer(metrics))
            #expect(figures.status == 200 && figures.text.contains("gateway_up{"))
            #expect(try await group.read(with: metrics).status == 403)
            for (token, isWhole) in [(metrics, true), (crm, true), ("wagw_none", false)] {
                let health = try await group.ask("GET", "/api/health", TestGroup.bearer(token))
                #expect((health.json["processes"] != nil) == isWhole)
            }
            let line = "warning: ingress: token.refused name=crm reason=scope wanted=send\n"
            #expect(group.ingress.log.contains(line))
            #expect(!group.logs.contains(crm))
        }
    }

    @Test("revoked, a token is refused at the next request, also of a connection that is open")
    func revoked() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let token = try await group.addToken("crm", "read")
            let connection = try await blocking { try group.connection() }
            let ask: @Sendable () async throws -> HTTPAnswer = {
                try await blocking {
                    try connection.ask(
                        "GET", "/api/whatsapp/conversations", TestGroup.bearer(token))
                }
            }
            for _ in 0..<3 { #expect(try await ask().status == 200) }
            try await group.revokeToken("crm")
            let refused = try await ask()
            #expect(refused.status == 401 && refused["WWW-Authenticate"] == "Bearer")
            #expect(refused.json["error"]?["message"]?.text?.contains("crm was revoked") == true)
            // Another of its name is another token.
            let other = try await group.addToken("crm", "read")
            #expect(try await group.read(with: other).status == 200)
            let unknown = try await group.read(with: token)
            #expect(unknown.status == 401)
            #expect(unknown.json["error"]?["message"]?.text?.contains("crm") == false)
        }
    }

    @Test("tokens outlive signer, and one that was revoked while it was away is refused")
    func restarts() async throws {
        try await withGroup(auth: .token) { group in
            let first = try await group.addToken("first", "read")
            try await group.start(.signer, .inbox, .ingress)
            let second = try await group.addToken("second", "read")
            for kill in [true, false] {
                for token in [first, second] {
                    #expect(try await group.read(with: token).status == 200)
                }
                if kill { group.signer.kill() } else { _ = try await group.signer.stop() }
                if !kill { try await group.revokeToken("first") }
                try await group.signer.start()
            }
            #expect(try await group.read(with: first).status == 401)
            #expect(try await group.read(with: second).status == 200)
        }
    }

    @Test("the list tells when a token was used last, over restarts, and neither it nor its digest")
    func lists() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let token = try await group.addToken("crm", "read,send", "--expires", "30")
            let before = try await group.token("list").output
            #expect(before.contains(#/crm +read,send .* never +\S+Z +good/#))
            #expect(try await group.read(with: token).status == 200)
            #expect(try await group.get("/api/whatsapp/conversations").status == 200)
            group.signer.kill()
            try await group.signer.start()
            let list = try await group.token("list").output
            let today = Timestamp(milliseconds: now()).text.prefix(10)
            for name in ["crm", "default"] {
                let line = list.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
                #expect(line.contains(today) && !line.contains("  never  never"), "\(list)")
            }
            #expect(!list.contains(token) && !list.contains(Self.digest(token)))
            let texts = try group.folder.fileTexts() + [group.logs]
            #expect(!texts.contains { $0.contains(token) })
            #expect(try fileMode(of: group.tokenFile) == 0o600)
            #expect(try fileMode(of: group.folder.file("signer")) == 0o700)
        }
    }

    @Test("one that has expired is told so; health warns 14 days before")
    func expires() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            var list = TokenList()
            let names = ["over", "soon", "later"]
            for (name, days) in zip(names, [-1, 13, 15]) {
                try list.add(
                    name, sha256: Self.digest("token-\(name)"), scopes: [.read],
                    expiresAt: day(days), at: day(-2))
            }
            try group.put(
                String(decoding: list.encoded(), as: UTF8.self), at: group.tokenFile)
            let over = try await group.read(with: "token-over")
            #expect(over.status == 401)
            #expect(over.json["error"]?["message"]?.text?.contains("over expired at") == true)
            #expect(try await group.read(with: "token-soon").status == 200)
            let health = try await group.get("/api/health").json
            let warning = health["warnings"]?.elements?.first
            #expect(health["status"]?.text == "ok")
            #expect(warning?["code"]?.text == "token_expiring")
            let said = warning?["message"]?.text ?? ""
            #expect(said.contains("over expired") && said.contains("soon expires"))
            #expect(!said.contains("later"))
        }
    }

    @Test("a thousand tokens: each is known, and none but these")
    func many() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            var list = TokenList()
            for number in 0..<TokenList.limit {
                try list.add(
                    "t\(number)", sha256: Self.digest("wagw_\(number)"), scopes: [.read],
                    at: day(0))
            }
            try group.put(String(decoding: list.encoded(), as: UTF8.self), at: group.tokenFile)
            for number in [0, 1, 499, TokenList.limit - 1] {
                #expect(try await group.read(with: "wagw_\(number)").status == 200)
            }
            for token in ["wagw_1000", "wagw_", "wagw_00", "WAGW_0"] {
                #expect(try await group.read(with: token).status == 401)
            }
            let full = try await group.token("add", "one-more", "--scope", "read")
            #expect(full.ended == .exited(1) && full.output.contains("there are 1000 tokens"))
        }
    }

    private static func digest(_ token: String) -> String {
        Hex.encode(SHA256.digest(Data(token.utf8)))
    }
}

private func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000
}

/// So many days from now.
private func day(_ days: Int) -> Timestamp {
    Timestamp(milliseconds: now() + Int64(days) * 86_400_000)
}

func fileMode(of path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o7777
}
