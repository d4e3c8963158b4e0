import TestSupport
import Testing

extension LoadingTests {
    /// A disk that fails a write or a sync: what was written last is unknown, so nobody is told that it was.
    @Suite("broken disks", .enabled("strace is there") { Fault.canInject })
    struct BrokenDiskTests {
        private static let calls = ["fdatasync", "pwrite64"]

        @Test(
            "the journal's: no false 200, exit 70, and the next process goes on", arguments: calls)
        func journal(call: String) async throws {
            try await withGroup { group in
                try await group.start()
                try await group.startOverBreakingDisk(.ingress, call)
                var (kept, doubtful): ([String], String?) = ([], nil)
                for text in numbered("w", 1...100) where doubtful == nil {
                    let answer = try? await group.webhook(
                        Payload.text(text, wamid: "wamid.\(text)"))
                    if answer?.status == 200 { kept.append(text) } else { doubtful = text }
                    #expect([nil, 200, 503].contains(answer?.status))
                }
                try await group.expectEndByDisk(.ingress)
                let doubted = try #require(doubtful)
                try await group.postUntilTaken(doubted)
                #expect(try await group.settledTexts() == kept + [doubted])
            }
        }

        @Test(
            "the outbox's: no false 200, exit 70, and the same key is the same message",
            arguments: calls)
        func outbox(call: String) async throws {
            try await withGroup { group in
                try await group.start()
                try await group.startOverBreakingDisk(.provider, call)
                var (kept, doubtful): ([String], String?) = ([], nil)
                for text in numbered("s", 1...100) where doubtful == nil {
                    let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
                    let fields = ["Idempotency-Key: \(text)", "Prefer: wait=1"]
                    let answer = try await group.send("send", body, fields)
                    if answer.status == 200 { kept.append(text) } else { doubtful = text }
                    #expect([200, 503, 504].contains(answer.status), "\(answer.text)")
                }
                try await group.expectEndByDisk(.provider)
                let doubted = try #require(doubtful)
                try await group.sendUntilTaken(doubted)
                #expect(try await group.settledTexts() == kept + [doubted])
            }
        }

        @Test("inbox's: exit 70, and the next process has all from the journals", arguments: calls)
        func inbox(call: String) async throws {
            try await withGroup { group in
                try await group.start()
                try await group.postTexts(["before"])
                #expect(try await group.settledTexts() == ["before"])
                try await group.startOverBreakingDisk(.inbox, call)
                let texts = numbered("w", 1...100)
                try await group.postTexts(texts)
                try await group.expectEndByDisk(.inbox)
                #expect(try await group.settledTexts() == ["before"] + texts)
            }
        }
    }
}

extension TestGroup {
    /// Starts a process whose disk breaks soon after its start: as early as leaves it one.
    fileprivate func startOverBreakingDisk(
        _ name: GatewayProcess.Name, _ call: String
    ) async throws {
        #expect(try await self[name].stop() == .exited(0))
        for number in 1...100 {
            do {
                return try await self[name].start(with: .failing("EIO", from: number, of: call))
            } catch let failed as NotReady {
                #expect(failed.ended == .exited(70), "\(failed)")
            }
        }
        Issue.record("\(name) does not start")
    }

    /// It ended because of its disk, and said so; starts it on a good one.
    fileprivate func expectEndByDisk(_ name: GatewayProcess.Name) async throws {
        #expect(try await self[name].ended() == .exited(70))
        #expect(self[name].log.contains("store.io_failed"), "\(self[name].log)")
        try await self[name].start()
    }
}
