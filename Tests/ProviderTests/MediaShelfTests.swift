import Daemon
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The room of files")
struct MediaShelfTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func row(
        _ id: String, _ state: MediaState = .stored, size: Int64 = 10,
        origin: MediaRow.Origin = .received, at time: Int64 = Clocks.wall
    ) -> MediaRow {
        MediaRow(
            id: id, phoneNumberID: "100", origin: origin, state: state, mimeType: "image/png",
            size: size, receivedAt: time, file: state == .stored ? "file-\(id)" : nil)
    }

    /// Adds files, served at those moments or never, and answers the states after making room.
    private func states(
        _ rows: [(MediaRow, servedAt: Int64?)], limit: Int64,
        _ body: @escaping @Sendable (MediaShelf) async -> Void
    ) async throws -> [String: MediaState] {
        try await ScratchOutbox.open(in: folder) { [folder] scratch in
            let executor = try ThreadExecutor()
            let files = MediaFiles(in: folder.file("media"), on: executor)
            try await files.open(keeping: [])
            try await scratch.outbox.change { _, tables, now in
                for (row, servedAt) in rows {
                    _ = try tables.media.add(row, at: now, servedAt: servedAt)
                }
            }
            let shelf = MediaShelf(
                of: scratch.outbox, in: files, upTo: limit, wokenBy: Bell(on: scratch.loop),
                on: scratch.loop)
            await body(shelf)
            let states = try await scratch.outbox.change { _, tables, _ in
                try rows.map { ($0.0.id, try tables.media.find($0.0.id)?.state) }
            }
            executor.stop()
            return Dictionary(uniqueKeysWithValues: states).compactMapValues { $0 }
        }
    }

    @Test("what was served goes, the least recently served first, and no more than must")
    func leastRecent() async throws {
        let rows: [(MediaRow, servedAt: Int64?)] = [
            (Self.row("new"), 300), (Self.row("old"), 100), (Self.row("mid"), 200),
            (Self.row("never"), nil),
        ]
        let states = try await states(rows, limit: 30) { shelf in
            #expect(await shelf.reserve(5))
        }
        #expect(states == ["new": .stored, "old": .evicted, "mid": .evicted, "never": .stored])
    }

    @Test("what waits or was never served stays, and health says that it fills the room")
    func unservedStays() async throws {
        let rows: [(MediaRow, servedAt: Int64?)] = [
            (Self.row("a"), nil), (Self.row("b"), nil), (Self.row("c", .pending), nil),
        ]
        let states = try await states(rows, limit: 20) { shelf in
            #expect(await shelf.reserve(0))
            #expect(await shelf.report().warnings.isEmpty)
            #expect(await !shelf.reserve(1))
            let report = await shelf.report()
            #expect(report.warnings.map(\.code) == ["media_full"])
            #expect(report.figures == ["media_pending": 1, "media_expiring": 0, "media_bytes": 20])
        }
        #expect(states == ["a": .stored, "b": .stored, "c": .pending])
    }

    @Test("below 1 GiB free nothing is taken in: no part, no upload, no download")
    func diskIsFull() async throws {
        try await ScratchOutbox.open(in: folder) { [folder] scratch in
            let executor = try ThreadExecutor()
            let files = MediaFiles(in: folder.file("media"), on: executor) { _ in
                DiskSpace.reserve + 9
            }
            try await files.open(keeping: [])
            let shelf = MediaShelf(
                of: scratch.outbox, in: files, upTo: 1_000, wokenBy: Bell(on: scratch.loop),
                on: scratch.loop)
            try await scratch.outbox.change { _, tables, now in
                _ = try tables.media.add(Self.row("a", .pending), at: now)
            }
            #expect(await shelf.reserve(9))
            #expect(await !shelf.reserve(1))
            let warning = await shelf.report().warnings.first
            #expect(warning?.code == "media_full" && warning?.message.contains("1 GiB") == true)

            try await files.create("x")
            try await files.write(Data(count: 9), at: 0, to: "x")
            await #expect(throws: Problem.mediaStoreFull) {
                try await files.write(Data(count: 10), at: 9, to: "x")
            }
            let uploads = Uploads(to: files, on: scratch.loop) { _, _ in
                .failure(.unreadableMedia)
            }
            await #expect(throws: Problem.mediaStoreFull) {
                try await uploads.begin(
                    BeginUpload(mimeType: "image/png", filename: nil, from: nil, size: 10),
                    from: "100")
            }
            executor.stop()
        }
    }

    @Test("an upload that nobody goes on with is dropped, with its file")
    func idleUpload() async throws {
        try await onLoop { [folder] loop in
            let executor = try ThreadExecutor()
            let files = MediaFiles(in: folder.file("media"), on: executor)
            try await files.open(keeping: [])
            let uploads = Uploads(to: files, on: loop, idleLimit: .milliseconds(1)) { _, _ in
                .failure(.unreadableMedia)
            }
            let begun = try await uploads.begin(
                BeginUpload(mimeType: "image/png", filename: nil, from: nil, size: 10),
                from: "100")
            let pause = Bell(on: loop)
            for _ in 0..<1_000 {
                let left = try FileManager.default.contentsOfDirectory(
                    atPath: folder.file("media"))
                if left.isEmpty { break }
                _ = await pause.wait(atMost: .milliseconds(10))
            }
            await #expect(throws: Problem.uploadGone) {
                try await uploads.end(begun.upload, until: .max)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("media"))
            #expect(left.isEmpty)
            executor.stop()
        }
    }

    @Test("a file that is gone is fetched anew while Meta has it, and lost afterwards")
    func missing() async throws {
        let day: Int64 = 24 * 3_600 * 1_000
        try await ScratchOutbox.open(in: folder) { scratch in
            let rows = [
                Self.row("fresh"), Self.row("old", at: Clocks.wall - 8 * day),
                Self.row("uploaded", origin: .uploaded),
            ]
            let states = try await scratch.outbox.change { store, tables, now in
                for row in rows { _ = try tables.media.add(row, at: now) }
                for row in try tables.media.stored() { try store.missing(row, in: tables, at: now) }
                return try rows.map { try tables.media.find($0.id)?.state }
            }
            #expect(states == [.pending, .expired, .expired])
        }
    }

    @Test("room that is kept for one file is no other's")
    func reserved() async throws {
        _ = try await states([(Self.row("a"), nil)], limit: 20) { shelf in
            #expect(await shelf.reserve(6))
            #expect(await !shelf.reserve(5))
            await shelf.release(6)
            #expect(await shelf.reserve(5))
        }
    }

    @Test("a file that Meta drops within a day and is not here is said, with the reason")
    func expiring() async throws {
        let day: Int64 = 24 * 3_600 * 1_000
        var late = Self.row("late", .pending, at: Clocks.wall - 6 * day - 1_000)
        late.problem = .mediaDiffers
        let early = Self.row("early", .pending, at: Clocks.wall - 5 * day)
        _ = try await states([(late, nil), (early, nil)], limit: 20) { shelf in
            let report = await shelf.report()
            #expect(report.warnings.map(\.code) == ["media_expiring"])
            #expect(report.warnings.first?.message.contains("1 files") == true)
            #expect(report.warnings.first?.message.contains("announced") == true)
            #expect(report.figures["media_expiring"] == 1)
        }
    }

    @Test("what Meta forgot expires: what never came and what was uploaded, not what came")
    func outOfDate() async throws {
        let day: Int64 = 24 * 3_600 * 1_000
        try await ScratchOutbox.open(in: folder) { scratch in
            let rows = [
                Self.row("never came", .pending, at: Clocks.wall - 7 * day),
                Self.row("came", at: Clocks.wall - 300 * day),
                Self.row("uploaded", origin: .uploaded, at: Clocks.wall - 30 * day),
                Self.row("fresh", origin: .uploaded, at: Clocks.wall - 29 * day),
            ]
            let (dropped, states) = try await scratch.outbox.change { store, tables, now in
                for row in rows { _ = try tables.media.add(row, at: now) }
                let dropped = try store.expire(in: tables, at: now)
                return (dropped.files, try rows.map { try tables.media.find($0.id)?.state })
            }
            #expect(dropped == ["file-uploaded"])
            #expect(states == [.expired, .stored, .expired, .stored])
        }
    }

    @Test("what goes first to be fetched: what Meta drops within a day, then the newest")
    func order() async throws {
        let day: Int64 = 24 * 3_600 * 1_000
        try await ScratchOutbox.open(in: folder) { scratch in
            let ages: [(String, Int64)] = [
                ("yesterday", day), ("now", 0), ("last hours", 7 * day - 10_000),
                ("last day", 6 * day + 10_000), ("hour", 3_600_000),
            ]
            let ids = try await scratch.outbox.change { _, tables, now in
                for (id, age) in ages {
                    _ = try tables.media.add(Self.row(id, .pending, at: now - age), at: now)
                }
                return try tables.media.due(at: now, limit: 10).map(\.id)
            }
            #expect(ids == ["last hours", "last day", "now", "hour", "yesterday"])
        }
    }

    @Test("a change of a file is journaled once, each later than the one before")
    func journaled() async throws {
        try await ScratchOutbox.open(in: folder) { scratch in
            var row = Self.row("a", .pending)
            try await scratch.outbox.change { [row] store, tables, now in
                try store.noted(row, in: tables, at: now)
                try store.noted(row, in: tables, at: now)
            }
            for state in [MediaState.pending, .stored, .stored, .evicted] {
                row.state = state
                try await scratch.outbox.change { [row] store, tables, _ in
                    // As if the clock had been set back.
                    try store.became(row, in: tables, at: 5)
                }
            }
            let entries = try await scratch.journal().map {
                try JSONDecoder().decode(MediaTransition.self, from: $0.body)
            }
            #expect(entries.map(\.state) == [.stored, .evicted])
            #expect(entries.first.map(\.at) ?? 0 < entries.last.map(\.at) ?? 0)
        }
    }

    @Test("an event names a file once: inbound, pending, with its number and when it came")
    func events() throws {
        func event(
            _ type: String, _ direction: String, _ state: String, origin: JSONValue = .null
        ) -> Event {
            Event(
                id: "e-1", type: type, at: Timestamp(milliseconds: 9_000), phoneNumberID: "100",
                data: [
                    "direction": .string(direction), "received_at": "1970-01-01T00:00:05Z",
                    "origin": origin,
                    "media": [
                        "id": "7", "state": .string(state), "mime_type": "image/png",
                        "sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
                        "filename": "a.png",
                    ],
                ])
        }
        let row = try #require(MediaRow(event("message.received", "inbound", "pending")))
        #expect(row.id == "7" && row.phoneNumberID == "100" && row.receivedAt == 5_000)
        #expect(row.sha256?.hasPrefix("ba7816bf") == true && row.filename == "a.png")
        #expect(MediaRow(event("message.updated", "inbound", "pending")) != nil)
        #expect(MediaRow(event("message.updated", "inbound", "stored")) == nil)
        #expect(MediaRow(event("message.received", "outbound", "pending")) == nil)
        // What the business's own app sent, or holds from before, is at Meta all the same.
        #expect(MediaRow(event("message.echoed", "outbound", "pending", origin: "app")) != nil)
        #expect(MediaRow(event("message.imported", "inbound", "pending", origin: "history")) != nil)
        #expect(MediaRow(event("message.status", "inbound", "pending")) == nil)
    }
}
