import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Inbox is away, hung, or lost: webhooks and sends go on, and nothing of them is lost.
    @Suite("faults of inbox")
    struct InboxFaultTests {
        @Test("killed, then 50 webhooks: all 200, and all there once when it is back")
        func killedBeforeWebhooks() async throws {
            try await withGroup { group in
                try await group.start()
                try await group.postTexts(["before"])
                group.inbox.kill()
                let texts = numbered("w", 1...50)
                try await group.postTexts(texts)
                try await group.inbox.start()
                #expect(try await group.settledTexts() == ["before"] + texts)
            }
        }

        @Test("killed, then 50 sends: all 200, and all there once when it is back")
        func killedBeforeSends() async throws {
            try await withGroup { group in
                try await group.start()
                group.inbox.kill()
                let texts = numbered("s", 1...50)
                for text in texts {
                    let answer = try await group.send(
                        "send", #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#)
                    #expect(answer.status == 200)
                }
                try await group.inbox.start()
                #expect(try await group.settledTexts() == texts)
            }
        }

        @Test("killed again and again while it applies: everything once")
        func killedWhileApplying() async throws {
            try await withGroup { group in
                try await group.start()
                let texts = numbered("w", 1...200)
                async let posting: Void = group.postTexts(texts)
                for _ in 0..<8 {
                    try await eventually("it applies") { group.inbox.isRunning }
                    group.inbox.kill()
                    try await group.inbox.start()
                }
                try await posting
                #expect(try await group.settledTexts() == texts)
            }
        }

        @Test("stopped: webhooks and sends are taken, reads end with 503, health names it at once")
        func stopped() async throws {
            try await withGroup { group in
                try await group.start()
                try await group.postTexts(["before"])
                try group.inbox.pause()
                async let reading = group.get("/api/whatsapp/conversations")
                try await group.postTexts(numbered("w", 1...10))
                #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
                let begin = ContinuousClock.now
                let health = try await group.get("/api/health")
                #expect(ContinuousClock.now - begin < .seconds(2))
                #expect(health.status == 200)
                #expect(health.json["status"]?.text == "degraded")
                let reasons = health.json["reasons"]?.elements ?? []
                #expect(reasons.contains { $0["message"]?.text?.contains("inbox") == true })
                let refused = try await reading
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] != nil)
                try group.inbox.resume()
                #expect(try await group.settledTexts().count == 12)
            }
        }

        enum Loss: CaseIterable { case deleted, replacedByOlder }

        @Test(
            "the journal is lost while inbox is down: 60 webhooks after it all arrive",
            arguments: Loss.allCases)
        func journalLost(loss: Loss) async throws {
            try await withGroup { group in
                try await group.start()
                let journal = group.folder.file("ingress/journal.db")
                try await group.postTexts(numbered("a", 1...5))
                #expect(try await group.settledTexts().count == 5)
                #expect(try await group.ingress.stop() == .exited(0))
                let older = try contents(of: journal)
                try await group.ingress.start()
                try await group.postTexts(numbered("b", 1...5))
                #expect(try await group.settledTexts().count == 10)

                group.inbox.kill()
                #expect(try await group.ingress.stop() == .exited(0))
                for name in ["", "-wal", "-shm"] { removeFile(journal + name) }
                if loss == .replacedByOlder { try write(older, to: journal) }
                try await group.ingress.start()
                try await group.postTexts(numbered("c", 1...60))
                try await group.inbox.start()
                #expect(
                    try await group.settledTexts()
                        == numbered("a", 1...5) + numbered("b", 1...5) + numbered("c", 1...60))
            }
        }

        @Test(
            "inbox.db is lost: all that the journals hold comes back, the pruned rest is a named hole"
        )
        func databaseLost() async throws {
            try await withGroup { group in
                try await group.start()
                let texts = numbered("w", 1...20)
                try await group.postTexts(texts)
                #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
                let before = try await group.settledMessages().compactMap { $0["id"]?.text }
                #expect(before.count == 21)
                let event = try await group.get("/api/whatsapp/events").json["next"]?.text ?? ""

                // As pruning does, once inbox had them.
                #expect(try await group.ingress.stop() == .exited(0))
                try await group.prune(upTo: 5)
                #expect(try await group.inbox.stop() == .exited(0))
                for name in ["", "-wal", "-shm"] {
                    removeFile(group.folder.file("inbox/inbox.db" + name))
                }
                try await group.start(.inbox, .ingress)

                let after = try await group.settledMessages().compactMap { $0["id"]?.text }
                let afterIDs = Set(after)
                #expect(
                    afterIDs.isSubset(of: before),
                    "the same messages have the same ids")
                try await eventually("provider has shipped too") {
                    try await group.messages()?.count == 16
                }
                let health = try await group.get("/api/health")
                #expect(health.json["status"]?.text == "ok")
                let warnings = health.json["warnings"]?.elements ?? []
                #expect(warnings.contains { $0["code"]?.text == "holes" })
                let gone = try await group.get("/api/whatsapp/events?after=\(event)")
                #expect(gone.status == 410, "an event of the lost inbox is not one of the new")
            }
        }

        @Test("an entry that inbox cannot apply is set aside, and everything after it arrives")
        func failingEntry() async throws {
            try await withGroup { group in
                try await group.start()
                group.inbox.kill()
                try await group.postTexts(["a", "GATEWAY_FAIL_INBOX", "b", "c"])
                try await group.inbox.start()
                #expect(try await group.settledTexts() == ["a", "b", "c"])
                #expect(try await group.inboxFigure("unparsed") == 1)
            }
        }

        @Test(
            "an entry that ends inbox is tried alone three times and set aside, and all after it arrives"
        )
        func crashingEntry() async throws {
            try await withGroup { group in
                try await group.start()
                try await group.postTexts(["a"])
                #expect(try await group.settledTexts() == ["a"])
                try await group.postTexts(["GATEWAY_CRASH_INBOX", "b", "c"])
                var ends = 0
                while true {
                    // As the supervisor does.
                    do { _ = try await group.inbox.ended(within: .seconds(3)) } catch { break }
                    ends += 1
                    try await group.inbox.start()
                }
                // Unnoted, in a batch, and three times alone.
                #expect((1...5).contains(ends))
                #expect(try await group.settledTexts() == ["a", "b", "c"])
                #expect(try await group.inboxFigure("unparsed") == 1)
            }
        }
    }
}
