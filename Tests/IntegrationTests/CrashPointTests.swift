import Glibc
import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Each process killed at each of its writes and syncs: the places where a crash could lose or double.
    @Suite("crash points", .enabled("strace is there") { Fault.canInject })
    struct CrashPointTests {
        /// What changes a file or tells somebody something.
        static let calls = "fdatasync,pwrite64,sendto,write"
        /// Of start, one webhook and one send, counted by thread; beyond it nothing new happens.
        static let points = 1...24

        @Test("inbox killed at any write: each webhook and send is there once")
        func inbox() async throws {
            try await withGroup { group in
                try await group.start()
                var expected: [String] = []
                var deaths = 0
                for point in Self.points {
                    group.inbox.kill()
                    await group.startOrDie(.inbox, at: point)
                    expected.append("w\(point)")
                    try await group.postTexts(["w\(point)"])
                    expected.append("s\(point)")
                    try await group.sendUntilTaken("s\(point)")
                    if try await group.reviveAtDeath(.inbox) { deaths += 1 }
                    #expect(try await group.settledTexts() == expected.sorted(), "\(point)")
                }
                #expect(deaths > 5)
            }
        }

        @Test("provider killed at any write: a send repeated with its key is taken in once")
        func provider() async throws {
            try await withGroup { group in
                try await group.start()
                var expected: [String] = []
                var deaths = 0
                for point in Self.points {
                    group.provider.kill()
                    await group.startOrDie(.provider, at: point)
                    async let sending: Void = group.sendUntilTaken("s\(point)")
                    if try await group.reviveAtDeath(.provider) { deaths += 1 }
                    try await sending
                    expected.append("s\(point)")
                }
                #expect(deaths > 5)
                try await eventually("all have come") {
                    try await group.messages()?.count == expected.count
                }
                #expect(try await group.settledTexts() == expected.sorted())
            }
        }

        @Test("ingress killed at any write: every 200 is kept, and what is repeated is there once")
        func ingress() async throws {
            try await withGroup { group in
                try await group.start()
                var expected: [String] = []
                var deaths = 0
                for point in Self.points {
                    group.ingress.kill()
                    await group.startOrDie(.ingress, at: point)
                    async let posting: Void = group.postUntilTaken("w\(point)")
                    if try await group.reviveAtDeath(.ingress) { deaths += 1 }
                    try await posting
                    expected.append("w\(point)")
                }
                #expect(deaths > 5)
                #expect(try await group.settledTexts() == expected.sorted())
            }
        }

        @Test("a disk that does not sync: no false 200, exit 70, and the next process goes on")
        func brokenDisk() async throws {
            try await withGroup { group in
                try await group.start(.signer)
                // Enough for the start.
                try await group.ingress.start(with: .failing("EIO", from: 12, of: "fdatasync"))
                var kept: [[UInt8]] = []
                var doubtful: [UInt8] = []
                for n in 1...50 {
                    let body = Payload.text("\(n)", wamid: "wamid.\(n)")
                    let answer = try? await group.webhook(body)
                    guard answer?.status == 200 else {
                        #expect(answer == nil || answer?.status == 503)
                        doubtful = body
                        break
                    }
                    kept.append(body)
                }
                #expect(!kept.isEmpty && !doubtful.isEmpty, "the disk broke at last")
                #expect(try await group.ingress.ended() == .exited(70))
                #expect(group.ingress.log.contains("store.io_failed"))
                try await group.ingress.start()
                let stored = try await group.journaledWebhooks()
                #expect(stored == kept || stored == kept + [doubtful])
                #expect(try await group.webhook(doubtful).status == 200)
            }
        }
    }
}

extension TestGroup {
    /// Starts it so that it is killed at that call; it may be killed while it starts.
    func startOrDie(
        _ name: GatewayProcess.Name, at point: Int,
        of calls: String = LoadingTests.CrashPointTests.calls
    ) async {
        let fault = Fault.killed(at: point, of: calls)
        do { try await self[name].start(with: fault) } catch {}
    }

    /// Starts it again, without a fault, when it dies; one that lives has met no such call.
    ///
    /// Answers whether it died.
    func reviveAtDeath(_ name: GatewayProcess.Name) async throws -> Bool {
        if self[name].isRunning {
            do {
                let ended = try await self[name].ended(within: .milliseconds(300))
                #expect(ended == .killed(signal: SIGKILL))
            } catch is NeverHappened {
                return false
            }
        }
        try await self[name].start()
        return true
    }

    /// Sends a text with a key until it is answered 200.
    func sendUntilTaken(_ text: String) async throws {
        let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
        try await eventually("\(text) is taken") {
            let answer = try? await send("send", body, ["Idempotency-Key: \(text)"])
            return answer?.status == 200
        }
    }

    /// Posts a webhook until it is answered 200, as Meta does.
    func postUntilTaken(_ text: String) async throws {
        let body = Payload.text(text, wamid: "wamid.\(text)")
        try await eventually("\(text) is taken") {
            let answer = try? await webhook(body)
            return answer?.status == 200
        }
    }
}
