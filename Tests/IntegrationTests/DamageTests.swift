import Glibc
import JSON
import TestSupport
import Testing

extension RunningTests {
    /// What is no longer what was written: it is left as it is, said with the cure, and never served.
    @Suite("damaged stores")
    struct DamageTests {
        /// How a file comes to be another.
        enum Damage: CaseIterable {
            /// Its first 100 bytes are zeros.
            case header
            /// The second half of it is noise.
            case pages
            /// The second half of it is gone.
            case truncated
        }

        @Test(
            "a journal: webhooks get 503 while sends and reads go on; with a good file nothing is lost",
            arguments: Damage.allCases)
        func journal(damage: Damage) async throws {
            try await withGroup { group in
                try await group.start()
                let texts = try await group.fillStores()
                let good = try await group.damage(.ingress, damage)
                try await group.ingress.start()
                try await group.expectDamage(of: .ingress, status: 503)
                let refused = try await group.webhook(
                    Payload.text("refused", wamid: "wamid.refused"))
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] != nil)
                #expect(try await group.send("send", SendTests.text).status == 200)
                #expect(try await group.get("/api/whatsapp/conversations").status == 200)
                try await group.mend(.ingress, good)
                try await group.postTexts(["after"])
                let found = try await group.settledStems()
                #expect(Set(found).isSuperset(of: texts + ["after"]))
                #expect(!found.contains("refused"))
            }
        }

        @Test(
            "an outbox: sends get 503 while webhooks and reads go on; with a good file all is as before",
            arguments: Damage.allCases)
        func outbox(damage: Damage) async throws {
            try await withGroup { group in
                try await group.start()
                let texts = try await group.fillStores()
                let good = try await group.damage(.provider, damage)
                try await group.provider.start()
                try await group.expectDamage(of: .provider, status: 200)
                let key = ["Idempotency-Key: refused"]
                #expect(try await group.send("send", SendTests.text, key).status == 503)
                try await group.postTexts(["during"])
                try await group.mend(.provider, good)
                #expect(try await group.send("send", SendTests.text, key).status == 200)
                let found = try await group.settledStems()
                #expect(Set(found).isSuperset(of: texts + ["during"]))
                #expect(Set(found).count == found.count)
            }
        }

        @Test(
            "an inbox.db: reads get 503 while webhooks and sends go on; with a good file all arrive",
            arguments: Damage.allCases)
        func inbox(damage: Damage) async throws {
            try await withGroup { group in
                try await group.start()
                let texts = try await group.fillStores()
                let good = try await group.damage(.inbox, damage)
                try await group.inbox.start()
                try await group.expectDamage(of: .inbox, status: 200)
                #expect(try await group.get("/api/whatsapp/conversations").status == 503)
                try await group.postTexts(["during"])
                #expect(try await group.send("send", SendTests.text).status == 200)
                try await group.mend(.inbox, good)
                let found = try await group.settledStems()
                #expect(Set(found).isSuperset(of: texts + ["during"]))
                #expect(found.count == texts.count + 2)
            }
        }
    }
}

extension TestGroup {
    /// The file that a process keeps.
    private static func store(of name: GatewayProcess.Name) -> String {
        switch name {
        case .ingress: "ingress/journal.db"
        case .provider: "provider/outbox.db"
        case .inbox, .signer: "inbox/inbox.db"
        }
    }

    /// Posts and sends enough that each store has many pages; answers the texts, once inbox has them.
    fileprivate func fillStores() async throws -> [String] {
        let filling = String(repeating: "x", count: 3_000)
        let posted = numbered("w", 1...50).map { $0 + filling }
        for text in posted {
            let answer = try await webhook(Payload.text(text, wamid: "wamid.\(text.prefix(5))"))
            #expect(answer.status == 200)
        }
        let sent = numbered("s", 1...50).map { $0 + filling }
        for text in sent {
            let answer = try await send(
                "send", #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#,
                ["Idempotency-Key: \(text.prefix(5))"])
            #expect(answer.status == 200)
        }
        try await eventually("inbox has them") { try await messages()?.count == 100 }
        return (posted + sent).map(\.stem)
    }

    /// Ends a process, damages what it keeps, and answers what that was before.
    ///
    /// It ends in good order, so that all is in the file, and once more without one.
    fileprivate func damage(
        _ name: GatewayProcess.Name, _ damage: RunningTests.DamageTests.Damage
    ) async throws -> [UInt8] {
        #expect(try await self[name].stop() == .exited(0))
        try await self[name].start()
        self[name].kill()
        let path = folder.file(Self.store(of: name))
        let good = try contents(of: path)
        #expect(good.count > 40 << 10)
        var bytes = good
        switch damage {
        case .header: for place in 0..<100 { bytes[place] = 0 }
        case .pages: for place in bytes.count / 2..<bytes.count { bytes[place] = 0x55 }
        case .truncated: bytes.removeLast(bytes.count / 2)
        }
        removeFile(path)
        try write(bytes, to: path)
        return good
    }

    /// Waits until health and the log say what is damaged.
    fileprivate func expectDamage(of name: GatewayProcess.Name, status: Int) async throws {
        try await eventually("health says that a store is damaged") {
            let health = try await get("/api/health")
            return health.reasons.contains("store_damaged") && health.status == status
        }
        let health = try await get("/api/health")
        let reason = health.json["reasons"]?.elements?.first { $0["code"]?.text == "store_damaged" }
        #expect(reason?["hint"]?.text?.isEmpty == false)
        #expect(self[name].log.contains("store.damaged"))
        #expect(self[name].isRunning)
    }

    /// Puts the good file back, as the hint says, and starts the process again.
    fileprivate func mend(_ name: GatewayProcess.Name, _ good: [UInt8]) async throws {
        #expect(try await self[name].stop() == .exited(0))
        let path = folder.file(Self.store(of: name))
        for end in ["", "-wal", "-shm"] { removeFile(path + end) }
        try write(good, to: path)
        try await self[name].start()
    }
}
