import CloudAPI
import Daemon
import FoundationEssentials
import Journal
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

/// A live outbox with its sender, over a scripted Graph.
struct LiveOutbox: Sendable {
    let scratch: ScratchOutbox
    let graph: ScriptedGraph
    let sender: MessageSender
    let templates: Templates

    static func open<Result: Sendable>(
        in folder: TemporaryFolder, rules: MessageSender.Rules = .test,
        _ script: @escaping ScriptedGraph.Script = ScriptedGraph.accept,
        _ body: @escaping @Sendable (LiveOutbox) async throws -> Result
    ) async throws -> Result {
        try await ScratchOutbox.open(in: folder, mode: .live) { scratch in
            let graph = ScriptedGraph(on: scratch.loop, script)
            // No jitter: a backoff of the least there is.
            let sender = MessageSender(
                of: scratch.outbox, over: graph, by: rules, on: scratch.loop,
                random: { $0.lowerBound })
            let templates = Templates(
                of: .unknown, over: scratch.outbox, on: scratch.loop, log: Log("provider"))
            try await sender.start()
            await templates.start(for: sender)
            let result = try await body(
                LiveOutbox(scratch: scratch, graph: graph, sender: sender, templates: templates))
            await templates.stop()
            await graph.release()
            await sender.stop()
            return result
        }
    }

    /// Sends, and waits for the outcome `wait` ms.
    func send(
        _ id: String, key: String? = nil, to: String = "+919800000001", wait: Int64 = 20_000,
        extra: String = ""
    ) async throws -> Standing {
        let body = Data("{\"to\":\"\(to)\",\"text\":\"hi\"\(extra)}".utf8)
        let request = SendMessage(
            id: id, form: .text, path: "/api/whatsapp/send", body: body, idempotencyKey: key,
            answerBy: .max)
        return try await sender.submit(
            Submission(
                id: id, idempotency: Idempotency(request), until: .max,
                body: try SendBody(body, as: .text), from: "100", size: body.count),
            answerBy: Clocks.boot + wait)
    }

    func sendTemplate(_ id: String, wait: Int64 = 20_000) async throws -> Standing {
        let body = Data(
            "{\"to\":\"+919800000001\",\"template_name\":\"t\",\"language_code\":\"en\"}".utf8)
        return try await sender.submit(
            Submission(
                id: id, idempotency: nil, until: .max,
                body: try SendBody(body, as: .template), from: "100", size: body.count),
            answerBy: Clocks.boot + wait)
    }

    func status(_ id: String) async throws -> MessageStatus? {
        try await scratch.outbox.find(.id(id))?.0.message.status
    }

    /// Waits until a message has that status.
    func reaches(_ status: MessageStatus, _ id: String) async throws -> Bool {
        for _ in 0..<2_000 {
            if try await self.status(id) == status { return true }
            let head = try await scratch.outbox.head().seq
            _ = await scratch.outbox.entries.wait(beyond: head, atMost: .milliseconds(10))
        }
        return false
    }
}

extension MessageSender.Rules {
    /// Fast enough for a test.
    static var test: MessageSender.Rules {
        var rules = MessageSender.Rules()
        rules.dispatch.isPaced = false
        rules.dispatch.probeInterval = 30
        rules.dispatch.templateProbeInterval = 30
        return rules
    }
}

@Suite("The sender")
struct SenderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("answers 200 with Meta's wamid, and journals each step before the next")
    func accepted() async throws {
        try await LiveOutbox.open(in: folder) { it in
            let standing = try await it.send("msg_a")
            #expect(standing.taken.kept.message.state == .accepted(wamid: "wamid.0"))
            #expect(await it.graph.requests.map(\.name) == ["msg_a.1"])
            let told = try await it.scratch.transitions()
            #expect(told.map(\.status) == [.queued, .sending, .accepted])
            #expect(told.map(\.attempt) == [0, 1, 1] && told.last?.wamid == "wamid.0")
        }
    }

    @Test("commits sending before the first byte leaves")
    func claimedFirst() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in nil }) { it in
            let standing = try await it.send("msg_a", wait: 0)
            #expect(standing.taken.kept.message.status == .queued)
            #expect(await it.graph.arrived(1))
            #expect(try await it.status("msg_a") == .sending)
        }
    }

    @Test("sends one of 1,000 equal requests at once, and tells all the same")
    func thousand() async throws {
        try await LiveOutbox.open(in: folder) { it in
            let ids = try await withThrowingTaskGroup(of: Standing.self) { group in
                for n in 0..<1_000 { group.addTask { try await it.send("msg_\(n)", key: "k") } }
                return try await group.reduce(into: Set<OutboxMessage.State>()) {
                    $0.insert($1.taken.kept.message.state)
                }
            }
            #expect(ids == [.accepted(wamid: "wamid.0")])
            #expect(await it.graph.requests.count == 1)
        }
    }

    @Test("tells a waiting caller a refusal, frees the key, and keeps no dead letter")
    func refused() async throws {
        try await LiveOutbox.open(
            in: folder, { n, _ in n == 0 ? .refusal(131_026) : .accepted(wamid: "w", waID: nil) }
        ) { it in
            let first = try await it.send("msg_a", key: "k").taken.kept.message
            #expect(first.status == .refused && !first.isDeadLetter)
            #expect(first.problem?.code == .invalidRecipient && first.problem?.httpStatus == 400)
            let second = try await it.send("msg_b", key: "k").taken
            #expect(second.kept.id == "msg_b" && second.kept.message.status == .accepted)
        }
    }

    @Test("buries a refusal that comes after the caller was told 202, and keeps the key")
    func failedLater() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in .refusal(131_026) }) { it in
            _ = try await it.send("msg_a", key: "k", wait: 0)
            #expect(try await it.reaches(.failed, "msg_a"))
            let again = try await it.send("msg_b", key: "k").taken
            #expect(again.isReplay && again.kept.id == "msg_a" && again.kept.message.isDeadLetter)
            #expect(await it.graph.requests.count == 1)
        }
    }

    @Test("tries again what never left, in order, and loses nothing")
    func neverLeft() async throws {
        try await LiveOutbox.open(
            in: folder,
            { n, _ in n < 7 ? .neverLeft(reason: "refused") : .accepted(wamid: "w\(n)", waID: nil) }
        ) { it in
            for n in 0..<5 { _ = try await it.send("msg_\(n)", wait: 0) }
            for n in 0..<5 { #expect(try await it.reaches(.accepted, "msg_\(n)")) }
            let requests = await it.graph.requests
            #expect(requests.count == 12)
            let wamids = try await it.scratch.transitions().filter { $0.status == .accepted }
            #expect(wamids.map(\.id) == (0..<5).map { "msg_\($0)" })
        }
    }

    @Test("tries code 1 three times, and then believes it")
    func code1() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in .refusal(1) }) { it in
            let message = try await it.send("msg_a").taken.kept.message
            #expect(message.status == .refused)
            #expect(await it.graph.requests.map(\.name) == ["msg_a.1", "msg_a.2", "msg_a.3"])
        }
    }

    @Test("gives up what is too old, as a dead letter with the last error")
    func tooOld() async throws {
        var rules = MessageSender.Rules.test
        rules.longestAge = 0
        try await LiveOutbox.open(in: folder, rules: rules, { _, _ in .refusal(131_000) }) { it in
            _ = try await it.send("msg_a", wait: 0)
            #expect(try await it.reaches(.failed, "msg_a"))
            let problem = try await it.scratch.outbox.find(.id("msg_a"))?.0.message.problem
            #expect(problem?.providerCode == 131_000)
        }
    }

    @Test(
        "gives up after as many failed tries as may be, over restarts too; throttles do not count")
    func triedTooOften() async throws {
        var rules = MessageSender.Rules.test
        rules.mostFailures = 3
        let script: ScriptedGraph.Script = { n, _ in
            n == 0 ? .refusal(130_429) : n < 3 ? .refusal(131_000) : nil
        }
        try await LiveOutbox.open(in: folder, rules: rules, script) { it in
            _ = try await it.send("msg_a", wait: 0)
            #expect(await it.graph.arrived(4))
            let failures = try await it.scratch.outbox.change { _, tables, _ in
                try tables.messages.ticket(of: 1)?.failures
            }
            #expect(failures == 2)
            _ = try await it.scratch.outbox.change { store, tables, now in
                try store.happened([.retryable], to: 1, in: tables, at: now)
            }
        }
        try await LiveOutbox.open(in: folder, rules: rules, { _, _ in .refusal(131_000) }) { it in
            #expect(try await it.reaches(.failed, "msg_a"))
            #expect(await it.graph.requests.count == 1)
            // A person who lets it go again gives it all its tries.
            _ = try await it.retry("again", .all)
            #expect(await it.graph.arrived(4))
        }
    }

    @Test("says unknown when no answer came, and never sends again by itself")
    func unknown() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in .unknown(reason: "timeout") }) { it in
            let first = try await it.send("msg_a").taken.kept.message
            #expect(first.status == .unknown && !first.isDeadLetter)
            // Those behind it go on.
            #expect(try await it.send("msg_b").taken.kept.message.status == .unknown)
            #expect(await it.graph.requests.map(\.id) == ["msg_a", "msg_b"])
        }
    }

    @Test("says in health when answers are lost in a row, until one is answered")
    func lostInARow() async throws {
        try await LiveOutbox.open(
            in: folder,
            { n, _ in n < 3 ? .unknown(reason: "502") : .accepted(wamid: "w\(n)", waID: nil) }
        ) { it in
            for n in 0..<3 {
                #expect(await it.sender.conditions.isEmpty)
                _ = try await it.send("msg_\(n)")
            }
            #expect(await it.sender.conditions.map(\.code) == ["sending_slowed"])
            #expect(try await it.send("msg_3").taken.kept.message.status == .accepted)
            #expect(await it.sender.conditions.isEmpty)
        }
    }

    @Test("pauses on a bad token, burns nothing, and goes on when a probe is accepted")
    func pause() async throws {
        try await LiveOutbox.open(
            in: folder,
            { n, _ in
                n < 3 ? .refusal(190, status: 401) : .accepted(wamid: "w\(n)", waID: nil)
            }
        ) { it in
            for n in 0..<50 {
                _ = try await it.send("msg_\(n)", to: "+9198000000\(10 + n)", wait: 0)
            }
            #expect(await it.graph.arrived(1))
            for n in 0..<50 { #expect(try await it.reaches(.accepted, "msg_\(n)")) }
            let requests = await it.graph.requests
            // Every message was accepted once; only those under way and the probes met the error.
            #expect(requests.count == 53)
            #expect(await it.sender.conditions.isEmpty)
        }
    }

    @Test("refuses at once while paused, or holds for a caller who does not wait")
    func whilePaused() async throws {
        var rules = MessageSender.Rules.test
        rules.dispatch.probeInterval = 60_000
        try await LiveOutbox.open(
            in: folder, rules: rules, { _, _ in .refusal(190, status: 401) }
        ) { it in
            let first = try await it.send("msg_a", key: "k").taken.kept.message
            #expect(first.status == .refused && first.problem?.httpStatus == 401)
            let refused = try await #require(throws: Problem.self) { try await it.send("msg_b") }
            #expect(refused.code == .providerUnauthorized && refused.httpStatus == 401)
            #expect(try await it.status("msg_b") == nil)
            let held = try await it.send("msg_c", wait: 0).taken.kept.message
            #expect(held.status == .held && held.problem?.code == .providerUnauthorized)
            #expect(await it.graph.requests.count == 1)
            let condition = try #require(await it.sender.conditions.first)
            #expect(condition.code == "sending_paused" && condition.hint.contains("TOKEN"))
        }
        // A new start looks again at what was held.
        try await LiveOutbox.open(in: folder) { it in
            let isSent = try await it.reaches(.accepted, "msg_c")
            #expect(isSent)
        }
    }

    @Test("holds the queue of a template, and of nothing else")
    func template() async throws {
        try await LiveOutbox.open(
            in: folder,
            { n, request in
                request.id.hasPrefix("msg_t") && n < 3
                    ? .refusal(132_015) : .accepted(wamid: "w\(n)", waID: nil)
            }
        ) { it in
            for n in 0..<3 { _ = try await it.sendTemplate("msg_t\(n)", wait: 0) }
            #expect(try await it.send("msg_a").taken.kept.message.status == .accepted)
            for n in 0..<3 { #expect(try await it.reaches(.accepted, "msg_t\(n)")) }
        }
    }

    @Test("slows down when Meta says so, and makes no dead letter of it")
    func throttled() async throws {
        try await LiveOutbox.open(
            in: folder, { n, _ in n < 4 ? .refusal(130_429) : .accepted(wamid: "w\(n)", waID: nil) }
        ) { it in
            for n in 0..<4 { _ = try await it.send("msg_\(n)", wait: 0) }
            for n in 0..<4 { #expect(try await it.reaches(.accepted, "msg_\(n)")) }
        }
    }

    @Test("is never lost and never sent twice, wherever the process dies", arguments: 0..<4)
    func crash(step: Int) async throws {
        // Dead at: taken in; claimed and hanging; answered; concluded. The files as they lay then.
        let before = folder, after = try TemporaryFolder()
        let reached = try await LiveOutbox.open(
            in: before, { _, _ in step < 2 ? nil : .accepted(wamid: "w", waID: nil) }
        ) { it in
            if step == 0 {
                _ = try await it.scratch.store.take(
                    [SendMessage.example("msg_a").submission()], now: 1, boot: 0)
            } else {
                _ = try await it.send("msg_a", wait: step == 1 ? 0 : 20_000)
                #expect(await it.graph.arrived(1))
            }
            for name in ["outbox.db", "outbox.db-wal"] {
                let data = try Data(contentsOf: URL(filePath: before.file(name)))
                try data.write(to: URL(filePath: after.file(name)))
            }
            return await it.graph.requests.count
        }
        try await LiveOutbox.open(in: after) { it in
            let expected: MessageStatus = step == 1 ? .unknown : .accepted
            let isSettled = try await it.reaches(expected, "msg_a")
            #expect(isSettled)
            #expect(await it.graph.requests.count == (step == 0 ? 1 : 0))
            if step == 0 { #expect(reached == 0) }
        }
    }
}
