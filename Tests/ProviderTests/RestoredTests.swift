import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("A restored outbox")
struct RestoredTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Queued, under way, without an answer and accepted; marked as a restore does it.
    private func restore() async throws {
        try await ScratchOutbox.open(in: folder, mode: .live) { it in
            for name in ["queued", "sending", "unknown", "accepted"] {
                _ = try await it.outbox.take(SendMessage.example("msg_\(name)").submission())
            }
            _ = try await it.outbox.change { store, tables, now in
                let events: [String: [OutboxMessage.Event]] = [
                    "sending": [.claimed], "unknown": [.claimed, .lost],
                    "accepted": [.claimed, .accepted(wamid: "w")],
                ]
                for (name, events) in events {
                    guard let found = try tables.messages.find(id: "msg_\(name)") else { continue }
                    _ = try store.happened(events, to: found.number, in: tables, at: now)
                }
            }
        }
        try Data().write(to: URL(filePath: folder.file(OutboxStore.restoreMark)))
    }

    private static let unsettled = ["msg_queued", "msg_sending", "msg_unknown"]

    @Test("holds all that was unsettled, over restarts, and lets new messages go")
    func holds() async throws {
        try await restore()
        for start in 0..<2 {
            try await LiveOutbox.open(in: folder) { it in
                for id in Self.unsettled {
                    let message = try await it.scratch.outbox.find(.id(id))?.0.message
                    #expect(message?.status == .held && message?.isDeadLetter == true, "\(id)")
                    #expect(message?.problem?.code == .restored)
                }
                let accepted = try await it.status("msg_accepted")
                #expect(accepted == .accepted)
                let new = try await it.send("msg_new\(start)").taken.kept.message.status
                #expect(new == .accepted)
                #expect(await it.graph.requests.map(\.id) == ["msg_new\(start)"])
            }
        }
    }

    @Test("lets them go in order when the cause is named, and not with all others")
    func releases() async throws {
        try await restore()
        try await LiveOutbox.open(in: folder) { it in
            let all = try await it.retry("a", .all)
            #expect(all.retried.isEmpty)
            let named = try await it.retry("b", .cause("restored"))
            #expect(named.retried == Self.unsettled)
            for id in Self.unsettled {
                let isSent = try await it.reaches(.accepted, id)
                #expect(isSent)
            }
            #expect(await it.graph.requests.map(\.id) == Self.unsettled)
        }
    }

    @Test("is settled by the status of a try that the backup knows nothing of")
    func proven() async throws {
        try await restore()
        try await LiveOutbox.open(in: folder) { it in
            _ = try await it.scratch.outbox.change { store, tables, now in
                let proofs = Self.unsettled.map { FeedNews.Proof(id: $0, wamid: "w-\($0)") }
                return try store.follow(
                    FeedNews(position: "0-9", proofs: proofs), in: tables, at: now)
            }
            for id in Self.unsettled {
                let found = try await it.scratch.outbox.find(.id(id))
                #expect(found?.0.message.state == .accepted(wamid: "w-\(id)"))
                #expect(found?.1.map(\.wamid) == ["w-\(id)"])
            }
            #expect(await it.graph.requests.isEmpty)
        }
    }

    @Test("never lets go what was discarded")
    func discarded() async throws {
        try await restore()
        try await LiveOutbox.open(in: folder) { it in
            let isGone = try await it.discard("msg_queued")
            #expect(isGone)
        }
        try await LiveOutbox.open(in: folder) { it in
            let named = try await it.retry("c", .cause("restored"))
            #expect(named.retried == ["msg_sending", "msg_unknown"])
        }
    }

    @Test("is left as it is in stub, which sends nothing of it")
    func stub() async throws {
        try await restore()
        try await ScratchOutbox.open(in: folder) { it in
            let isMarked = try await it.outbox.change { store, tables, now in
                try store.holdRestored(in: tables, at: now)
                return try tables.restored.isMarked()
            }
            #expect(isMarked)
        }
    }
}
