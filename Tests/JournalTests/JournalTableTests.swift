import FoundationEssentials
import Journal
import SQLite
import TestSupport
import Testing
import Wire

@Suite("The journal as a table")
struct JournalTableTests {
    let folder: TemporaryFolder
    let database: Database
    let table: JournalTable

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.file("journal.db"))
        try database.migrate(JournalTable.migrations)
        table = try JournalTable(in: database)
    }

    @discardableResult
    private func append(_ count: Int, size: Int = 3, at: Int64 = 1) throws -> [JournalPosition] {
        try database.transaction {
            try (0..<count).map { _ in
                try table.append(.webhook, Data(repeating: 7, count: size), at: at)
            }
        }
    }

    private func prune(_ retention: Retention, now: Int64) throws -> Int64 {
        try database.transaction { try table.prune(retention, now: now) }
    }

    private func seqs() throws -> [Int64] {
        try table.batch(after: 0, maximumBytes: 1 << 30).entries.map(\.position.seq)
    }

    @Test("an empty journal has a name of 32 hex digits and nothing else")
    func empty() throws {
        let extent = try table.extent()
        #expect(extent.origin.count == 32)
        #expect(extent.origin.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(extent.newest == nil && extent.oldest == nil && extent.oldestUnshippedAt == nil)
        #expect(try table.batch(after: 0, maximumBytes: 1).entries == [])
    }

    @Test("an entry comes back as it was appended, under its number and mark")
    func roundTrip() throws {
        let body = Data((0...255).map { UInt8($0) })
        let position = try database.transaction { try table.append(.command, body, at: 1_234) }
        let batch = try table.batch(after: 0, maximumBytes: 1 << 20)
        let entry = JournalEntry(position: position, at: 1_234, kind: .command, body: body)
        #expect(batch.entries == [entry])
        #expect(batch.reachesHead)
        #expect(try table.mark(at: position.seq) == position.mark)
        #expect(try table.mark(at: position.seq + 1) == nil)
        #expect(try table.extent().newest == position)
    }

    @Test("a body that would not fit into a frame is refused alone", arguments: [0, 1])
    func longBody(excess: Int) throws {
        let body = Data(count: JournalTable.maximumBody + excess)
        let seqs = try database.transaction {
            let first = try table.append(.webhook, Data(), at: 1)
            let second = try? table.append(.webhook, body, at: 1)
            return [first.seq, second?.seq, try table.append(.webhook, Data(), at: 1).seq]
        }
        #expect(seqs == (excess == 0 ? [1, 2, 3] : [1, nil, 2]))
        #expect(JournalTable.maximumBody * 4 / 3 + 4_096 < Frame.maximumLength)
    }

    @Test("a number that was rolled back is given again, so that there is no gap")
    func contiguous() throws {
        struct Stop: Error {}
        try append(2)
        #expect(throws: Stop.self) {
            try database.transaction {
                _ = try table.append(.outbox, Data(), at: 1)
                throw Stop()
            }
        }
        #expect(try append(2).map(\.seq) == [3, 4])
    }

    // 300 bytes are 400 once encoded, and 128 around them.
    @Test(
        "a batch holds what fits once encoded, but one entry at least",
        arguments: [(0, 1), (528, 1), (1_055, 1), (1_056, 2), (1_583, 2), (1_584, 3), (9_999, 3)])
    func batchSize(bytes: Int, count: Int) throws {
        try append(3, size: 300)
        let batch = try table.batch(after: 0, maximumBytes: bytes)
        #expect(batch.entries.count == count)
        #expect(batch.reachesHead == (count == 3))
        let rest = try table.batch(after: Int64(count), maximumBytes: 9_999)
        #expect(rest.entries.count == 3 - count)
    }

    @Test("a batch is no longer on the wire than was asked for", arguments: [0, 1, 2, 3, 1_000])
    func encodedSize(size: Int) throws {
        try append(200, size: size, at: 1_795_472_748_129)
        let limit = 50_000
        let batch = try table.batch(after: 0, maximumBytes: limit)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        #expect(try encoder.encode(batch.entries).count <= limit)
    }

    @Test("nothing unshipped is pruned, and the newest shipped entry stays", arguments: 0...6)
    func pruning(shipped: Int64) throws {
        try append(6)
        table.markShipped(shipped)
        let gone = try prune(Retention(age: 0, bytes: 0), now: 100)
        #expect(gone == max(0, shipped - 1))
        #expect(try seqs() == Array(max(1, shipped)...6))
        #expect(try prune(Retention(age: 0, bytes: 0), now: 100) == 0)
        #expect(try append(1).map(\.seq) == [7])
    }

    @Test(
        "an entry goes once it is older than its age, not before", arguments: [(110, 0), (111, 5)])
    func age(now: Int64, gone: Int64) throws {
        try append(6, at: 100)
        table.markShipped(6)
        #expect(try prune(Retention(age: 10), now: now) == gone)
    }

    @Test("a clock that was set back makes no gap")
    func clockSetBack() throws {
        try append(1, at: 100)
        try append(1, at: 900)
        try append(3, at: 100)
        table.markShipped(5)
        #expect(try prune(Retention(age: 10), now: 500) == 1)
        #expect(try seqs() == [2, 3, 4, 5])
    }

    @Test("too many bytes push the oldest out before their time, until they fit")
    func cap() throws {
        try append(2_000, size: 1_000)
        table.markShipped(2_000)
        let retention = Retention(age: 1_000, bytes: 1 << 20)
        while try prune(retention, now: 2) > 0 {}
        #expect(try database.usedPages() * database.pageSize() <= 1 << 20)
        #expect(try seqs().count > 500)
        #expect(try seqs().last == 2_000)
    }

    @Test("a new name leaves the entries and takes back that they were shipped")
    func newOrigin() throws {
        try append(3)
        table.markShipped(3)
        let before = try table.extent()
        try database.transaction { try table.newOrigin() }
        let after = try table.extent()
        #expect(after.origin != before.origin)
        #expect(after.newest == before.newest)
        #expect(after.shipped == 0 && after.oldestUnshippedAt == 1)
    }

    @Test("how far it was shipped is known after reopening, once it was pruned")
    func shippedIsKept() throws {
        try append(3)
        table.markShipped(2)
        _ = try prune(Retention(), now: 1)
        #expect(try JournalTable(in: database).extent().shipped == 2)
    }

    @Test("a new process prunes nothing before it has heard inbox")
    func unconfirmed() throws {
        try append(3)
        table.markShipped(3)
        try table.saveShipped()
        let reopened = try JournalTable(in: database)
        #expect(try reopened.prune(Retention(age: 0, bytes: 0), now: 100) == 0)
        reopened.markShipped(3)
        #expect(try reopened.prune(Retention(age: 0, bytes: 0), now: 100) == 2)
    }

    private static let day: Int64 = 24 * 3_600 * 1_000

    @Test("each day knows its entries, also when they were pruned or the clock was set back")
    func daysKnowTheirEntries() throws {
        try append(2, at: 3 * Self.day)
        try append(1, at: 3 * Self.day + 5)
        try append(3, at: 5 * Self.day)
        try append(1, at: 4 * Self.day)
        table.markShipped(6)
        #expect(try prune(Retention(age: 0, bytes: 1 << 30), now: 9 * Self.day) > 0)
        let days = try table.allDays()
        #expect(days.map(\.day) == [3, 5])
        #expect(days.map(\.entries) == [1..<4, 4..<8])
    }

    @Test("a day that was begun in a transaction that was rolled back begins with what came after")
    func rolledBackDay() throws {
        struct Stop: Error {}
        try append(1, at: 3 * Self.day)
        #expect(throws: Stop.self) {
            try database.transaction {
                _ = try table.append(.webhook, Data(), at: 4 * Self.day)
                throw Stop()
            }
        }
        try append(1, at: 5 * Self.day)
        #expect(try table.allDays().map(\.day) == [3, 5])
        #expect(try table.allDays().map(\.entries) == [1..<2, 2..<3])
    }

    @Test("a file from before the days is given them from what it has")
    func daysOfAnOlderFile() throws {
        let older = try Database(path: folder.file("older.db"))
        try older.migrate([JournalTable.migration])
        for (seq, at) in [(1, Self.day), (2, Self.day + 1), (3, 2 * Self.day)] {
            try older.execute(
                "INSERT INTO journal VALUES (\(seq), \(at), 'webhook', x'00', \(seq))")
        }
        try older.migrate(JournalTable.migrations)
        let days = try JournalTable(in: older).allDays()
        #expect(days.map(\.day) == [1, 2])
        #expect(days.map(\.entries) == [1..<3, 3..<4])
    }

    @Test("answers are counted on the last day that has an entry")
    func answersAreCounted() throws {
        try table.noteAnswered(5)
        try append(1, at: Self.day)
        try table.noteAnswered(1)
        try append(1, at: 2 * Self.day)
        try table.noteAnswered(2)
        try table.noteAnswered(3)
        #expect(try table.allDays().map(\.answered) == [1, 5])
    }
}
