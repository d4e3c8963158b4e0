import FoundationEssentials
import IPC
import Reactor
import TestSupport
import Testing
import Wire

@testable import Daemon
@testable import Provider

@Suite("The process over its socket")
struct ProviderProcessTests {
    let running: RunningProvider

    init() throws { running = try RunningProvider() }

    private static let limit = Duration.seconds(10)

    @Test("answers a send with the journal's head, and tells the message by its names")
    func sends() async throws {
        try await running { client in
            let answer = try await client.ask(
                SendMessage.example("msg_a", reference: "r"), within: Self.limit)
            #expect(answer.id == "msg_a" && answer.status == .accepted)
            #expect(answer.provider == "stub" && answer.to == "+919800000001")
            #expect(!answer.replayed && answer.journal.seq == 1)
            let wamid = try #require(answer.wamid)
            for name in [MessageName.id("msg_a"), .id(wamid), .reference("r")] {
                let found = try await client.ask(FindOutboxMessage(name: name), within: Self.limit)
                #expect(found.message?.id == "msg_a" && found.message?.wamid == wamid)
                #expect(found.attempts.map(\.wamid) == [wamid])
                #expect(found.journal.origin == answer.journal.origin)
            }
            let nobody = try await client.ask(
                FindOutboxMessage(name: .id("msg_x")), within: Self.limit)
            #expect(nobody.message == nil && nobody.attempts.isEmpty)
        }
    }

    @Test("replays a key, also when today's rules would refuse the body")
    func replays() async throws {
        try await running { client in
            _ = try await client.ask(SendMessage.example("msg_a", key: "k"), within: Self.limit)
            let again = try await client.ask(
                SendMessage.example("msg_b", key: "k"), within: Self.limit)
            #expect(again.id == "msg_a" && again.replayed)
            // The id of a message that is here, with a body that no rule takes.
            let odd = SendMessage(
                id: "msg_a", form: .text, path: "/", body: Data("{}".utf8), idempotencyKey: nil,
                answerBy: .max)
            #expect(try await client.ask(odd, within: Self.limit).id == "msg_a")
        }
    }

    @Test("refuses what is wrong in the words of the HTTP answer")
    func refuses() async throws {
        try await running { client in
            let odd = SendMessage(
                id: "msg_a", form: .text, path: "/", body: Data(#"{"to":"98765","text":"x"}"#.utf8),
                idempotencyKey: "k", answerBy: .max)
            do {
                _ = try await client.ask(odd, within: Self.limit)
                Issue.record("it was taken")
            } catch WireError.refused(let problem) {
                #expect(problem.code == .invalidRecipient && problem.httpStatus == 400)
            }
            // A refusal frees the key.
            let next = try await client.ask(
                SendMessage.example("msg_b", key: "k"), within: Self.limit)
            #expect(next.id == "msg_b" && !next.replayed)
        }
    }

    @Test("describes itself: what it keeps, and that inbox is behind once it is")
    func describes() async throws {
        try await running { client in
            let fresh = try await client.ask(DescribeProvider(), within: Self.limit)
            #expect(fresh.process == .provider && fresh.mode == .stub && fresh.reasons.isEmpty)
            #expect(fresh.figures["accepted"] == 0 && fresh.figures["queued"] == 0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0...1_000 {
                    group.addTask {
                        _ = try await client.ask(
                            SendMessage.example("msg_\(n)"), within: Self.limit)
                    }
                }
                try await group.waitForAll()
            }
            let report = try await client.ask(DescribeProvider(), within: Self.limit)
            #expect(report.figures["accepted"] == 1_001)
            #expect(report.figures["journal_lag", default: 0] > 1_000)
            #expect(report.reasons.map(\.code) == ["journal_behind"])
        }
    }

    @Test("knows after a restart what it answered before")
    func restarts() async throws {
        try await running { client in
            _ = try await client.ask(SendMessage.example("msg_a", key: "k"), within: Self.limit)
        }
        try await running { client in
            let again = try await client.ask(
                SendMessage.example("msg_b", key: "k"), within: Self.limit)
            #expect(again.id == "msg_a" && again.replayed && again.status == .accepted)
        }
    }
}
