import TestSupport
import Testing

/// What holds for each process by itself: one of a kind, little, and gone when told.
@Suite("life of a process", .serialized)
struct ProcessLifeTests {
    @Test(
        "SIGTERM: exit 0, also before anybody ever asked",
        arguments: [GatewayProcess.Name.signer, .provider, .ingress])
    func endsWhenTold(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            try await group.start(name)
            #expect(try await group[name].stop() == .exited(0))
            #expect(group[name].log.contains("drained"))
        }
    }

    @Test(
        "it comes back after SIGKILL as if nothing had happened",
        arguments: [GatewayProcess.Name.signer, .provider, .ingress])
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

    /// Signer keeps nothing, so that a second one harms nobody.
    @Test(
        "a second one on the same state directory waits for the first, then exits 70 naming its pid",
        arguments: [GatewayProcess.Name.provider, .ingress])
    func onlyOne(name: GatewayProcess.Name) async throws {
        try await withGroup { group in
            try await group.start(name)
            let first = group[name]
            guard let pid = first.pid else { return }
            let second = try TestGroup(in: group.folder, on: group.listener)[name]
            try await second.launch()
            #expect(try await second.ended() == .exited(70))
            #expect(second.log.contains("pid \(pid)"), "\(second.log)")
            #expect(try await first.stop() == .exited(0))
        }
    }

    @Test("one thread, two with a database; under 25 MB at rest (debug build)")
    func isSmall() async throws {
        try await withGroup { group in
            try await group.start(.signer, .provider, .ingress)
            for _ in 0..<20 {
                _ = try await group.webhook(Payload.text("hello", wamid: "wamid.1"))
                _ = try await group.send("send", SendTests.text)
                _ = try await group.get("/api/health")
            }
            for process in [group.signer, group.provider, group.ingress] {
                let status = try process.status()
                #expect(status["Threads"] == (process.name == .signer ? 1 : 2), "\(process.name)")
                #expect(status["VmRSS"].map { $0 < 25_000 } == true, "\(process.name): \(status)")
            }
        }
    }
}
