import CloudAPI
import FoundationEssentials
import JSON
import Journal
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The outbox")
struct OutboxTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("accepts in stub, and journals what was sent in the same transaction")
    func accepts() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let taken = try await it.outbox.take(
                SendMessage.example("msg_a", reference: "order 7").submission())
            #expect(!taken.isReplay && taken.kept.id == "msg_a")
            #expect(taken.kept.to == "+919800000001")
            #expect(taken.kept.message.status == .accepted)
            let wamid = StubWamid.make(for: "msg_a")
            #expect(taken.kept.message.wamid == wamid)
            let head = try await it.outbox.head()
            #expect(head.seq == 1)
            let told = try #require(try await it.transitions().first)
            #expect(told.id == "msg_a" && told.mode == .stub && told.status == .accepted)
            #expect(told.wamid == wamid && told.attempt == 1)
            let message = try #require(told.message)
            #expect(message.to.phone == "919800000001" && message.type == "text")
            #expect(message.text == "hi" && message.content?["body"]?.text == "hi")
            #expect(message.reference == "order 7")
            #expect(message.phoneNumberID == StubAccount.phoneNumberID)
        }
    }

    @Test("gives the same id again the same row, and calls it no replay", arguments: [nil, "key"])
    func resent(key: String?) async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let submission = try SendMessage.example("msg_a", key: key).submission()
            async let first = it.outbox.take(submission)
            async let second = it.outbox.take(submission)
            let both = try await [first, second]
            #expect(both[0] == both[1] && !both[1].isReplay)
            #expect(try await it.outbox.take(submission) == both[0])
            #expect(try await it.transitions().count == 1)
        }
    }

    @Test("makes one message of 1,000 equal requests with one key at once")
    func thousand() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let taken = try await withThrowingTaskGroup(of: Taken.self) { group in
                for n in 0..<1_000 {
                    let submission = try SendMessage.example("msg_\(n)", key: "k").submission()
                    group.addTask { try await it.outbox.take(submission) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(taken.count == 1_000)
            #expect(Set(taken.map(\.kept.id)).count == 1)
            #expect(taken.count { !$0.isReplay } == 1)
            #expect(try await it.transitions().count == 1)
            // Coalesced: far fewer transactions than requests.
            #expect(await it.outbox.commits < 100)
        }
    }

    @Test("refuses a key that belongs to another body or path, whatever its own id")
    func reused() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            _ = try await it.outbox.take(SendMessage.example("msg_a", key: "k").submission())
            let other = try SendMessage.example("msg_b", text: "ho", key: "k").submission()
            let problem = try await #require(throws: Problem.self) {
                try await it.outbox.take(other)
            }
            #expect(problem.code == .idempotencyKeyReused && problem.httpStatus == 422)
            let same = SendMessage.example("msg_c", key: "k")
            let path = SendMessage(
                id: same.id, form: same.form, path: "/other", body: same.body,
                idempotencyKey: "k", answerBy: .max)
            await #expect(throws: Problem.self) { try await it.outbox.take(path.submission()) }
            #expect(try await it.transitions().count == 1)
        }
    }

    @Test("knows key and message after a restart")
    func reopened() async throws {
        let first = try await ScratchOutbox.open(in: folder) { it in
            try await it.outbox.take(SendMessage.example("msg_a", key: "k").submission())
        }
        try await ScratchOutbox.open(in: folder) { it in
            let again = try await it.outbox.take(
                SendMessage.example("msg_b", key: "k").submission())
            #expect(again.kept == first.kept && again.isReplay)
            #expect(await it.outbox.figures() == [.accepted: 1])
            #expect(try await it.outbox.head().seq == 1)
        }
    }

    @Test("does not take in what came after its deadline, and keeps nothing of its key")
    func deadline() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let late = try SendMessage.example("msg_a", key: "k").submission(until: Clocks.boot)
            let problem = try await #require(throws: Problem.self) {
                try await it.outbox.take(late)
            }
            #expect(problem.retryable && problem.httpStatus == 503)
            #expect(try await it.journal().isEmpty)
            let next = try await it.outbox.take(SendMessage.example("msg_b", key: "k").submission())
            #expect(!next.isReplay && next.kept.id == "msg_b")
        }
    }

    @Test("keeps the neighbours of a send that alone can't be kept")
    func poison() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            // Longer than a journal entry may be, which no request of 1 MiB can ask for.
            let huge = String(repeating: "x", count: 7_000_000)
            let request = SendMessage(
                id: "msg_bad", form: .template, path: "/",
                body: Data(
                    """
                    {"to":"+919800000001","template_name":"a","language_code":"en",\
                    "components":[{"type":"header","parameters":[{"type":"later","later":"\(huge)"}]}]}
                    """.utf8), idempotencyKey: "bad", answerBy: .max)
            let submissions = [
                try SendMessage.example("msg_a").submission(), try request.submission(),
                try SendMessage.example("msg_b").submission(),
            ]
            let commit = try await it.store.take(submissions, now: 1, boot: 0)
            #expect(
                (try? commit.outcomes[0].get()) != nil && (try? commit.outcomes[2].get()) != nil)
            #expect(throws: Problem.self) { try commit.outcomes[1].get() }
            #expect(try await it.transitions().map(\.id) == ["msg_a", "msg_b"])
            #expect(try await it.outbox.find(.id("msg_bad")) == nil)
            #expect(await it.outbox.figures() == [.accepted: 2])
        }
    }

    @Test("finds a message by id, by wamid, and the newest by reference")
    func find() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            for id in ["msg_a", "msg_b", "msg_c"] {
                let reference = id == "msg_c" ? nil : "r"
                _ = try await it.outbox.take(
                    SendMessage.example(id, reference: reference).submission())
            }
            let names: [(MessageName, String?)] = [
                (.id("msg_a"), "msg_a"), (.id(StubWamid.make(for: "msg_c")), "msg_c"),
                (.reference("r"), "msg_b"), (.id("msg_x"), nil), (.id("wamid.x"), nil),
                (.reference("x"), nil),
            ]
            for (name, id) in names {
                let found = try await it.outbox.find(name)
                #expect(found?.0.id == id)
                #expect(found?.1.map(\.number) ?? [1] == [1])
            }
        }
    }

    @Test("answers what it had taken in when it is closed, and refuses what comes after")
    func closing() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let submission = try SendMessage.example("msg_a").submission()
            async let taken = it.outbox.take(submission)
            // The loop is first come, first served: after a few rounds the send has been queued.
            for _ in 0..<10 { await Task.yield() }
            await it.outbox.close()
            let answered = try await taken
            #expect(answered.kept.id == "msg_a")
            await #expect(throws: Problem.self) { try await it.outbox.take(submission) }
        }
        try await ScratchOutbox.open(in: folder) { it in
            let found = try await it.outbox.find(.id("msg_a"))
            #expect(found != nil)
        }
    }

    @Test("forgets settled messages after their time, keys and all, but nothing younger than 72 h")
    func prunes() async throws {
        let day: Int64 = 24 * 3_600 * 1_000
        try await ScratchOutbox.open(in: folder, retention: .init(age: day)) { it in
            let submission = try SendMessage.example("msg_a", key: "k").submission()
            let start = Clocks.wall
            _ = try await it.store.take([submission], now: start, boot: 0)
            for _ in StubStep.allCases {
                _ = try await it.store.tellStatuses(now: start + 2_000, limit: 10)
            }
            _ = try await it.store.prune(now: start + 3 * day - 1)
            #expect(try await it.store.find(.id("msg_a")) != nil)
            while try await it.store.prune(now: start + 3 * day + 1) > 0 {}
            #expect(try await it.store.find(.id("msg_a")) == nil)
            #expect(try await it.store.known("msg_b", submission.idempotency) == nil)
            #expect(await it.outbox.figures() == [:])
        }
    }
}
