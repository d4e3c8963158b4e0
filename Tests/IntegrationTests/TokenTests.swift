import JSON
import TestSupport
import Testing

/// Who may ask: everybody on this machine while nothing of Meta's is set, else who has the token.
@Suite("tokens", .serialized)
struct TokenTests {
    static let guarded = [
        ("GET", "/api/whatsapp/conversations"),
        ("GET", "/api/whatsapp/contact_messages?contact=+919812345678"),
        ("GET", "/api/whatsapp/events"), ("GET", "/api/whatsapp/messages/msg_1"),
        ("POST", "/api/whatsapp/send"), ("POST", "/api/whatsapp/send_media"),
        ("POST", "/api/whatsapp/send_template"), ("POST", "/api/whatsapp/messages"),
        ("POST", "/api/whatsapp/conversations/+919812345678/read"),
        ("POST", "/api/whatsapp/media"), ("GET", "/api/whatsapp/media/1"),
        ("GET", "/api/whatsapp/metrics"), ("GET", "/api/whatsapp/dead_letters"),
        ("GET", "/api/whatsapp/templates"), ("GET", "/api/whatsapp/events/stream"),
        ("POST", "/api/whatsapp/erase"), ("GET", "/api/whatsapp/audit"),
        ("POST", "/api/whatsapp/backup"), ("POST", "/api/whatsapp/dead_letters/retry"),
        ("DELETE", "/api/whatsapp/dead_letters/msg_1"),
    ]

    @Test("without the token every route but health and webhook is 401 that asks for one")
    func isAskedFor() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .ingress)
            let wrong: [[String]] = [
                [], ["Authorization: Bearer wrong"], ["Authorization: Bearer"],
                ["Authorization: Basic \(TestGroup.apiToken)"],
                ["Authorization: \(TestGroup.apiToken)"],
            ]
            for (method, path) in Self.guarded {
                for fields in wrong {
                    let body = method == "POST" ? Array("{}".utf8) : nil
                    let answer = try await group.ask(method, path, fields, body: body)
                    #expect(answer.status == 401, "\(method) \(path) \(fields)")
                    #expect(answer["WWW-Authenticate"] == "Bearer")
                    #expect(answer.json["error"]?["code"]?.text == "unauthorized")
                }
            }
            let webhook = try await group.webhook(Payload.text("x", wamid: "wamid.1"))
            #expect(webhook.status == 200, "Meta has no token")
        }
    }

    @Test("health is short for everybody, and whole for who has the token")
    func healthIsShort() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .ingress)
            let short = try await group.ask("GET", "/api/health")
            #expect(short.status == 200)
            #expect(short.json["status"]?.text == "ok")
            #expect(short.json["mode"]?.text == "stub")
            #expect(short.json["processes"] == nil)
            let whole = try await group.get("/api/health")
            #expect(whole.json["processes"]?["ingress"]?["pid"] != nil)
            #expect(whole.json["version"]?.text?.isEmpty == false)
        }
    }

    @Test("the token, and during a rotation the one before, opens the routes")
    func opens() async throws {
        try await withGroup(auth: .token) { group in
            let previous = "the-token-before-this-0123456789abcdef"
            group.signer.set("GATEWAY_API_TOKEN_PREVIOUS", previous)
            try await group.start(.signer, .provider, .ingress)
            #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
            let answer = try await group.ask(
                "POST", "/api/whatsapp/send", ["authorization: bearer \(previous)"],
                body: Array(RunningTests.SendTests.text.utf8))
            #expect(answer.status == 200)
        }
    }

    @Test("health tells when the one before was needed last, also after signer started anew")
    func previousIsTold() async throws {
        try await withGroup(auth: .token) { group in
            let previous = "the-token-before-this-0123456789abcdef"
            group.signer.set("GATEWAY_API_TOKEN_PREVIOUS", previous)
            try await group.start(.signer, .ingress)
            func warning() async throws -> JSONValue? {
                try await group.get("/api/health").json["warnings"]?.elements?.first
            }
            var idle: JSONValue?
            try await eventually("ingress has heard of signer") {
                idle = try await warning()
                return idle?["code"]?.text == "previous_secret_idle"
            }
            #expect(idle?["message"]?.text?.contains("has not been needed since") == true)
            _ = try await group.ask(
                "GET", "/api/whatsapp/conversations", ["Authorization: Bearer \(previous)"])
            let inUse = try await warning()
            #expect(inUse?["code"]?.text == "previous_secret_in_use")
            #expect(inUse?["message"]?.text?.contains("GATEWAY_API_TOKEN_PREVIOUS") == true)
            group.signer.kill()
            try await group.signer.start()
            var after: JSONValue?
            try await eventually("ingress has reached the new signer") {
                after = try await warning()
                return after != nil
            }
            #expect(after == inUse)
        }
    }

    @Test(
        "where none is wanted, one is wanted all the same of who comes from elsewhere",
        arguments: [
            "Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1", "x-forwarded-proto: https",
            "Host: gateway.example", "Host: 192.0.2.1",
        ])
    func fromElsewhere(field: String) async throws {
        try await withGroup { group in
            try await group.start(.signer, .provider, .ingress)
            #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
            let answer = try await group.send("send", RunningTests.SendTests.text, [field])
            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"] == "Bearer")
            let health = try await group.get("/api/health", [field])
            #expect(health.json["processes"] == nil)
        }
    }

    @Test("a host that is not one of GATEWAY_HOSTS is 421")
    func otherHosts() async throws {
        try await withGroup { group in
            group.ingress.set("GATEWAY_HOSTS", "gateway.example, localhost")
            try await group.start(.signer, .ingress)
            for (host, status) in [
                ("localhost:8080", 200), ("GATEWAY.example", 200), ("other.example", 421),
            ] {
                let answer = try await group.get("/api/health", ["Host: \(host)"])
                #expect(answer.status == status, "\(host)")
            }
        }
    }

    @Test("no secret is in a log, an answer or a file but the ones it was given in")
    func secretsStayWhereTheyAre() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start(.signer, .provider, .ingress)
            let body = Payload.text("x", wamid: "wamid.1")
            var answers = [
                try await group.webhook(body), try await group.get("/api/health"),
                try await group.send("send", RunningTests.SendTests.text),
                try await group.get("/api/health", ["X: 1"]),
            ]
            // A query and a path that ingress knows nothing of, and bytes that are no request.
            let verify = TestGroup.verifyToken.replacing(" ", with: "%20")
            for target in [
                "\(TestGroup.webhookPath)?hub.mode=subscribe&hub.challenge=1&hub.verify_token=\(verify)",
                "/api/whatsapp/conversations?token=\(TestGroup.apiToken)",
                "/api/whatsapp/\(TestGroup.apiToken)", "/\(TestGroup.apiToken) HTTP/1.1 x",
            ] {
                answers.append(try await group.ask("GET", target))
            }
            answers.append(
                try await group.ask(
                    "POST", TestGroup.webhookPath,
                    TestGroup.webhookFields(body, secret: "another"), body: body))
            for process in group.all where process.isRunning { _ = try await process.stop() }
            let texts = answers.map(\.text) + [group.logs] + (try group.folder.fileTexts())
            for secret in [
                TestGroup.appSecret, TestGroup.verifyToken, verify, TestGroup.apiToken,
            ] {
                #expect(!texts.contains { $0.contains(secret) })
            }
        }
    }
}
