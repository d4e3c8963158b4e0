import JSON
import TestSupport
import Testing

/// What health says of who is away, and that it never waits for them.
@Suite("health", .serialized)
struct HealthTests {
    @Test(
        "a process that is away for over 3 s is named; only without signer is the gateway down",
        arguments: [GatewayProcess.Name.signer, .inbox, .provider])
    func namesWhoIsAway(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(["hello"])
            _ = try await group.messages()
            #expect(try await group.get("/api/health").json["status"]?.text == "ok")
            group[name].kill()
            let expected = name == .signer ? "down" : "degraded"
            try await eventually("health says \(expected)") {
                let begin = ContinuousClock.now
                let health = try await group.get("/api/health")
                // It does not wait for who is away, for whom 3 s are the limit.
                #expect(ContinuousClock.now - begin < .seconds(3))
                return health.json["status"]?.text == expected
            }
            let health = try await group.get("/api/health")
            #expect(health.status == (name == .signer ? 503 : 200))
            #expect(health.json["processes"]?[name.rawValue]?["status"]?.text == "away")
            let reason = health.json["reasons"]?.elements?.first
            #expect(reason?["message"]?.text?.contains(name.rawValue) == true)
            #expect(reason?["hint"]?.text?.contains("./run.sh") == true)

            try await group[name].start()
            try await eventually("health is well again") {
                try await group.get("/api/health").json["status"]?.text == "ok"
            }
        }
    }

    @Test("it tells how many webhooks wait for inbox, and for how long")
    func tellsSpooled() async throws {
        try await withGroup { group in
            try await group.start()
            group.inbox.kill()
            try await group.postTexts(numbered("w", 1...7))
            #expect(try await group.get("/api/health").json["spooled"] == 7)
            try await group.inbox.start()
            _ = try await group.settledTexts()
            try await eventually("nothing waits") {
                try await group.get("/api/health").json["spooled"] == 0
            }
        }
    }

    @Test("a restart is counted, and the pid is that of the process")
    func countsRestarts() async throws {
        try await withGroup { group in
            try await group.start()
            for restarts in 0..<2 {
                _ = try await group.messages()
                let inbox = try await group.get("/api/health").json["processes"]?["inbox"]
                #expect(inbox?["restarts"] == .integer(Int64(restarts)))
                #expect(inbox?["pid"] == group.inbox.pid.map { .integer(Int64($0)) })
                group.inbox.kill()
                try await group.inbox.start()
            }
        }
    }

    @Test("metrics tell the four processes, what was answered, and who is away")
    func tellsMetrics() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(["hello", "again"])
            _ = try await group.messages()
            let page = try await group.get("/api/whatsapp/metrics")
            #expect(page.status == 200)
            #expect(page["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            for name in ["ingress", "signer", "provider", "inbox"] {
                #expect(page.text.contains("gateway_up{process=\"\(name)\"} 1\n"))
            }
            let posted = "gateway_http_answers_total{route=\"webhook\",status=\"200\"} 2\n"
            #expect(page.text.contains(posted))
            #expect(page.text.contains("gateway_signer_authentic_total 2\n"))
            #expect(page.text.contains("gateway_inbox_messages 2\n"))
            group.provider.kill()
            try await eventually("provider is down") {
                try await group.get("/api/whatsapp/metrics").text
                    .contains("gateway_up{process=\"provider\"} 0\n")
            }
        }
    }
}
