import TestSupport
import Testing

extension LoadingTests {
    /// Ingress ends, in good order or not, while callers call.
    @Suite("faults of ingress")
    struct IngressFaultTests {
        @Test("SIGTERM: what is under way is answered, then exit 0")
        func drains() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let body = Payload.text("hello", wamid: "wamid.1")
                try group.signer.pause()
                let asked = try await group.beginWebhook(body)
                async let ended = group.ingress.stop()
                try await eventually("ingress drains") { group.ingress.log.contains("draining") }
                try group.signer.resume()
                let answer = try await blocking { try asked.receive() }
                #expect(answer.status == 200)
                #expect(answer["Connection"] == "close")
                #expect(try await ended == .exited(0))
                #expect(try await group.journaledWebhooks() == [body])
            }
        }

        @Test(
            "killed again and again under load: no refused connection, and every 200 is stored once"
        )
        func killedUnderLoad() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let load = Load(port: group.listener.port, connections: 12)
                async let tally = load.run()
                for _ in 0..<12 {
                    let before = load.answered
                    try await eventually("webhooks are answered") { load.answered > before + 25 }
                    group.ingress.kill()
                    try await group.ingress.start()
                }
                load.stop()
                let result = try await tally
                #expect(result.refused == 0)
                #expect(result.otherAnswers == [])
                let stored = try await group.journaledWebhooks()
                #expect(
                    Set(stored).count == stored.count, "each was posted once, and is stored once")
                #expect(Set(result.acknowledged).subtracting(stored).isEmpty)
                #expect(result.acknowledged.count > 300)
                // Of the others nobody was told anything: at most one for each connection and kill.
                #expect(result.unanswered <= 12 * 12)
            }
        }

        @Test("restarted in good order under load: no request fails")
        func restartedUnderLoad() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let load = Load(port: group.listener.port, connections: 8)
                async let tally = load.run()
                for _ in 0..<5 {
                    let before = load.answered
                    try await eventually("webhooks are answered") { load.answered > before + 25 }
                    #expect(try await group.ingress.stop() == .exited(0), "\(group.ingress.log)")
                    try await group.ingress.start()
                }
                load.stop()
                let result = try await tally
                #expect(result.refused == 0)
                #expect(result.otherAnswers == [])
                #expect(result.unanswered == 0)
                #expect(
                    Set(result.acknowledged) == Set(try await group.journaledWebhooks()))
            }
        }
    }
}
