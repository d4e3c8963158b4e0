import Glibc
import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// Disks of a few megabytes, filled up: nothing needs a restart once there is room again.
    @Suite(
        "full disks", .enabled("this user may mount a file system") { await MountedDisk.canMount() }
    )
    struct FullDiskTests {
        /// Beyond every store's empty tables, and soon full.
        private static let size = 4_096
        private static let filling = String(repeating: "x", count: 3_000)

        @Test("the journal's: webhooks get 503, all else goes on; with room nothing is lost")
        func journal() async throws {
            try await withGroup { group in
                try await group.withDisk(over: .ingress, kibibytes: Self.size) { disk in
                    try await group.start()
                    try disk.takeRoom(leaving: 256)
                    let kept = try await Self.fill { text in
                        try await group.webhook(Payload.text(text, wamid: "wamid.\(text)"))
                    }
                    let health = try await group.get("/api/health")
                    #expect(health.status == 503)
                    #expect(health.reasons == ["store_full"])
                    // It takes no entry of the journal: other paths go on.
                    #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
                    #expect(try await group.settledTexts().count == kept.count + 1)
                    #expect(group.ingress.log.count(of: "store.full") == 1)

                    disk.leaveRoom()
                    try await group.postTexts(["after"])
                    #expect(try await group.get("/api/health").json["status"]?.text == "ok")
                    let texts = try await group.settledStems()
                    #expect(Set(texts).isSuperset(of: kept + ["after"]))
                    #expect(Set(texts).count == texts.count)
                    #expect(try await group.ingress.stop() == .exited(0))
                }
            }
        }

        @Test("the outbox's: sends get 503, all else goes on; with room the same key is taken once")
        func outbox() async throws {
            try await withGroup { group in
                try await group.withDisk(over: .provider, kibibytes: Self.size) { disk in
                    try await group.start()
                    try disk.takeRoom(leaving: 256)
                    let kept = try await Self.fill { text in try await group.sendKeyed(text) }
                    let health = try await group.get("/api/health")
                    #expect(health.status == 200)
                    #expect(health.reasons.contains("store_full"))
                    try await group.postTexts(["before"])
                    #expect(group.provider.log.count(of: "store.full") == 1)

                    disk.leaveRoom()
                    for text in kept.map({ $0 + Self.filling }) + ["after"] {
                        #expect(try await group.sendKeyed(text).status == 200)
                    }
                    try await eventually("health is well again") {
                        try await group.get("/api/health").json["status"]?.text == "ok"
                    }
                    let texts = try await group.settledStems()
                    #expect(Set(texts).isSuperset(of: kept + ["before", "after"]))
                    #expect(Set(texts).count == texts.count)
                    #expect(try await group.provider.stop() == .exited(0))
                }
            }
        }

        @Test("inbox's: webhooks and sends are taken, reads answered; with room all arrive")
        func inbox() async throws {
            try await withGroup { group in
                try await group.withDisk(over: .inbox, kibibytes: Self.size) { disk in
                    try await group.start()
                    try await group.postTexts(["before"])
                    #expect(try await group.settledTexts() == ["before"])
                    try disk.takeRoom(leaving: 64)
                    let texts = numbered("w", 1...200)
                    for text in texts {
                        let body = Payload.text(text + Self.filling, wamid: "wamid.\(text)")
                        #expect(try await group.webhook(body).status == 200)
                    }
                    try await eventually("health says that inbox is full") {
                        try await group.get("/api/health").reasons.contains("store_full")
                    }
                    #expect(try await group.send("send", RunningTests.SendTests.text).status == 200)
                    let list = try await group.get("/api/whatsapp/conversations")
                    #expect(list.status == 200)
                    #expect(list.json["behind"] != nil)
                    #expect(group.inbox.log.count(of: "store.full") == 1)

                    disk.leaveRoom()
                    try await disk.resize(kibibytes: 8 * Self.size)
                    try await eventually("all arrive", within: .seconds(30)) {
                        try await group.messages()?.count == texts.count + 2
                    }
                    try await eventually("health is well again") {
                        try await group.get("/api/health").json["status"]?.text == "ok"
                    }
                    #expect(try await group.inbox.stop() == .exited(0))
                }
            }
        }

        @Test(
            "the outbox's while Meta answers: the answers stay in memory, nothing more goes, then all is written"
        )
        func answersInMemory() async throws {
            try await withLiveGroup { group, graph in
                #expect(try await group.provider.stop() == .exited(0))
                try await group.withDisk(over: .provider, kibibytes: Self.size) { disk in
                    try await group.provider.start()
                    try disk.takeRoom(leaving: 128)
                    let late = TestGroup.person(0)
                    try await graph.add(
                        GraphRule(when: .init(to: late), .accept(), .hang(.seconds(2))))
                    let fields = ["Prefer: respond-async"]
                    let first = try await group.sendText("first", to: late, fields)
                    #expect(first.status == 202)
                    try await graph.reach(.accepted, 1)
                    var status = 202
                    for n in 0..<500 where status != 503 {
                        status = try await group.sendText(
                            "\(n)" + Self.filling, to: TestGroup.person(1), fields
                        ).status
                    }
                    #expect(status == 503)
                    try await eventually("health says that answers are unwritten") {
                        try await group.get("/api/health").reasons.contains("outcome_unwritten")
                    }
                    disk.leaveRoom()
                    let id = try #require(first.json["id"]?.text)
                    try await eventually("it is written", within: .seconds(20)) {
                        try await group.status(of: id) == "accepted"
                    }
                    try await eventually("nothing waits", within: .seconds(60)) {
                        let health = try await group.get("/api/health")
                        return health.json["status"]?.text == "ok"
                            && health.json["processes"]?["provider"]?["figures"]?["queued"] == 0
                    }
                    let times = try await graph.acceptances()
                    #expect(times.values.allSatisfy { $0 == 1 } && times[id] == 1)
                }
            }
        }

        /// Gives texts until twenty in a row are refused for lack of room; answers what those began with
        /// that were taken: at the brink one may be after another was not.
        private static func fill(
            _ give: (_ text: String) async throws -> HTTPAnswer
        ) async throws -> [String] {
            var kept: [String] = []
            var refusals = 0
            for number in 0..<2_000 where refusals < 20 {
                let text = "\(number).\(filling)"
                let answer = try await give(text)
                if answer.status == 200 {
                    kept.append(text.stem)
                    refusals = 0
                } else {
                    #expect(answer.status == 503)
                    #expect(answer["Retry-After"] != nil)
                    #expect(answer.json["error"]?["code"]?.text == "store_full")
                    refusals += 1
                }
            }
            #expect(refusals == 20 && !kept.isEmpty)
            return kept
        }
    }
}

extension TestGroup {
    /// Lends a small disk under the folder of one process, which does not run yet.
    fileprivate func withDisk(
        over name: GatewayProcess.Name, kibibytes: Int, _ body: (MountedDisk) async throws -> Void
    ) async throws {
        let path = folder.file(name.rawValue)
        mkdir(path, 0o700)
        let disk = try await MountedDisk(inMemoryOver: path, kibibytes: kibibytes)
        defer { withExtendedLifetime(disk) { self[name].kill() } }
        try await body(disk)
    }

    /// Sends a text with the key that is made of it.
    fileprivate func sendKeyed(_ text: String) async throws -> HTTPAnswer {
        try await send(
            "send", #"{"to":"+\#(Payload.contact)","text":"\#(text)"}"#,
            ["Idempotency-Key: \(text.prefix(20))"])
    }
}

extension HTTPAnswer {
    /// The codes of health's reasons.
    var reasons: [String] { json["reasons"]?.elements?.compactMap { $0["code"]?.text } ?? [] }
    /// The codes of health's warnings.
    var warnings: [String] { json["warnings"]?.elements?.compactMap { $0["code"]?.text } ?? [] }
}

extension TestGroup {
    /// What each text with a person begins with, sorted: reads cut long ones.
    func settledStems() async throws -> [String] { try await settledTexts().map(\.stem) }
}

extension String {
    /// What it has before its filling of `x`.
    var stem: String { String(prefix { $0 != "x" }) }

    /// How many of its lines have `text` in them.
    func count(of text: String) -> Int {
        split(separator: "\n").filter { $0.contains(text) }.count
    }
}
