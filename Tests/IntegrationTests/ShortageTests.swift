import JSON
import Synchronization
import TestSupport
import Testing

extension LoadingTests {
    /// No room and no descriptors: what cannot be kept is not promised, and nothing else stops.
    @Suite("shortages")
    struct ShortageTests {
        /// More than an empty database with its log, less than some hundred webhooks.
        static let room = Fault.filesUpTo(kibibytes: 300)

        @Test(
            "no room for the journal: 503 and health says why; with room it goes on, nothing lost",
            .enabled("a sanitizer maps files of its own") { !Sanitizer.isOn })
        func journalFull() async throws {
            try await withGroup { group in
                try await group.start(.signer)
                try await group.ingress.start(with: Self.room)
                var kept: [[UInt8]] = []
                while kept.count < 5_000 {
                    let text = String(repeating: "x", count: 3_000)
                    let body = Payload.text(text, wamid: "wamid.\(kept.count)")
                    let answer = try await group.webhook(body)
                    if answer.status == 200 {
                        kept.append(body)
                        continue
                    }
                    #expect(answer.status == 503)
                    #expect(answer["Retry-After"] != nil)
                    #expect(answer.json["error"]?["code"]?.text == "store_full")
                    break
                }
                #expect((10..<5_000).contains(kept.count))
                let health = try await group.get("/api/health")
                #expect(health.status == 503)
                let reasons = health.json["reasons"]?.elements ?? []
                #expect(reasons.contains { $0["code"]?.text == "store_full" })
                #expect(group.ingress.isRunning)
                #expect(try await group.ingress.stop() == .exited(0))
                try await group.ingress.start()
                let next = Payload.text("next", wamid: "wamid.next")
                #expect(try await group.webhook(next).status == 200)
                #expect(try await group.journaledWebhooks() == kept + [next])
            }
        }

        @Test(
            "no room for the outbox: 503 and nothing promised; with room the same key is taken once",
            .enabled("a sanitizer maps files of its own") { !Sanitizer.isOn })
        func outboxFull() async throws {
            try await withGroup { group in
                try await group.start(.ingress)
                try await group.provider.start(with: Self.room)
                let text = String(repeating: "x", count: 3_000)
                let body = #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#
                var taken: Int64 = 0
                while taken < 5_000 {
                    let key = ["Idempotency-Key: key-\(taken)"]
                    let answer = try await group.send("send", body, key)
                    if answer.status == 200 {
                        taken += 1
                        continue
                    }
                    #expect(answer.status == 503)
                    #expect(answer["Retry-After"] != nil)
                    #expect(answer.json["error"]?["code"]?.text == "store_full")
                    break
                }
                #expect((1..<5_000).contains(taken))
                #expect(group.provider.isRunning)
                #expect(try await group.get("/api/health").json["status"]?.text == "degraded")
                #expect(try await group.provider.stop() == .exited(0))
                try await group.provider.start()
                let key = ["Idempotency-Key: key-\(taken)"]
                for _ in 1...2 { #expect(try await group.send("send", body, key).status == 200) }
                #expect(try await group.outboxCount() == taken + 1)
            }
        }

        @Test(
            "no room for inbox: webhooks are taken and reads answered; with room all arrive",
            .enabled("a sanitizer maps files of its own") { !Sanitizer.isOn })
        func inboxFull() async throws {
            try await withGroup { group in
                try await group.start(.signer, .provider, .ingress)
                // Its empty tables alone want half a megabyte.
                try await group.inbox.start(with: .filesUpTo(kibibytes: 1_000))
                let texts = numbered(String(repeating: "x", count: 3_000), 1...200)
                try await group.postTexts(texts)
                try await eventually("health says that inbox is full") {
                    let health = try await group.get("/api/health")
                    let reasons = health.json["reasons"]?.elements ?? []
                    return reasons.contains { $0["code"]?.text == "store_full" }
                }
                let list = try await group.get("/api/whatsapp/conversations")
                #expect(list.status == 200)
                #expect(list.json["behind"] != nil)
                #expect(try await group.inbox.stop() == .exited(0))
                try await group.inbox.start()
                let arrived = try await group.settledTexts()
                #expect(arrived == texts, "\(arrived.count) of \(texts.count)")
            }
        }

        @Test("no more descriptors: who is connected is served, others wait their turn")
        func noDescriptors() async throws {
            try await withGroup { group in
                try await group.start(.signer)
                // 128 are kept for itself.
                try await group.ingress.start(with: .descriptorsUpTo(256))
                let old = try await blocking { try group.connection() }
                func post(_ connection: HTTPConnection, _ wamid: String) async throws -> Int {
                    let body = Payload.text("hello", wamid: wamid)
                    return try await blocking {
                        try connection.ask(
                            "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body
                        ).status
                    }
                }
                #expect(try await post(old, "wamid.1") == 200)
                let crowd = Crowd(
                    try await blocking { try (0..<300).map { _ in try group.connection() } })
                #expect(try await post(old, "wamid.2") == 200)
                async let waiting = group.webhook(Payload.text("hello", wamid: "wamid.3"))
                #expect(try await post(old, "wamid.4") == 200)
                #expect(group.ingress.log.contains("accept.paused"))
                crowd.leave()
                #expect(try await waiting.status == 200)
                #expect(group.ingress.isRunning)
            }
        }

        @Test(
            "no more descriptors for who connects to a socket: its peers are served, and it recovers",
            arguments: [GatewayProcess.Name.signer, .provider, .inbox])
        func noDescriptorsInside(name: GatewayProcess.Name) async throws {
            try await withGroup(auth: .token) { group in
                for process in group.all {
                    try await process.start(with: process.name == name ? .descriptorsUpTo(64) : nil)
                }
                try await group.workOnce("before")
                let path = group.folder.file("run/\(name.rawValue).sock")
                let crowd = try await blocking { try (0..<100).map { _ in try Visitor(path) } }
                try await eventually("it cannot accept any more") {
                    group[name].log.contains("ipc.accept_failed")
                }
                try await group.workOnce("meanwhile")
                for visitor in crowd { visitor.leave() }
                // A peer that has to connect anew.
                #expect(try await group.ingress.stop() == .exited(0))
                try await group.ingress.start()
                try await group.workOnce("after")
                #expect(try await group[name].stop() == .exited(0))
            }
        }
    }
}

extension TestGroup {
    /// A webhook and a send, each taken and read.
    func workOnce(_ text: String) async throws {
        try await postTexts(["webhook.\(text)"])
        try await sendUntilTaken("send.\(text)")
        let found = try await settledTexts()
        for kind in ["webhook", "send"] {
            #expect(found.count { $0 == "\(kind).\(text)" } == 1, "\(kind) \(text)")
        }
    }
}

/// Connections that are closed all at once.
private final class Crowd: Sendable {
    private let connections: Mutex<[HTTPConnection]>
    init(_ connections: [HTTPConnection]) { self.connections = Mutex(connections) }
    func leave() { connections.withLock { $0 = [] } }
}
