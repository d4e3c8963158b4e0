import Glibc
import JSON
import TestSupport
import Testing

extension LoadingTests {
    /// The group as people run it.
    ///
    /// Wants the release build that `./run.sh` makes, and makes none itself.
    @Suite(
        "run.sh and supervisord",
        .enabled("./run.sh has built what is here now") { await SupervisedGroup.isBuilt() })
    struct SupervisedTests {
        @Test("start, checklist, second start, sample, status, stop: as the README says")
        func asInTheReadme() async throws {
            try await withSupervised { group in
                let start = try await group.command("--detach")
                #expect(start.ended == .exited(0), "\(start.output)")
                #expect(start.output.contains("up: http://127.0.0.1:\(group.port), stub mode"))

                let health = try await group.ask("GET", "/api/health")
                #expect(health.text.hasPrefix(#"{"status":"ok","mode":"stub""#))
                let sample = try await group.command("sample-webhook", "hello from run.sh")
                #expect(sample.ended == .exited(0), "\(sample.output)")
                let list = try await group.ask("GET", "/api/whatsapp/conversations")
                #expect(
                    list.json["conversations"]?.elements?.first?["last_message_text"]?.text
                        == "hello from run.sh")
                let send = try await group.ask(
                    "POST", "/api/whatsapp/send", body: Array(RunningTests.SendTests.text.utf8))
                #expect(send.json["provider"]?.text == "stub")

                let processes = health.json["processes"]?.members ?? [:]
                let pids = try await group.pids()
                #expect(pids.count == 4)
                for (name, pid) in pids {
                    let status = try processStatus(pid)
                    #expect(status["Threads"] == (name == "signer" ? 1 : 2), "\(name)")
                    #expect(status["VmRSS"].map { $0 < 25_000 } == true, "\(name) \(status)")
                    #expect(processes[name] != nil)
                }

                let again = try await group.command("--detach")
                #expect(again.ended == .exited(0))
                #expect(again.output.contains("already running"))
                #expect(try await group.pids() == pids, "it is left alone")
                #expect(try await group.command("status").ended == .exited(0))

                #expect(try await group.command("stop").ended == .exited(0))
                await #expect(throws: HTTPFailure.refused) {
                    try await group.ask("GET", "/api/health")
                }
            }
        }

        @Test("each process restarted alone, under load: no request fails, and all is stored once")
        func restarts() async throws {
            try await withSupervised { group in
                #expect(try await group.command("--detach").ended == .exited(0))
                let load = Load(
                    port: group.port, secret: try group.text("secrets/app-secret"), connections: 4)
                async let tally = load.run()
                for name in ["signer", "inbox", "provider", "ingress"] {
                    let before = try await group.pids()[name]
                    let restart = try await group.command("restart", name)
                    #expect(restart.ended == .exited(0), "\(restart.output)")
                    #expect(try await group.pids()[name] != before)
                }
                load.stop()
                let result = try await tally
                #expect(result.refused == 0)
                #expect(result.unanswered == 0)
                #expect(result.otherAnswers == [])
                try await group.expectMessages(result.acknowledged.count)
            }
        }

        @Test("each process killed under load: nobody is refused, and every 200 is stored once")
        func kills() async throws {
            try await withSupervised { group in
                #expect(try await group.command("--detach").ended == .exited(0))
                let load = Load(
                    port: group.port, secret: try group.text("secrets/app-secret"), connections: 4)
                async let tally = load.run()
                for name in ["ingress", "signer", "inbox", "ingress"] {
                    guard let pid = try await group.pids()[name] else {
                        Issue.record("no \(name)")
                        continue
                    }
                    kill(pid, SIGKILL)
                    try await eventually("\(name) is another process") {
                        let now = try? await group.pids()[name]
                        return now != nil && now != pid
                    }
                }
                load.stop()
                let result = try await tally
                #expect(result.refused == 0)
                #expect(result.otherAnswers == [])
                #expect(
                    result.unanswered <= 2 * 4, "what was under way at the two kills of ingress")
                // What was not answered may have been stored all the same.
                try await group.expectMessages(
                    result.acknowledged.count, orMore: result.unanswered)
            }
        }

        @Test("supervisord killed: everything of the group ends, and a new start has it all")
        func supervisorKilled() async throws {
            try await withSupervised { group in
                #expect(try await group.command("--detach").ended == .exited(0))
                #expect(try await group.command("sample-webhook", "before").ended == .exited(0))
                let pids = try await group.pids()
                let supervisor = try #require(try group.supervisor())
                kill(supervisor, SIGKILL)
                try await eventually("all four are gone", within: .seconds(20)) {
                    pids.values.allSatisfy { kill($0, 0) != 0 }
                }
                let start = try await group.command("--detach")
                #expect(start.ended == .exited(0), "\(start.output)")
                let list = try await group.ask("GET", "/api/whatsapp/conversations")
                #expect(
                    list.json["conversations"]?.elements?.first?["last_message_text"]?.text
                        == "before")
            }
        }

        @Test("two groups at once know nothing of each other")
        func twoGroups() async throws {
            try await withSupervised { one in
                try await withSupervised { other in
                    async let first = one.command("--detach")
                    async let second = other.command("--detach")
                    #expect(try await first.ended == .exited(0))
                    #expect(try await second.ended == .exited(0))
                    #expect(try await one.command("sample-webhook", "one").ended == .exited(0))
                    try await one.expectMessages(1)
                    try await other.expectMessages(0)
                    #expect(try await other.command("stop").ended == .exited(0))
                    #expect(try await one.ask("GET", "/api/health").status == 200)
                }
            }
        }

        @Test("a wrong setting: exit 78 by name, nothing runs, and connections are refused")
        func wrongSetting() async throws {
            try await withSupervised { group in
                for (name, value) in [
                    ("GATEWAY_JOURNAL_DAYS", "week"), ("GATEWAY_LISTEN", "nowhere"),
                    ("WHATSAPP_ACCESS_TOKEN", "token"), ("GATEWAY_API_TOKEN", "short"),
                ] {
                    let start = try await group.command("--detach", settings: [name: value])
                    #expect(start.ended == .exited(78), "\(name): \(start.output)")
                    #expect(start.output.contains(name))
                    await #expect(throws: HTTPFailure.refused) {
                        try await group.ask("GET", "/api/health")
                    }
                }
            }
        }
    }
}

/// Lends a supervised group to a test and ends it with the test, however that ends.
func withSupervised(
    _ body: (SupervisedGroup) async throws -> Void
) async throws {
    let group = try SupervisedGroup()
    do { try await body(group) } catch {
        await group.end()
        throw error
    }
    await group.end()
}

extension SupervisedGroup {
    /// The pids of the four, by their names; of those alone that health knows.
    fileprivate func pids() async throws -> [String: pid_t] {
        let health = try await ask("GET", "/api/health")
        return (health.json["processes"]?.members ?? [:]).compactMapValues { process in
            guard case .integer(let pid)? = process["pid"] else { return nil }
            return pid_t(pid)
        }
    }

    /// Waits until inbox has as many messages, or up to so many more.
    fileprivate func expectMessages(_ count: Int, orMore more: Int = 0) async throws {
        try await eventually("inbox has \(count) messages", within: .seconds(30)) {
            let health = try await ask("GET", "/api/health")
            guard health.json["spooled"] == 0,
                case .integer(let found)? =
                    health.json["processes"]?["inbox"]?["figures"]?["messages"]
            else { return false }
            return (count...count + more).contains(Int(found))
        }
    }
}
