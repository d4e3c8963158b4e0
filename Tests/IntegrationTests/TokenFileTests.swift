import Glibc
import JSON
import TestSupport
import Testing

/// The list of tokens on the disk: cut off, damaged, open to others, changed by two at once.
@Suite("the file of tokens", .serialized)
struct TokenFileTests {
    @Test(
        "the tool killed at any of its calls: there is the old list or the new one, and it can go on",
        .enabled("strace is there") { Fault.canInject },
        arguments: ["flock,unlink", "write,fsync", "rename,mkdir"])
    func killed(calls: String) async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let before = try await group.addToken("before", "read")
            var deaths = 0
            for point in 1...60 {
                let name = "t\(point)"
                let result = try await group.token(
                    "add", name, "--scope", "read", with: .killed(at: point, of: calls))
                let list = try await group.token("list")
                #expect(list.ended == .exited(0), "\(point): \(list.output)")
                #expect(list.output.contains("\nbefore "))
                #expect(try await group.read(with: before).status == 200)
                let isThere = list.output.contains("\n\(name) ")
                if result.ended == .exited(0) {
                    #expect(isThere)
                    break
                }
                deaths += 1
                // Nobody has seen it: it is taken back, or made anew.
                if isThere { try await group.revokeToken(name) }
                let again = try await group.addToken(name, "read")
                #expect(try await group.read(with: again).status == 200)
            }
            #expect(deaths > 0 && deaths < 60)
        }
    }

    @Test("of several made at once, each is there")
    func atOnce() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let tokens = try await withThrowingTaskGroup(of: String.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask { try await group.addToken("t\(number)", "read") }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(tokens).count == 8)
            for token in tokens { #expect(try await group.read(with: token).status == 200) }
        }
    }

    @Test(
        "open to others it is not taken: the list before stays, health has the cure, which helps at once",
        arguments: [mode_t(0o644), 0o620, 0o602, 0o666])
    func openToOthers(mode: mode_t) async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let token = try await group.addToken("crm", "read")
            #expect(try await group.read(with: token).status == 200)
            chmod(group.tokenFile, mode)
            try await Self.expectUntaken(group, "chmod 600")
            #expect(try await group.read(with: token).status == 200)
            for arguments in [["list"], ["revoke", "crm"], ["add", "x", "--scope", "read"]] {
                let refused = try await Self.run(group, arguments)
                #expect(refused.ended == .exited(1) && refused.output.contains("chmod 600"))
            }
            #expect(try fileMode(of: group.tokenFile) == mode)
            // Where no list was ever taken, nobody knows whose a token is: come again, not go away.
            group.signer.kill()
            try await group.signer.start()
            let unknown = try await group.read(with: token)
            #expect(unknown.status == 503 && unknown["Retry-After"] != nil)
            #expect(try await group.get("/api/whatsapp/conversations").status == 200)
            #expect(try await group.webhook(Payload.text("x", wamid: "wamid.1")).status == 200)
            chmod(group.tokenFile, 0o600)
            #expect(try await group.read(with: token).status == 200)
            try await eventually("health has nothing against it") {
                try await !group.get("/api/health").reasons.contains("tokens_unreadable")
            }
        }
    }

    @Test(
        "damaged it is not taken and never written over: the list before stays, and health says so",
        arguments: ["", "{", "{}", #"{"version":1,"tokens":[{"name":"crm"}]}"#])
    func damaged(text: String) async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let token = try await group.addToken("crm", "read")
            #expect(try await group.read(with: token).status == 200)
            try group.put(text, at: group.tokenFile)
            #expect(try await group.read(with: token).status == 200)
            try await Self.expectUntaken(group, "is no list of tokens")
            #expect(group.signer.log.contains("error: signer: tokens.unreadable error=is no list"))
            let refused = try await group.token("add", "other", "--scope", "read")
            #expect(refused.ended == .exited(1))
            #expect(refused.output.contains(group.tokenFile))
            #expect(try String(decoding: contents(of: group.tokenFile), as: UTF8.self) == text)
            // Taken away, it is a list without a token.
            unlink(group.tokenFile)
            #expect(try await group.read(with: token).status == 401)
            #expect(try await group.get("/api/health").json["status"]?.text == "ok")
        }
    }

    @Test("a full disk: the tool says so, and the old list stays")
    func fullDisk() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .inbox, .ingress)
            let token = try await group.addToken("crm", "read")
            let full = try await group.token(
                "add", "other", "--scope", "read", with: .failing("ENOSPC", from: 1, of: "fsync"))
            #expect(full.ended == .exited(1) && full.output.contains("No space left"))
            #expect(try await group.read(with: token).status == 200)
            let list = try await group.token("list").output
            #expect(!list.contains("other"))
        }
    }

    private static func run(_ group: TestGroup, _ arguments: [String]) async throws
        -> CommandResult
    {
        try await runToEnd(
            try executable("gatewayctl"), ["token"] + arguments,
            environment: ["GATEWAY_STATE_DIR": group.folder.path])
    }

    /// Health is degraded by the list, and says that.
    private static func expectUntaken(_ group: TestGroup, _ words: String) async throws {
        let health = try await group.get("/api/health").json
        #expect(health["status"]?.text == "degraded")
        // Provider does not run, which is a reason of its own after a while.
        let reason = health["reasons"]?.elements?.first { $0["code"]?.text == "tokens_unreadable" }
        #expect(reason?["message"]?.text?.contains(words) == true)
    }
}
