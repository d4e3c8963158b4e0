import Glibc
import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// A process that cannot start for a while, and one that is another program after its restart.
    @Suite("starts and restarts")
    struct RestartTests {
        @Test(
            "inbox cannot start, again and again: all is kept meanwhile, and health tells the storm"
        )
        func startFails() async throws {
            try await withGroup { group in
                try await group.start(.signer, .provider, .ingress)
                // What cannot be opened as a file, not even by root.
                let folder = group.folder.file("inbox")
                #expect(mkdir(folder, 0o700) == 0 && mkdir("\(folder)/inbox.db", 0o700) == 0)
                for n in 1...4 {
                    try await group.inbox.launch()
                    #expect(try await group.inbox.ended() == .exited(70))
                    #expect(group.inbox.log.contains("inbox.db"))
                    try await group.postTexts(["w\(n)"])
                    try await group.sendUntilTaken("s\(n)")
                }
                #expect(rmdir("\(folder)/inbox.db") == 0)
                try await group.inbox.start()
                #expect(
                    try await group.settledTexts()
                        == ["s1", "s2", "s3", "s4", "w1", "w2", "w3", "w4"])
                let health = try await group.get("/api/health")
                #expect(health.reasons.contains("restart_storm"))
                #expect(health.status == 200)
            }
        }

        @Test(
            "its program is replaced under load, and it is restarted: no request fails, all is kept",
            arguments: GatewayProcess.Name.allCases)
        func upgraded(name: GatewayProcess.Name) async throws {
            try await withGroup { group in
                let folder = try TemporaryFolder()
                let program = folder.file(name.rawValue)
                try copyProgram(name.rawValue, to: program)
                group[name].set(program: program)
                try await group.start()
                let load = Load(port: group.listener.port, connections: 4)
                async let tally = load.run()
                for n in 1...2 {
                    let before = load.answered
                    try await eventually("webhooks are answered") { load.answered > before + 25 }
                    try copyProgram(name.rawValue, to: "\(program).new")
                    #expect(rename("\(program).new", program) == 0)
                    async let sent: Void = group.sendUntilTaken("s\(n)")
                    #expect(try await group[name].stop() == .exited(0))
                    try await group[name].start()
                    try await sent
                }
                load.stop()
                let result = try await tally
                #expect(result.refused == 0)
                #expect(result.otherAnswers == [])
                #expect(result.unanswered == 0)
                #expect(Set(result.acknowledged) == Set(try await group.journaledWebhooks()))
                try await eventually("inbox has all", within: .seconds(30)) {
                    try await group.messages()?.count == result.acknowledged.count + 2
                }
                withExtendedLifetime(folder) {}
            }
        }
    }
}

/// Copies a program that was built with the tests.
private func copyProgram(_ name: String, to path: String) throws {
    try write(try contents(of: try executable(name)), to: path)
    #expect(chmod(path, 0o700) == 0)
}
