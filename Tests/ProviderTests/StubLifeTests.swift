import CloudAPI
import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The life of a message in stub")
struct StubLifeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func statuses(_ entries: [JournalEntry]) throws -> [MessageStatusUpdate] {
        try entries.filter { $0.kind == .webhook }.flatMap { entry in
            try WebhookPayload.decode(entry.body).compactMap { update in
                if case .status(let status) = update { status } else { nil }
            }
        }
    }

    @Test("is told as Meta would: sent, delivered, read, each with our id and attempt")
    func life() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let life = StubLife(of: it.outbox, on: it.loop)
            await life.start()
            let before = Clocks.wall
            _ = try await it.outbox.take(SendMessage.example("msg_a").submission())
            #expect(await it.entries(4))
            await life.stop()
            let told = try Self.statuses(try await it.journal())
            #expect(told.map(\.status) == [.sent, .delivered, .read])
            for status in told {
                #expect(status.wamid == StubWamid.make(for: "msg_a"))
                #expect(status.callbackData == "msg_a.1")
                #expect(try #require(status.timestamp) * 1_000 >= before)
                #expect(status.phoneNumberID == StubAccount.phoneNumberID)
                #expect(status.wabaID == StubAccount.businessAccountID)
            }
        }
    }

    @Test("goes on after a restart where it was, and tells nothing twice")
    func restart() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            _ = try await it.outbox.take(SendMessage.example("msg_a").submission())
            _ = try await it.outbox.take(SendMessage.example("msg_b").submission())
            _ = try await it.store.tellStatuses(now: Clocks.wall + StubStep.sent.delay, limit: 1)
        }
        try await ScratchOutbox.open(in: folder) { it in
            let life = StubLife(of: it.outbox, on: it.loop)
            await life.start()
            #expect(await it.entries(8))
            await life.stop()
            let told = try Self.statuses(try await it.journal())
            #expect(told.count == 6)
            for id in ["msg_a", "msg_b"] {
                let own = told.filter { $0.callbackData == "\(id).1" }
                #expect(own.map(\.status) == [.sent, .delivered, .read])
            }
            #expect(await it.outbox.nextDue == nil)
        }
    }

    @Test("coalesces what is due at once into one transaction")
    func coalesces() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let submissions = try (0..<100).map {
                try SendMessage.example("msg_\($0)").submission()
            }
            let now = Clocks.wall
            _ = try await it.store.take(submissions, now: now, boot: 0)
            let early = try await it.store.tellStatuses(
                now: now + StubStep.sent.delay - 1, limit: 256)
            #expect(early.newest == nil && early.nextDue == now + StubStep.sent.delay)
            let commit = try await it.store.tellStatuses(now: now + StubStep.sent.delay, limit: 256)
            #expect(commit.newest == 200)
            #expect(commit.nextDue == now + StubStep.delivered.delay)
        }
    }

    @Test("is not stopped by a clock that was set back")
    func clockSetBack() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let later = Clocks.wall + 3_600_000
            _ = try await it.store.take(
                [try SendMessage.example("msg_a").submission()], now: later, boot: 0)
            let commit = try await it.store.tellStatuses(now: later - 3_600_000, limit: 256)
            #expect(commit.newest == 2)
        }
    }
}
