import FoundationEssentials
import SQLite
import TestSupport
import Testing
import Wire

@testable import Provider

/// Files of earlier releases, brought forward.
@Suite("Older outbox files")
struct OlderFileTests {
    /// Each released form of outbox.db; a release adds its own and never changes one.
    static let releases = ["0.1.0"]

    private static func folder(from release: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/outbox-\(release).sql")
        let database = try Database(path: folder.file("outbox.db"))
        try database.execute(try String(contentsOf: fixture, encoding: .utf8))
        return folder
    }

    private static func id(_ number: Int) -> String { "msg_0000000000000000000000000\(number)" }

    @Test(
        "what waited goes on, what was on its way is unknown, and what was settled stays",
        arguments: releases)
    func goesOn(release: String) async throws {
        try await ScratchOutbox.open(in: try Self.folder(from: release), mode: .live) { scratch in
            let queued = try await scratch.outbox.change { store, tables, now in
                try store.recover(in: tables, at: now)
            }
            #expect(queued.map(\.id) == [Self.id(1)])
            var states: [MessageStatus] = []
            for number in 1...4 {
                let found = try await scratch.outbox.find(.id(Self.id(number)))
                states.append(try #require(found?.0.message.status))
            }
            #expect(states == [.queued, .unknown, .accepted, .failed])
            let known = try await scratch.outbox.find(.id("wamid.OLD3"))
            #expect(known?.0.id == Self.id(3))
            let position = try await scratch.outbox.change { _, tables, _ in
                try tables.feed.position()
            }
            #expect(position == "0123456789abcdef-41")
        }
    }

    @Test(
        "its dead letters are listed, its journal goes on, and its days are known",
        arguments: releases)
    func isWhole(release: String) async throws {
        try await ScratchOutbox.open(in: try Self.folder(from: release), mode: .live) { scratch in
            let page = try await scratch.outbox.change { store, tables, now in
                try store.deadLetters(
                    ListDeadLetters(cause: nil, limit: 10, cursor: nil), in: tables, at: now)
            }
            #expect(page.deadLetters.map(\.id) == [Self.id(4)])
            #expect(page.counts == ["outside_window": 1])
            let ledger = try await scratch.outbox.ledger()
            #expect(ledger.days.map(\.entries) == [1, 1])
            #expect(ledger.newest?.seq == 2)
        }
    }
}
