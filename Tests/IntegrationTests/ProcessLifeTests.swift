import JSON
import TestSupport
import Testing

/// What holds for each process by itself: one of a kind, little, and gone when told.
@Suite("life of a process", .serialized)
struct ProcessLifeTests {
    @Test(
        "SIGTERM: exit 0, also before anybody ever asked",
        arguments: GatewayProcess.Name.allCases)
    func endsWhenTold(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            try await group.start(name)
            #expect(try await group[name].stop() == .exited(0))
            #expect(group[name].log.contains("drained"))
        }
    }

    @Test(
        "it comes back after SIGKILL as if nothing had happened",
        arguments: GatewayProcess.Name.allCases)
    func startsAfterKill(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            for _ in 0..<3 {
                try await group.start(name)
                group[name].kill()
            }
            try await group.start(name)
            #expect(try await group[name].stop() == .exited(0))
        }
    }

    @Test(
        "a second one on the same state directory waits for the first, then exits 70 naming its pid"
    )
    func onlyOne() async throws {
        try await withGroup { group in
            try await group.start()
            let others = try TestGroup(in: group.folder, on: group.listener)
            for name in GatewayProcess.Name.allCases { try await others[name].launch() }
            for name in GatewayProcess.Name.allCases {
                #expect(try await others[name].ended() == .exited(70), "\(name)")
                let pid = group[name].pid.map { "pid \($0)" } ?? ""
                #expect(others[name].log.contains(pid), "\(others[name].log)")
            }
            #expect(try await group.get("/api/health").json["status"]?.text == "ok")
            for process in group.all.reversed() {
                #expect(try await process.stop() == .exited(0))
            }
        }
    }

    /// What a debug build maps of its many libraries is not its own; the group that people run is
    /// held to 25 MB in all by `SupervisedTests`.
    @Test(
        "one thread, two with a database; under 8 MB of its own at rest",
        .enabled("a sanitizer has a thread of its own, and memory") { !Sanitizer.isOn })
    func isSmall() async throws {
        try await withGroup { group in
            try await group.start()
            for _ in 0..<20 {
                _ = try await group.webhook(Payload.text("hello", wamid: "wamid.1"))
                _ = try await group.send("send", RunningTests.SendTests.text)
                _ = try await group.messages()
                _ = try await group.get("/api/health")
            }
            for process in group.all {
                let status = try process.status()
                #expect(status["Threads"] == (process.name == .signer ? 1 : 2), "\(process.name)")
                #expect(status["RssAnon"].map { $0 < 8_000 } == true, "\(process.name): \(status)")
            }
        }
    }
}
