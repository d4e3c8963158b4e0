import CloudAPI
import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The recipients of stub mode that answer with errors")
struct StubRecipientTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A stub outbox with its sender over the stub's Graph; statuses are told when the test says so.
    private func open(
        _ body: @escaping @Sendable (ScratchOutbox, MessageSender) async throws -> Void
    ) async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let sender = MessageSender(
                of: it.outbox, over: StubGraph(on: it.loop), by: .stub, on: it.loop,
                random: { $0.lowerBound })
            try await sender.start()
            try await body(it, sender)
            await sender.stop()
        }
    }

    private static func submission(
        _ id: String, to last: String, extra: String = ""
    ) throws -> Submission {
        let body = Data("{\"to\":\"+1555555\(last)\",\"text\":\"hi\"\(extra)}".utf8)
        return Submission(
            id: id, idempotency: nil, until: .max, body: try SendBody(body, as: .text),
            from: StubAccount.phoneNumberID, size: body.count)
    }

    private static func send(
        _ sender: MessageSender, _ id: String, to last: String, wait: Int64 = 20_000,
        extra: String = ""
    ) async throws -> Standing {
        try await sender.submit(
            submission(id, to: last, extra: extra), answerBy: Clocks.boot + wait)
    }

    /// Steps on in the life of the messages by that many ms.
    private static func tell(_ it: ScratchOutbox, after delay: Int64) async throws {
        while try await it.store.tellStatuses(now: Clocks.wall + delay, limit: 10).newest != nil {}
    }

    @Test(
        "refuse as Meta does, each with the answer of live mode",
        arguments: [
            ("0102", 131_047, .outsideWindow, 400), ("0103", 131_026, .invalidRecipient, 400),
            ("0104", 131_030, .invalidRecipient, 400), ("0105", 190, .providerUnauthorized, 401),
            ("0106", 368, .accountRestricted, 403), ("0113", 132_015, .templateUnavailable, 400),
            ("0114", 100, .rejectedByProvider, 400),
        ] as [(String, Int, Problem.Code, Int)])
    func refuse(last: String, code: Int, caller: Problem.Code, status: Int) async throws {
        try await open { it, sender in
            // Again and again: nothing of it is anybody else's.
            for n in 0..<2 {
                let message = try await Self.send(sender, "msg_\(n)", to: last).taken.kept.message
                #expect(message.status == .refused)
                #expect(message.problem?.providerCode == code && message.problem?.code == caller)
                #expect(message.problem?.httpStatus == status)
            }
            let other = try await Self.send(sender, "msg_other", to: "0111").taken.kept.message
            #expect(other.status == .accepted)
            #expect(await sender.conditions.isEmpty)
        }
    }

    @Test("are tried again, throttle, hang and lose as Meta does")
    func others() async throws {
        try await open { it, sender in
            let transient = try await Self.send(sender, "msg_a", to: "0108").taken.kept.message
            #expect(transient.status == .accepted && transient.attempt == 3)
            // Time enough for a slow disk to keep what Meta answered.
            let throttled = try await Self.send(sender, "msg_b", to: "0107", wait: 2_000)
            #expect(throttled.taken.kept.message.status == .queued)
            #expect(try #require(throttled.expectedAt) > Clocks.boot + 8_000)
            // Not behind the one that is throttled: only its own recipient is.
            let other = try await Self.send(sender, "msg_c", to: "0111").taken.kept.message
            #expect(other.status == .accepted)
            // Nor are lost answers, one after the other, anybody else's.
            for n in 0..<3 { _ = try await Self.send(sender, "msg_lost\(n)", to: "0109") }
            #expect(await sender.conditions.isEmpty)
        }
    }

    @Test("tell of a failure after the acceptance, which makes a dead letter")
    func failsLater() async throws {
        try await open { it, sender in
            let message = try await Self.send(sender, "msg_a", to: "0101").taken.kept.message
            #expect(message.status == .accepted)
            try await Self.tell(it, after: 5_000)
            let failed = try await it.outbox.find(.id("msg_a"))?.0.message
            #expect(failed?.status == .failed && failed?.isDeadLetter == true)
            #expect(failed?.problem?.providerCode == 131_026)
            let told = try await it.journal().filter { $0.kind == .webhook }
            #expect(told.count == 1)
            let body = String(decoding: try #require(told.first).body, as: UTF8.self)
            #expect(body.contains("131026"))
        }
    }

    @Test("leave the outcome unknown, until a late status settles it")
    func late() async throws {
        try await open { it, sender in
            let message = try await Self.send(sender, "msg_a", to: "0109").taken.kept.message
            #expect(message.status == .unknown)
            try await Self.tell(it, after: StubStep.late.delay - 5_000)
            #expect(try await it.outbox.find(.id("msg_a"))?.0.message.status == .unknown)
            try await Self.tell(it, after: StubStep.late.delay)
            let settled = try await it.outbox.find(.id("msg_a"))
            #expect(settled?.0.message.state == .accepted(wamid: StubWamid.make(for: "msg_a")))
        }
    }

    @Test(
        "leave it unknown for good: a dead letter, or sent again for a caller who wants that",
        arguments: [false, true])
    func silence(resends: Bool) async throws {
        try await open { it, sender in
            let extra = resends ? ",\"on_unknown\":\"resend\"" : ""
            _ = try await Self.send(sender, "msg_a", to: "0110", extra: extra)
            let commit = try await it.store.tellStatuses(
                now: Clocks.wall + OutboxStore.evidenceWait, limit: 10)
            #expect(commit.queued.map(\.id) == (resends ? ["msg_a"] : []))
            let message = try await it.outbox.find(.id("msg_a"))?.0.message
            #expect(message?.isDeadLetter == !resends)
            #expect(message?.status == (resends ? .queued : .unknown))
            await sender.requeue(commit.queued)
            await sender.stop()
            let end = try await it.outbox.find(.id("msg_a"))?.0.message
            #expect(end?.status == (resends ? .accepted : .unknown))
        }
    }

    @Test("are only told to be sent, where they are never delivered")
    func onlySent() async throws {
        try await open { it, sender in
            _ = try await Self.send(sender, "msg_a", to: "0111")
            try await Self.tell(it, after: 60_000)
            let told = try await it.journal().filter { $0.kind == .webhook }
            #expect(told.count == 1)
        }
    }

    @Test("are forgotten by no restart: what was under way is unknown, and its status settles it")
    func restart() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let taken = try await it.outbox.take(try Self.submission("msg_a", to: "0112"))
            #expect(taken.kept.message.status == .queued)
            _ = try await it.outbox.change { store, tables, now in
                try store.claim(1, in: tables, at: now)?.attempt
            }
        }
        try await open { it, sender in
            #expect(try await it.outbox.find(.id("msg_a"))?.0.message.status == .unknown)
            try await Self.tell(it, after: 5_000)
            #expect(try await it.outbox.find(.id("msg_a"))?.0.message.status == .accepted)
        }
    }

    @Test("leave no dead letters to live mode, which could not send them")
    func otherMode() async throws {
        try await open { it, sender in
            _ = try await Self.send(sender, "msg_a", to: "0102", wait: 0)
            await sender.stop()
            let dead = try await Self.deadLetters(it)
            #expect(dead == ["msg_a"])
        }
        try await ScratchOutbox.open(in: folder, mode: .live) { it in
            let dead = try await Self.deadLetters(it)
            #expect(dead.isEmpty)
        }
    }

    private static func deadLetters(_ it: ScratchOutbox) async throws -> [String] {
        let asked = ListDeadLetters(cause: nil, limit: 10, cursor: nil)
        return try await it.outbox.change { store, tables, now in
            try store.deadLetters(asked, in: tables, at: now)
                .deadLetters.map(\.id)
        }
    }

    @Test("are fourteen of a number that is nobody's, and stand on both pages")
    func documented() throws {
        #expect(Set(StubRecipient.all.map(\.digits)).count == 14)
        let pages = try ["README.md", "Protocols/provider.md"].map {
            try String(contentsOfFile: "\(SupervisedGroup.root)/\($0)", encoding: .utf8)
        }
        for known in StubRecipient.all {
            #expect(StubRecipient(try PhoneNumber.forSending("+\(known.digits)")) == known)
            let row = "| `+1 555 555 \(known.digits.suffix(4))` |"
            #expect(pages.allSatisfy { $0.contains(row) }, "\(row)")
        }
        #expect(StubRecipient(try PhoneNumber.forSending("+15555550100")) == nil)
        #expect(StubRecipient(try PhoneNumber.forSending("+919800000001")) == nil)
    }
}
