import JSON
import TestSupport
import Testing

extension RunningTests {
    /// Secrets that change, and secrets that are wrong.
    @Suite("changes of secrets")
    struct RotationTests {
        private static let next = "the app secret after this one"

        @Test("the app secret is rotated under load: no webhook of the old one or the new is 401")
        func withoutGap() async throws {
            try await withGroup { group in
                try await group.start(.signer, .ingress)
                let old = Load(port: group.listener.port, connections: 4)
                async let oldTally = old.run()
                try await eventually("webhooks are answered") { old.answered > 25 }
                // Both are good from here on, and Meta is told the new one.
                group.signer.set("WHATSAPP_APP_SECRET_PREVIOUS", TestGroup.appSecret)
                group.signer.set("WHATSAPP_APP_SECRET", Self.next)
                #expect(try await group.signer.stop() == .exited(0))
                try await group.signer.start()
                let new = Load(port: group.listener.port, secret: Self.next, connections: 4)
                async let newTally = new.run()
                let before = old.answered
                try await eventually("both are answered") {
                    old.answered > before + 25 && new.answered > 25
                }
                old.stop()
                let first = try await oldTally
                #expect(try await group.get("/api/health").warnings == ["previous_secret_in_use"])
                group.signer.set("WHATSAPP_APP_SECRET_PREVIOUS", nil)
                #expect(try await group.signer.stop() == .exited(0))
                try await group.signer.start()
                let after = new.answered
                try await eventually("the new one is answered") { new.answered > after + 25 }
                new.stop()
                for result in [first, try await newTally] {
                    #expect(result.otherAnswers == [])
                    #expect(result.refused + result.unanswered == 0)
                }
                let late = try await group.webhook(Payload.text("late", wamid: "wamid.late"))
                #expect(late.status == 401)
            }
        }

        @Test("a wrong app secret: every webhook is 401, and health and the log raise the alarm")
        func wrong() async throws {
            try await withGroup { group in
                group.signer.set("WHATSAPP_APP_SECRET", Self.next)
                try await group.start(.signer, .ingress)
                for n in 1...20 {
                    let answer = try await group.webhook(Payload.text("x", wamid: "wamid.\(n)"))
                    #expect(answer.status == 401)
                }
                #expect(try await group.get("/api/health").warnings == [])
                for n in 21...60 { _ = try await group.webhook(Payload.text("x", wamid: "w\(n)")) }
                let health = try await group.get("/api/health")
                #expect(health.warnings == ["signatures_refused"])
                #expect(health.text.contains("WHATSAPP_APP_SECRET"))
                #expect(group.signer.log.count(of: "signatures.refused") == 1)
                #expect(try await group.journaledWebhooks() == [])
            }
        }
    }
}
