import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("Dead letters")
struct DeadLetterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Three that Meta refused afterwards and one without an answer; everything later is accepted.
    private static let script: ScriptedGraph.Script = { number, request in
        guard number < 4 else { return .accepted(wamid: "w\(number)", waID: nil) }
        return request.id == "msg_3" ? .unknown(reason: "timeout") : .refusal(131_047)
    }

    private func open(
        _ body: @escaping @Sendable (LiveOutbox) async throws -> Void
    ) async throws {
        try await LiveOutbox.open(in: folder, Self.script) { it in
            for n in 0..<4 { _ = try await it.send("msg_\(n)", wait: 0) }
            for n in 0..<3 {
                let isDead = try await it.reaches(.failed, "msg_\(n)")
                #expect(isDead)
            }
            let isLost = try await it.reaches(.unknown, "msg_3")
            #expect(isLost)
            _ = try await it.scratch.outbox.change { store, tables, now in
                try store.follow(
                    FeedNews(
                        position: "0-1", completeTo: Clocks.boot + OutboxStore.evidenceWait),
                    in: tables, at: now)
            }
            try await body(it)
        }
    }

    @Test("are listed newest first, whole and counted by cause, page by page")
    func list() async throws {
        try await open { it in
            let all = try await it.list()
            #expect(all.deadLetters.map(\.id) == ["msg_3", "msg_2", "msg_1", "msg_0"])
            #expect(all.counts == ["outside_window": 3, "outcome_unknown": 1])
            let first = try #require(all.deadLetters.last)
            #expect(first.to == "+919800000001" && first.attempts == 1)
            #expect(first.error?.providerCode == 131_047)
            #expect(first.request["text"]?["body"]?.text == "hi")
            var (ids, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await it.list(limit: 2, cursor: cursor)
                ids += page.deadLetters.map(\.id)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(ids == all.deadLetters.map(\.id))
            let unknown = try await it.list(cause: "outcome_unknown")
            #expect(unknown.deadLetters.map(\.id) == ["msg_3"])
        }
    }

    @Test("go again in order when all are retried, but for those whose outcome is unknown")
    func retryAll() async throws {
        try await open { it in
            let answer = try await it.retry("again", .all)
            #expect(answer.retried == ["msg_0", "msg_1", "msg_2"] && !answer.more)
            for n in 0..<3 {
                let isSent = try await it.reaches(.accepted, "msg_\(n)")
                #expect(isSent)
            }
            #expect(
                await it.graph.requests.suffix(3).map(\.name) == ["msg_0.2", "msg_1.2", "msg_2.2"])
            let left = try await it.list()
            #expect(left.deadLetters.map(\.id) == ["msg_3"])
            // The same request again, though they might have come back: the first answer, no send.
            let repeated = try await it.retry("again", .all)
            #expect(repeated == answer)
            #expect(await it.graph.requests.count == 7)
        }
    }

    @Test(
        "whose outcome is unknown go again when they are named",
        arguments: [.ids(["msg_3"]), .cause("outcome_unknown")] as [RetryDeadLetters.Choice])
    func retryUnknown(choice: RetryDeadLetters.Choice) async throws {
        try await open { it in
            let answer = try await it.retry("named", choice)
            #expect(answer.retried == ["msg_3"])
            let isSent = try await it.reaches(.accepted, "msg_3")
            #expect(isSent)
            #expect(await it.graph.requests.last?.name == "msg_3.2")
        }
    }

    @Test("are off the list once discarded, and no retry brings them back")
    func discard() async throws {
        try await open { it in
            let gone = try await it.discard("msg_0")
            let again = try await it.discard("msg_0")
            let other = try await it.discard("msg_9")
            #expect(gone && !again && !other)
            let answer = try await it.retry("x", .ids(["msg_0"]))
            #expect(answer.retried.isEmpty)
            let left = try await it.list()
            #expect(left.counts == ["outside_window": 2, "outcome_unknown": 1])
        }
    }
}

extension LiveOutbox {
    func list(
        cause: String? = nil, limit: Int = 50, cursor: String? = nil
    ) async throws -> ListDeadLetters.Answer {
        let asked = ListDeadLetters(cause: cause, limit: limit, cursor: cursor)
        return try await scratch.outbox.change { store, tables, now in
            try store.deadLetters(asked, in: tables, at: now)
        }
    }

    func retry(
        _ key: String, _ choice: RetryDeadLetters.Choice
    ) async throws -> RetryDeadLetters.Answer {
        let (answer, tickets) = try await scratch.outbox.change { store, tables, now in
            try store.retry(RetryDeadLetters(key: key, choice: choice), in: tables, at: now)
        }
        await sender.requeue(tickets)
        return answer
    }

    func discard(_ id: String) async throws -> Bool {
        try await scratch.outbox.change { _, tables, now in
            try tables.deadLetters.discard(id, at: now)
        }
    }
}
