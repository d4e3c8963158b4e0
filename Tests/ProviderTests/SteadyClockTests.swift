import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The steady clock")
struct SteadyClockTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let day: Int64 = 86_400_000

    private static func reading(
        _ boot: String = "a", wall: Int64, sinceBoot: Int64
    ) -> SteadyClock.Reading { .init(boot: boot, wall: wall, sinceBoot: sinceBoot) }

    @Test("begins with the wall clock, and whatever steps that makes later is not moved by them")
    func steps() {
        let first = SteadyClock(after: nil, Self.reading(wall: 1_000_000, sinceBoot: 400))
        #expect(first.time(at: 400) == 1_000_000)
        #expect(first.moment(of: 1_000_000) == 400)
        for step in [-Self.day, -1, 0, 1, Self.day] {
            let later = SteadyClock(
                after: first, Self.reading(wall: 1_000_600 + step, sinceBoot: 1_000))
            #expect(later == first)
            #expect(later.time(at: 1_000) == 1_000_600)
        }
    }

    @Test("begins anew with each boot of the machine, when the wall clock is all there is")
    func reboot() {
        let first = SteadyClock(after: nil, Self.reading(wall: 1_000_000, sinceBoot: 400))
        let next = SteadyClock(after: first, Self.reading("b", wall: 1_000_500, sinceBoot: 7))
        #expect(next.time(at: 7) == 1_000_500)
    }

    @Test("this machine's boot has one name, whoever asks and when")
    func machine() {
        #expect(SteadyClock.Reading.now.boot == SteadyClock.Reading.now.boot)
        #expect(SteadyClock.Reading.now.boot.isEmpty == false)
    }

    /// This machine's clocks, with the wall clock set by some ms.
    private static func clocks(
        setBy step: Int64, boot: String = "a"
    ) -> @Sendable () -> SteadyClock.Reading {
        { .init(boot: boot, wall: Clocks.wall + step, sinceBoot: Clocks.boot) }
    }

    private func submission(_ id: String) throws -> Submission {
        let body = Data(#"{"to":"+919800000001","text":"hi","expires_in":60}"#.utf8)
        return Submission(
            id: id, idempotency: nil, until: .max, body: try SendBody(body, as: .text), from: "100",
            size: body.count)
    }

    @Test(
        "a message expires after its own time, however the wall clock is set, also over a restart",
        arguments: [-day, 0, day])
    func expiry(step: Int64) async throws {
        let submission = try submission("msg_a")
        try await ScratchOutbox.open(in: folder, mode: .live, at: Self.clocks(setBy: 0)) { it in
            let commit = try await it.store.take(
                [submission], now: Clocks.wall + step, boot: 5_000)
            #expect(commit.queued.first?.expiresAt == 65_000)
        }
        let again = Self.clocks(setBy: step)
        try await ScratchOutbox.open(in: folder, mode: .live, at: again) { it in
            let expiry = try await it.outbox.change { _, tables, _ in
                try tables.messages.ticket(of: 1)?.expiresAt
            }
            #expect(expiry == 65_000)
        }
        // Another boot has nothing but the wall clock to go by.
        let next = Self.clocks(setBy: step, boot: "b")
        try await ScratchOutbox.open(in: folder, mode: .live, at: next) { it in
            let expiry = try await it.outbox.change { _, tables, _ in
                try tables.messages.ticket(of: 1)?.expiresAt
            }
            #expect(abs(try #require(expiry) - (65_000 - step)) < 60_000)
        }
    }

    @Test(
        "the wait for evidence is as long as ever, however the wall clock is set, also over a restart",
        arguments: [-day, day])
    func hold(step: Int64) async throws {
        let submission = try submission("msg_a")
        let before = Clocks.boot
        try await ScratchOutbox.open(in: folder, mode: .live, at: Self.clocks(setBy: 0)) { it in
            _ = try await it.store.take([submission], now: Clocks.wall)
            _ = try await it.outbox.change { store, tables, now in
                try store.happened([.claimed, .lost], to: 1, in: tables, at: now + step)
            }
        }
        let end = Clocks.boot + OutboxStore.evidenceWait
        let again = Self.clocks(setBy: step)
        try await ScratchOutbox.open(in: folder, mode: .live, at: again) { it in
            for (completeTo, isDead) in [
                (before + OutboxStore.evidenceWait - 1, false), (end, true),
            ] {
                _ = try await it.outbox.change { store, tables, now in
                    try store.follow(
                        FeedNews(position: "0-1", completeTo: completeTo), in: tables,
                        at: now + step)
                }
                let message = try await it.outbox.find(.id("msg_a"))?.0.message
                #expect(message?.isDeadLetter == isDead)
            }
        }
    }
}
