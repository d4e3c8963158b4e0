import FoundationEssentials
import Journal
import SQLite
import TestSupport
import Testing
import Wire

@Suite("Shipping, whatever happens on the way")
struct ShippingPropertyTests {
    @Test(
        "nothing is lost, nothing is applied twice, and what is missing is named", arguments: 0..<60
    )
    func anythingGoes(seed: UInt64) throws {
        var world = try World(seed: seed)
        for _ in 0..<80 { try world.step() }
        try world.finish()
        let kept = try world.keptBodies()
        #expect(kept.allSatisfy { world.inbox.effects[$0] == 1 }, "seed \(seed)")
        #expect(world.inbox.repeated == 0, "seed \(seed)")
        let missing = world.appended.filter { body in
            world.inbox.effects[body.bytes] == nil && !world.rolledBack.contains(body.bytes)
                && !world.inbox.holes.contains { $0.seqs.contains(body.seq) }
        }
        #expect(missing.isEmpty, "seed \(seed)")
    }

    @Test("without a restored file there is no hole and no new name", arguments: 60..<80)
    func ordinaryDays(seed: UInt64) throws {
        var world = try World(seed: seed)
        world.restores = false
        let name = try world.origin()
        for _ in 0..<80 { try world.step() }
        try world.finish()
        #expect(world.inbox.holes.isEmpty, "seed \(seed)")
        #expect(world.inbox.repeated == 0, "seed \(seed)")
        #expect(world.inbox.effects.count == world.appended.count, "seed \(seed)")
        #expect(try world.origin() == name, "seed \(seed)")
    }
}

/// A journal file, a shipper that can die anywhere, an inbox, and backups of both files.
private struct World {
    struct Body { let bytes: Data, seq: Int64 }
    private struct Backup { let file: Data, appended: Int }

    private let folder: TemporaryFolder
    private var path: String { folder.file("journal.db") }
    private var table: JournalTable?
    private var random: Seeded
    private var shipping = Shipping()
    private var next: Shipping.Action
    private var backup: Backup?
    private var inboxBackup: ModelInbox?
    private(set) var inbox = ModelInbox()
    private(set) var appended: [Body] = []
    /// Bodies that a restored journal no longer has, through no fault of the shipper.
    private(set) var rolledBack: Set<Data> = []
    /// Whether backups are put back.
    var restores = true
    private var isFaulty = true
    private var time: Int64 = 0

    init(seed: UInt64) throws {
        folder = try TemporaryFolder()
        random = Seeded(seed)
        next = shipping.start()
        try open()
    }

    private mutating func open() throws {
        let database = try Database(path: path)
        // Nothing here is about power cuts, and there are thousands of commits.
        try database.execute("PRAGMA synchronous=OFF")
        try database.checkpoint()
        try database.migrate(JournalTable.migrations)
        table = try JournalTable(in: database)
    }

    private func opened() throws -> (JournalTable, Database) {
        let table = try #require(table)
        return (table, table.database)
    }

    mutating func step() throws {
        time += 10
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<4: try append(Int.random(in: 1...5, using: &random))
        case 4..<10: for _ in 0..<Int.random(in: 1...12, using: &random) { try act() }
        case 10: try prune()
        case 11: restart()
        case 12: inboxBackup = inbox
        case 13: try makeBackup()
        case 14 where restores: if let inboxBackup { inbox = inboxBackup }
        case 15 where restores: try putBack()
        default: break
        }
    }

    /// Lets the shipper work without faults until it has nothing to do.
    mutating func finish() throws {
        isFaulty = false
        // A report finds out what a shipper at rest has not heard of.
        for _ in 0..<2 {
            var actions = 0
            repeat {
                try act()
                actions += 1
                try #require(actions < 10_000)
            } while !isResting
        }
    }

    func keptBodies() throws -> [Data] {
        try opened().0.batch(after: 0, maximumBytes: 1 << 30).entries.map(\.body)
    }

    func origin() throws -> String { try opened().0.extent().origin }

    private var isResting: Bool { if case .rest = next { true } else { false } }

    // MARK: What happens

    private mutating func append(_ count: Int) throws {
        let (table, database) = try opened()
        for _ in 0..<count {
            let bytes = Data("body \(appended.count)".utf8)
            let position = try database.transaction {
                try table.append(.webhook, bytes, at: time)
            }
            appended.append(Body(bytes: bytes, seq: position.seq))
        }
    }

    private mutating func prune() throws {
        let (table, database) = try opened()
        _ = try database.transaction {
            try table.prune(Retention(age: 50, bytes: 1 << 30), now: time)
        }
    }

    /// The process dies and starts: what was not in the file is forgotten.
    private mutating func restart() {
        shipping = Shipping()
        next = shipping.start()
    }

    private mutating func makeBackup() throws {
        table = nil
        backup = Backup(file: try Data(contentsOf: URL(filePath: path)), appended: appended.count)
        try open()
        restart()
    }

    private mutating func putBack() throws {
        guard let backup else { return }
        rolledBack.formUnion(appended[backup.appended...].map(\.bytes))
        table = nil
        try backup.file.write(to: URL(filePath: path))
        try open()
        restart()
    }

    /// Does what the shipper wants; on the way to inbox it may fail before or after the effect.
    private mutating func act() throws {
        let (table, database) = try opened()
        let fault = isFaulty ? Int.random(in: 0..<8, using: &random) : 9
        switch next {
        case .readExtent: next = shipping.extentRead(try table.extent())
        case .askPosition(let origin):
            next =
                fault == 0 ? shipping.failed() : shipping.positionAnswered(inbox.positions[origin])
        case .readMark(let seq): next = shipping.markRead(try table.mark(at: seq))
        case .renewOrigin:
            try database.transaction { try table.newOrigin() }
            next = shipping.originRenewed()
        case .noteShipped(let seq):
            table.markShipped(seq)
            next = shipping.shippedNoted()
        case .readBatch(let seq):
            let bytes = Int.random(in: 0...1_000, using: &random)
            next = shipping.batchRead(
                try table.batch(after: seq, maximumBytes: bytes), asOf: time)
        case .append(let shipment):
            if fault == 0 { return next = shipping.failed() }
            let answer = inbox.append(shipment)
            // The request is sent again over a new connection, as the client of the socket does.
            let again = fault == 1 ? inbox.append(shipment) : answer
            next = fault == 2 ? shipping.failed() : shipping.appendAnswered(again)
        case .rest: next = shipping.woken(byEntry: false)
        case .wait: next = shipping.waited()
        }
    }
}
