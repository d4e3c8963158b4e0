import CloudAPI
import Digest
import FoundationEssentials
import JSON
import SQLite
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("What provider keeps of an erased person")
struct ErasureTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func person(_ phone: String, media: [String] = []) -> ErasedPerson {
        ErasedPerson(
            keys: [Hex.encode(SHA256.digest(Data(PartyKey.phone(phone).utf8)))],
            before: Timestamp(milliseconds: Clocks.wall + 60_000), media: media)
    }

    @Test(
        "is a row without text and recipient; what was to go is given up, and nobody sends it again"
    )
    func blanked() async throws {
        try await LiveOutbox.open(
            in: folder,
            { number, _ in
                number < 1 ? .refusal(131_047) : .accepted(wamid: "w\(number)", waID: nil)
            }
        ) { it in
            _ = try await it.send("msg_0", wait: 0)
            let isDead = try await it.reaches(.failed, "msg_0")
            #expect(isDead)
            _ = try await it.send("msg_1", wait: 0)
            let isSent = try await it.reaches(.accepted, "msg_1")
            #expect(isSent)
            let erased = Self.person("919800000001")
            for _ in 0..<2 {
                _ = try await it.scratch.outbox.change { store, tables, now in
                    try store.follow(
                        FeedNews(position: "0-1", erased: [erased]), in: tables, at: now)
                }
            }
            let letters = try await it.list()
            #expect(letters.deadLetters.isEmpty)
            let retried = try await it.retry("all", .ids(["msg_0"]))
            #expect(retried.retried.isEmpty)
            let found = try await it.scratch.store.find(.id("msg_1"))
            #expect(found?.0.to == "erased" && found?.0.message.status == .accepted)
            let rows = try await it.scratch.outbox.change { _, tables, _ in
                try tables.database.prepare(
                    "SELECT CAST(request AS TEXT) || recipient || wamid FROM messages WHERE state = 'accepted'"
                ).all { $0.text(0) }
            }
            #expect(rows == ["{}erasederased"])
        }
    }

    @Test("is no file: its row goes, and its name waits to be removed")
    func files() async throws {
        try await ScratchOutbox.open(in: folder) { it in
            let names = try await it.outbox.change { store, tables, now in
                var row = MediaRow(
                    id: "M1", phoneNumberID: "1", origin: .received, state: .stored,
                    mimeType: "image/jpeg", size: 4, receivedAt: now)
                row.file = "name"
                _ = try tables.media.add(row, at: now)
                _ = try store.follow(
                    FeedNews(position: "0-1", erased: [Self.person("1", media: ["M1"])]),
                    in: tables, at: now)
                // A fetch that was under way when they were erased.
                row.file = "late"
                try store.became(row, in: tables, at: now)
                #expect(try tables.media.find("M1") == nil)
                return try tables.erasures.leftFiles()
            }
            #expect(names.sorted() == ["late", "name"])
        }
    }
}
