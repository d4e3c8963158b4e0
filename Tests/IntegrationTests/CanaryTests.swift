import Glibc
import TestSupport
import Testing

extension LoadingTests {
    /// Secrets that are found again wherever they got to.
    ///
    /// The group runs live as people run it, with every secret given as a value, which is the form that
    /// spreads furthest.
    @Suite(
        "secrets",
        .enabled("./run.sh has built what is here now") { await SupervisedGroup.isBuilt() },
        .enabled("only root may read other processes' memory") { geteuid() == 0 })
    struct CanaryTests {
        private static let names = [
            "WHATSAPP_APP_SECRET", "WHATSAPP_APP_SECRET_PREVIOUS", "WHATSAPP_VERIFY_TOKEN",
            "WHATSAPP_VERIFY_TOKEN_PREVIOUS", "GATEWAY_API_TOKEN", "GATEWAY_API_TOKEN_PREVIOUS",
            "WHATSAPP_ACCESS_TOKEN",
        ]

        /// The programs in whose memory each may be: its owner, who is sent it by a caller, and signer,
        /// which proves the access token to Graph.
        private static let holders: [String: Set<String>] = [
            "WHATSAPP_APP_SECRET": ["signer"], "WHATSAPP_APP_SECRET_PREVIOUS": ["signer"],
            "WHATSAPP_VERIFY_TOKEN": ["signer", "ingress"],
            "WHATSAPP_VERIFY_TOKEN_PREVIOUS": ["signer"],
            "GATEWAY_API_TOKEN": ["signer", "ingress"], "GATEWAY_API_TOKEN_PREVIOUS": ["signer"],
            "WHATSAPP_ACCESS_TOKEN": ["provider", "signer"],
        ]

        @Test(
            "a secret is with its owner and whom it is sent to, and nowhere else, crashes included")
        func staysWithItsOwner() async throws {
            let canaries = Canaries(Self.names)
            try await FakeGraph.with { graph in
                try await withSupervised { group in
                    let visit = Visit(group, canaries)
                    try await visit.start(graph)
                    try await visit.talk()
                    try await expectNothingElsewhere(visit)
                    for name in ["inbox", "signer", "provider", "ingress"] {
                        try await visit.crash(name)
                    }
                    try await visit.talk()
                    try await visit.talkNonsense()
                    try await expectNothingElsewhere(visit)
                    #expect(try await group.command("stop").ended == .exited(0))
                    for file in group.stateFiles() {
                        #expect(canaries.found(in: try contents(of: file)) == [], "\(file)")
                    }
                }
            }
        }

        private func expectNothingElsewhere(_ visit: Visit) async throws {
            let canaries = visit.canaries
            let children = try visit.group.processes()
            #expect(
                children.keys.sorted() == [
                    "gatewayctl", "inbox", "ingress", "provider", "signer", "supervisord",
                ])
            for (program, pid) in children {
                let command = canaries.found(in: try contents(of: "/proc/\(pid)/cmdline"))
                #expect(command == [], "the command line of \(program)")
                let memory = try await blocking { try canaries.found(inMemoryOf: pid) }
                let variables = canaries.found(in: try contents(of: "/proc/\(pid)/environ"))
                for name in Self.names {
                    let isHolder = Self.holders[name]?.contains(program) == true
                    #expect(isHolder || !memory.contains(name), "\(name) in memory of \(program)")
                    let isOwner =
                        program == (name == "WHATSAPP_ACCESS_TOKEN" ? "provider" : "signer")
                    #expect(variables.contains(name) == isOwner, "\(name) given to \(program)")
                    // Else nothing was looked at.
                    #expect(memory.contains(name) || !isOwner, "\(name) in memory of \(program)")
                }
            }
            for file in visit.group.stateFiles() {
                let found = canaries.found(in: try contents(of: file))
                switch file {
                case visit.group.file("run/environment"): #expect(found == Set(Self.names))
                case visit.group.file("run/api-token"): #expect(found == ["GATEWAY_API_TOKEN"])
                default: #expect(found == [], "\(file)")
                }
            }
            for text in visit.said {
                #expect(canaries.found(in: Array(text.utf8)) == [], "\(text)")
            }
        }
    }
}

/// One run of the group, and all that it said to its callers and its operator.
private final class Visit {
    let group: SupervisedGroup
    let canaries: Canaries
    private(set) var said: [String] = []

    init(_ group: SupervisedGroup, _ canaries: Canaries) {
        self.group = group
        self.canaries = canaries
    }

    func start(_ graph: FakeGraph) async throws {
        var settings = canaries.values
        settings["WHATSAPP_PHONE_NUMBER_ID"] = liveNumber
        settings["WHATSAPP_API_VERSION"] = "v26.0"
        settings["WHATSAPP_GRAPH_URL"] = graph.url
        settings["GATEWAY_GRAPH_CA_FILE"] = graph.caFile
        let start = try await group.command("--detach", settings: settings)
        try #require(start.ended == .exited(0), "\(start.output)")
        said.append(start.output)
    }

    /// What each secret is there for, and each as one would try to guess it.
    func talk() async throws {
        let verify = "/api/whatsapp/webhook?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
        let token = ["Authorization: Bearer \(canaries["GATEWAY_API_TOKEN"])"]
        let json = ["Content-Type: application/json"]
        let text = Array(#"{"to":"+919800000002","text":"hello"}"#.utf8)
        #expect(try await ask("GET", verify + canaries["WHATSAPP_VERIFY_TOKEN"]) == 200)
        #expect(try await ask("GET", verify + "wrong") == 403)
        #expect(try await ask("GET", "/api/health", token) == 200)
        #expect(try await ask("POST", "/api/whatsapp/send", token + json, text) == 200)
        #expect(try await ask("POST", "/api/whatsapp/send", token + json, Array("{".utf8)) == 400)
        #expect(
            try await ask(
                "POST", "/api/whatsapp/send", ["Authorization: Bearer wrong"] + json, text)
                == 401)
        let body = Payload.text("hello", wamid: "wamid.canary")
        for (secret, status) in [
            (canaries["WHATSAPP_APP_SECRET"], 200), (canaries["WHATSAPP_APP_SECRET_PREVIOUS"], 200),
            ("wrong", 401),
        ] {
            let fields = TestGroup.webhookFields(body, secret: secret)
            #expect(try await ask("POST", TestGroup.webhookPath, fields, body) == status)
        }
        #expect(try await ask("GET", "/api/whatsapp/conversations", token) == 200)
        try await order("status")
        try await order("why", "+919800000002")
    }

    /// Frames that are none, and settings that are wrong.
    func talkNonsense() async throws {
        for name in ["signer", "inbox", "provider"] {
            let path = group.file("run/\(name).sock")
            try await blocking {
                for bytes in SocketTests.garbage { try sendAndClose(bytes, to: path) }
            }
        }
        try await order("restart", "signer", settings: ["WHATSAPP_APP_SECRET_FILE": "/nowhere"])
        try await order("restart", "provider", settings: ["WHATSAPP_API_VERSION": "none"])
        try await order("restart", "signer")
    }

    /// Ends one as a fault in it would, and waits for the next.
    func crash(_ name: String) async throws {
        let before = try #require(try group.processes()[name])
        kill(before, SIGSEGV)
        try await eventually("\(name) is another process", within: .seconds(30)) {
            guard let now = try group.processes()[name], now != before else { return false }
            return try await ask("GET", "/api/health") == 200
        }
        try await order("status")
    }

    private func ask(
        _ method: String, _ path: String, _ fields: [String] = [], _ body: [UInt8]? = nil
    ) async throws -> Int {
        let answer = try await group.ask(method, path, fields, body: body)
        said.append(answer.text)
        return answer.status
    }

    private func order(_ words: String..., settings: [String: String] = [:]) async throws {
        said.append(try await group.command(words, settings: settings).output)
    }
}
