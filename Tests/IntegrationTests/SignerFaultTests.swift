import JSON
import TestSupport
import Testing

/// Signer is away, hung, or comes back: what Meta sees.
@Suite("faults of signer", .serialized)
struct SignerFaultTests {
    @Test("killed between two requests: a slower 200")
    func killedBetween() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            for n in 0..<3 {
                let body = Payload.text("\(n)", wamid: "wamid.\(n)")
                group.signer.kill()
                async let answer = group.webhook(body)
                try await group.signer.start()
                #expect(try await answer.status == 200)
            }
            #expect(try await group.journaledWebhooks().count == 3)
        }
    }

    @Test("killed while it has the request: a slower 200, stored once")
    func killedDuring() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let body = Payload.text("hello", wamid: "wamid.1")
            _ = try await group.webhook(body)
            try group.signer.pause()
            let asked = try await group.beginWebhook(Payload.text("again", wamid: "wamid.2"))
            // Asks signer too, and waits in vain: by then the webhook lies in signer's socket.
            #expect(try await group.get("/api/health").json["status"]?.text == "down")
            group.signer.kill()
            try await group.signer.start()
            #expect(try await blocking { try asked.receive() }.status == 200)
            #expect(try await group.journaledWebhooks().count == 2)
        }
    }

    @Test("stopped: 503 with Retry-After within 6 s and nothing stored; 200 once it goes on")
    func stopped() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            try group.signer.pause()
            let body = Payload.text("hello", wamid: "wamid.1")
            let begin = ContinuousClock.now
            let refused = try await group.webhook(body)
            #expect(ContinuousClock.now - begin < .seconds(6))
            #expect(refused.status == 503)
            #expect(refused["Retry-After"] != nil)
            #expect(refused.json["error"]?["retryable"] == true)
            #expect(try await group.journaledWebhooks() == [])
            try group.signer.resume()
            #expect(try await group.webhook(body).status == 200)
            #expect(try await group.journaledWebhooks() == [body])
        }
    }

    @Test("health tells within a second that a stopped signer hangs, and 503 that it is down")
    func healthOfStopped() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            // Only who has been asked is known to be there.
            #expect(try await group.webhook(Payload.text("x", wamid: "wamid.1")).status == 200)
            #expect(try await group.get("/api/health").status == 200)
            try group.signer.pause()
            let begin = ContinuousClock.now
            let health = try await group.get("/api/health")
            #expect(ContinuousClock.now - begin < .seconds(2))
            #expect(health.status == 503)
            #expect(health.json["status"]?.text == "down")
            let reasons = health.json["reasons"]?.elements ?? []
            #expect(
                reasons.contains {
                    $0["code"]?.text == "process_hung"
                        && $0["message"]?.text?.contains("signer") == true
                })
        }
    }
}
