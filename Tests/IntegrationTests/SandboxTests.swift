import Glibc
import JSON
import TestSupport
import Testing

/// What the kernel refuses each process, tried from inside it.
@Suite("sandbox", .serialized)
struct SandboxTests {
    /// What nobody may do, whichever process it is.
    private static let forNobody = [
        "read_passwd", "read_settings", "write_elsewhere", "take_name", "remove_name", "list_state",
        "socket_packet", "exec", "process", "signal_parent", "written_code", "ptrace", "mount",
        "memfd", "bpf", "io_uring", "keyring", "x32", "write_signer",
    ]
    /// Those of them that anybody may do who has no sandbox, and that need no root.
    private static let forAnybody = [
        "read_passwd", "read_settings", "write_elsewhere", "take_name", "remove_name", "list_state",
        "exec", "process", "signal_parent", "written_code", "ptrace", "memfd", "socket_unix",
        "socket_inet", "connect", "read_ingress", "read_inbox", "read_provider", "read_signer",
        "write_signer",
    ]

    @Test(
        "from each of its threads a process is refused what is not its own",
        arguments: GatewayProcess.Name.allCases)
    func refusesWhatIsNotItsOwn(name: GatewayProcess.Name) async throws {
        try await withTrial(of: name) { group in
            try await group.start(name)
            let tried = Self.tried(group[name].log)
            #expect(Set(tried.keys.map(\.thread)) == ["loop", "other"])
            for (attempt, code) in tried {
                switch attempt.name {
                case "read_proc", "read_\(name.rawValue)": #expect(code == 0, "\(attempt)")
                case "socket_unix" where name == .ingress || name == .provider:
                    #expect(code == 0, "\(attempt)")
                default: #expect([EPERM, EACCES].contains(code), "\(attempt): \(code)")
                }
            }
            #expect(Set(tried.keys.map(\.name)).isSuperset(of: Self.forNobody))
        }
    }

    @Test("provider in live mode may make a socket, and connect to no port but those it needs")
    func providerConnectsToGraphAlone() async throws {
        try await withTrial(of: .provider, settings: ["GATEWAY_MODE": "live"]) { group in
            group.provider.set("WHATSAPP_ACCESS_TOKEN", liveToken)
            group.provider.set("WHATSAPP_PHONE_NUMBER_ID", liveNumber)
            try await group.start(.provider)
            for (attempt, code) in Self.tried(group.provider.log) {
                switch attempt.name {
                case "read_proc", "read_provider", "socket_inet", "socket_unix":
                    #expect(code == 0, "\(attempt)")
                default: #expect([EPERM, EACCES].contains(code), "\(attempt): \(code)")
                }
            }
        }
    }

    @Test(
        "without the sandbox the same attempts succeed, or fail for another reason",
        arguments: GatewayProcess.Name.allCases)
    func attemptsAreReal(name: GatewayProcess.Name) async throws {
        try await withTrial(of: name) { group in
            group[name].set(arguments: "--no-sandbox")
            try await group.start(name)
            let tried = Self.tried(group[name].log)
            for (attempt, code) in tried where Self.forAnybody.contains(attempt.name) {
                #expect(![EPERM, EACCES].contains(code), "\(attempt): \(code)")
            }
            #expect(Set(tried.keys.map(\.name)).isSuperset(of: Self.forAnybody))
            #expect(group[name].log.contains("warning: \(name.rawValue): sandbox.off"))
        }
    }

    @Test("a file that was replaced cannot be read: provider drains and asks to be started anew")
    func startsAnewForReplacedFile() async throws {
        try await withGroup(auth: .token, settings: ["GATEWAY_MODE": "live"]) { group in
            let authorities = group.folder.file("authorities.pem")
            try plant("authorities.pem", in: group)
            group.provider.set("WHATSAPP_ACCESS_TOKEN", liveToken)
            group.provider.set("WHATSAPP_PHONE_NUMBER_ID", liveNumber)
            group.provider.set("GATEWAY_GRAPH_CA_FILE", authorities)
            try await group.start(.provider)
            try plant("authorities.new", in: group)
            #expect(rename(group.folder.file("authorities.new"), authorities) == 0)
            #expect(try await group.provider.ended() == .exited(70))
            #expect(group.provider.log.contains("sandbox.outdated file=\(authorities)"))
            #expect(group.provider.log.contains("drained"))
        }
    }

    @Test("ingress that binds its own port does it before, and may connect to none")
    func bareIngressConnectsToNone() async throws {
        try await withTrial(of: .ingress) { group in
            let port = try Listener.freePort()
            let bare = GatewayProcess(
                .ingress,
                settings: [
                    "GATEWAY_STATE_DIR": group.folder.path, "GATEWAY_MODE": "stub",
                    "GATEWAY_AUTH": "open", "GATEWAY_LISTEN": "127.0.0.1:\(port)",
                    "GATEWAY_TRY_SANDBOX": "1", "SWIFT_BACKTRACE": "enable=no",
                ], logFile: group.folder.file("log/bare.log"))
            defer { bare.kill() }
            try await bare.start()
            let answer = try await blocking {
                try HTTPConnection(port: port).ask("GET", "/nowhere", ["Connection: close"])
            }
            #expect(answer.status == 404)
            let connects = Self.tried(bare.log).filter { $0.key.name == "connect" }
            #expect(connects.count == 2)
            for (_, code) in connects { #expect(code == EPERM) }
        }
    }

    @Test("health says that all of it holds, or who runs without, as a warning")
    func healthTells() async throws {
        try await withGroup { group in
            group.provider.set(arguments: "--no-sandbox")
            for name in [GatewayProcess.Name.ingress, .signer, .inbox] {
                group[name].set(arguments: "--require-sandbox")
            }
            try await group.start()
            try await eventually("ingress has reached the others") {
                let processes = try await group.get("/api/health").json["processes"]
                return GatewayProcess.Name.allCases.allSatisfy {
                    processes?[$0.rawValue]?["sandbox"] != nil
                }
            }
            let health = try await group.get("/api/health").json
            #expect(health["status"]?.text == "ok")
            for name in GatewayProcess.Name.allCases {
                #expect(
                    health["processes"]?[name.rawValue]?["sandbox"]?.text
                        == (name == .provider ? "off" : "full"))
            }
            let warnings = health["warnings"]?.elements ?? []
            #expect(warnings.map { $0["code"]?.text } == ["sandbox_incomplete"])
            #expect(warnings.first?["message"]?.text?.contains("provider") == true)
        }
    }

    @Test(
        "what the kernel lacks is named once and warned of; who wants all of it does not start",
        .enabled("strace is there, and no sanitizer") { Fault.canInject },
        arguments: [
            ("landlock_create_ruleset", "landlock"), ("seccomp", "seccomp"),
            ("close_range", "close_range"),
        ])
    func namesWhatIsMissing(call: String, part: String) async throws {
        let fault = Fault.failing("ENOSYS", from: 1, of: call)
        try await withGroup { group in
            let wanting: [(arguments: [String], setting: String?, code: CInt)] = [
                (["--require-sandbox"], nil, 70), ([], "require", 70), (["--check"], "require", 78),
            ]
            for (arguments, setting, code) in wanting {
                group.signer.set(arguments: arguments)
                group.signer.set("GATEWAY_SANDBOX", setting)
                try await group.signer.launch(with: fault)
                #expect(try await group.signer.ended() == .exited(code))
                let refusal =
                    "fatal: signer: GATEWAY_SANDBOX: the whole sandbox is required, and the kernel lacks "
                #expect(group.signer.log.contains(refusal + part), "\(group.signer.log)")
            }
            group.signer.set("GATEWAY_SANDBOX", nil)
            group.signer.set(arguments: [])
            try await group.signer.start(with: fault)
            let line = "warning: signer: sandbox.missing \(part)\n"
            #expect(
                group.signer.log.split(separator: line, omittingEmptySubsequences: false).count == 2
            )
            try await group.start(.inbox, .provider, .ingress)
            try await eventually("health tells how signer is held") {
                try await group.get("/api/health").json["processes"]?["signer"]?["sandbox"]?.text
                    == "partial"
            }
            let health = try await group.get("/api/health").json
            let warning = health["warnings"]?.elements?.first
            #expect(warning?["code"]?.text == "sandbox_incomplete")
            #expect(warning?["message"]?.text?.contains(part) == true)
        }
    }

    @Test(
        "a command line that means nothing is exit 64 and told how it goes",
        arguments: [["--no-sandbox", "--require-sandbox"], ["--sandbox"], ["--check", "x"]])
    func refusesOtherArguments(arguments: [String]) async throws {
        try await withGroup { group in
            group.inbox.set(arguments: arguments)
            try await group.inbox.launch()
            #expect(try await group.inbox.ended() == .exited(64))
            #expect(group.inbox.log.contains("[--require-sandbox | --no-sandbox]"))
        }
    }

    @Test("to require the sandbox and to leave it out is a contradiction: exit 78")
    func refusesContradiction() async throws {
        try await withGroup(settings: ["GATEWAY_SANDBOX": "require"]) { group in
            group.inbox.set(arguments: "--no-sandbox")
            try await group.inbox.launch()
            #expect(try await group.inbox.ended() == .exited(78))
            #expect(
                group.inbox.log.contains("fatal: inbox: GATEWAY_SANDBOX: is \"require\" beside"))
            group.inbox.set(arguments: "--check")
            try await group.inbox.launch()
            #expect(try await group.inbox.ended() == .exited(0))
        }
    }

    // MARK: The attempts

    private struct Attempt: Hashable {
        let name: String
        let thread: String
    }

    /// Each with its errno, as the process told it.
    private static func tried(_ log: String) -> [Attempt: CInt] {
        let pairs = log.split(separator: "\n").compactMap { line -> (Attempt, CInt)? in
            let words = line.split(separator: " ")
            guard words.count == 6, words[2] == "sandbox.tried",
                let code = CInt(words[5].dropFirst("errno=".count))
            else { return nil }
            let thread = words[4].dropFirst("thread=".count)
            return (Attempt(name: String(words[3]), thread: String(thread)), code)
        }
        return Dictionary(pairs) { $1 }
    }

    /// Lends a group with files of each process, in which that one tries its sandbox.
    private func withTrial(
        of name: GatewayProcess.Name, settings: [String: String] = [:],
        _ body: (TestGroup) async throws -> Void
    ) async throws {
        try await withGroup(settings: settings) { group in
            for folder in ["ingress", "inbox", "provider", "signer"] {
                mkdir(group.folder.file(folder), 0o700)
                try plant("\(folder)/planted", in: group)
            }
            for name in ["environment", "planted.sock"] { try plant("run/\(name)", in: group) }
            group[name].set("GATEWAY_TRY_SANDBOX", "1")
            try await body(group)
        }
    }

    private func plant(_ name: String, in group: TestGroup) throws {
        let number = creat(group.folder.file(name), 0o600)
        try #require(number >= 0)
        close(number)
    }
}
