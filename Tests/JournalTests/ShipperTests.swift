import FoundationEssentials
import Glibc
import Journal
import Reactor
import SQLite
import TestSupport
import Testing
import Wire

/// Longer than any of this takes: a test that needs it has failed.
private let patience = Duration.seconds(20)

@Suite("The shipper")
struct ShipperTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A journal with its shipper running, and the inbox it ships to.
    private struct Running: Sendable {
        let journal: Journal
        let shipper: Shipper
        let inbox: ModelSink

        func append(_ bodies: [String]) async throws {
            for body in bodies { _ = try await journal.append(.webhook, Data(body.utf8)) }
        }
    }

    /// Runs `body` against an open journal; without a `reportInterval` nothing but the bell wakes the shipper.
    private func running<Result: Sendable>(
        shippingTo model: ModelInbox = ModelInbox(), reportInterval: Duration = .seconds(3_600),
        keeping retention: Retention = Retention(),
        _ body: @escaping @Sendable (Running) async throws -> Result
    ) async throws -> Result {
        let path = folder.file("journal.db")
        return try await onLoop { loop in
            let executor = try ThreadExecutor()
            let store = JournalStore(path: path, on: executor, retention: retention)
            let journal = Journal(on: loop, over: store)
            let inbox = ModelSink(model, on: loop)
            let shipper = Shipper(
                on: loop, from: store, to: inbox, wokenBy: journal.entries,
                reportingEvery: reportInterval)
            try await journal.open()
            let task = Task(executorPreference: loop) { try await shipper.run() }
            let result = try await body(
                Running(journal: journal, shipper: shipper, inbox: inbox))
            task.cancel()
            try await task.value
            await journal.close()
            executor.stop()
            return result
        }
    }

    private static func bodies(_ range: Range<Int>) -> [String] { range.map { "body \($0)" } }

    @Test("ships what is appended, woken by the append alone")
    func ships() async throws {
        let model = try await running { it in
            for n in 0..<5 {
                try await it.append(Self.bodies(n * 10..<n * 10 + 10))
                #expect(await it.shipper.drained(within: patience))
            }
            #expect(await it.shipper.lag == Shipper.Lag(entries: 0, oldestAt: nil))
            return await it.inbox.model
        }
        #expect(model.effects.count == 50)
        #expect(model.positions.values.map(\.seq) == [50])
        #expect(model.repeated == 0)
    }

    @Test("an inbox that is away loses nothing, and the lag says how much waits and since when")
    func away() async throws {
        let before = Clocks.boot
        let model = try await running { it in
            await it.inbox.fail(.untilTold)
            try await it.append(Self.bodies(0..<20))
            await it.inbox.hasBeenAsked()
            let lag = await it.shipper.lag
            #expect(lag.entries == 20)
            #expect(try #require(lag.oldestAt) >= before)
            await it.inbox.fail(.never)
            await it.shipper.hurry()
            #expect(await it.shipper.drained(within: patience))
            return await it.inbox.model
        }
        #expect(model.effects.count == 20)
        #expect(model.repeated == 0)
    }

    @Test("a batch that was applied while its answer got lost is not applied twice")
    func lostAnswer() async throws {
        let model = try await running { it in
            await it.inbox.fail(.afterApplyingOnce)
            try await it.append(Self.bodies(0..<5))
            #expect(await it.shipper.drained(within: patience))
            return await it.inbox.model
        }
        #expect(model.effects.count == 5)
        #expect(model.repeated == 0)
    }

    @Test("a new process goes on where the old one was")
    func restart() async throws {
        let first = try await running { it in
            try await it.append(Self.bodies(0..<5))
            #expect(await it.shipper.drained(within: patience))
            return await it.inbox.model
        }
        let second = try await running(shippingTo: first) { it in
            try await it.append(Self.bodies(5..<9))
            #expect(await it.shipper.drained(within: patience))
            return await it.inbox.model
        }
        #expect(second.effects.count == 9)
        #expect(second.positions.count == 1)
        #expect(second.repeated == 0)
    }

    @Test("a journal that was put back from a backup takes a new name, in the journal's head too")
    func rolledBack() async throws {
        let path = folder.file("journal.db")
        _ = try await running { it in try await it.append(Self.bodies(0..<3)) }
        let backup = try Data(contentsOf: URL(filePath: path))
        let (model, name) = try await running { it in
            try await it.append(Self.bodies(3..<9))
            #expect(await it.shipper.drained(within: patience))
            return (await it.inbox.model, await it.journal.head?.origin)
        }
        try backup.write(to: URL(filePath: path))
        let (after, newName) = try await running(shippingTo: model) { it in
            try await it.append(Self.bodies(100..<102))
            #expect(await it.shipper.drained(within: patience))
            return (await it.inbox.model, await it.journal.head?.origin)
        }
        #expect(newName != name)
        #expect(after.effects.count == 11)
        #expect(newName.flatMap { after.positions[$0]?.seq } == 5)
    }

    @Test("what is in a file that was moved away goes out from the open handle")
    func displaced() async throws {
        let path = folder.file("journal.db")
        let model = try await running { it in
            await it.inbox.fail(.untilTold)
            try await it.append(Self.bodies(0..<3))
            #expect(unlink(path) == 0)
            await it.journal.check()
            #expect(await it.journal.condition == .displaced)
            await it.inbox.fail(.never)
            await it.shipper.hurry()
            #expect(await it.shipper.drained(within: patience))
            return await it.inbox.model
        }
        #expect(model.effects.count == 3)
    }

    @Test("shipped entries are pruned, and shipping goes on after them")
    func pruned() async throws {
        let model = try await running(keeping: Retention(age: -1)) { it in
            for n in 0..<3 {
                try await it.append(Self.bodies(n * 10..<n * 10 + 10))
                #expect(await it.shipper.drained(within: patience))
                await it.journal.prune()
            }
            return await it.inbox.model
        }
        #expect(model.effects.count == 30)
        #expect(model.holes.isEmpty)
        let database = try Database(path: folder.file("journal.db"))
        #expect(try database.prepare("SELECT seq FROM journal").all { $0.integer(0) } == [30])
    }

    @Test("an idle journal reports up to when it is complete, which is after its last entry")
    func completeness() async throws {
        let before = Clocks.boot
        let completeTo = try await running(reportInterval: .milliseconds(5)) { it in
            try await it.append(Self.bodies(0..<3))
            return await it.inbox.reported(after: before + 20)
        }
        #expect(try #require(completeTo) > before + 20)
    }
}

/// The model inbox as something that is asked and can be away.
private actor ModelSink: JournalSink {
    enum Failure: Equatable { case never, untilTold, afterApplyingOnce }
    struct Away: Error {}

    private let loop: EventLoop
    private let asked: Bell
    private(set) var model: ModelInbox
    private var failure = Failure.never
    private var completeTo: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ model: ModelInbox, on loop: EventLoop) {
        self.model = model
        self.loop = loop
        asked = Bell(on: loop)
    }

    func fail(_ failure: Failure) { self.failure = failure }

    func hasBeenAsked() async { _ = await asked.wait(atMost: patience) }

    /// Waits for a report of completeness beyond `time`.
    func reported(after time: Int64) async -> Int64? {
        while completeTo <= time { guard await asked.wait(atMost: patience) else { return nil } }
        return completeTo
    }

    func position(in origin: String) throws -> JournalPosition? {
        asked.ring()
        if failure == .untilTold { throw Away() }
        return model.positions[origin]
    }

    func append(_ shipment: Shipping.Shipment) throws -> AppendEntries.Answer {
        defer { asked.ring() }
        if failure == .untilTold { throw Away() }
        let answer = model.append(shipment)
        if answer.outcome == .applied, let time = shipment.completeTo { completeTo = time }
        if failure == .afterApplyingOnce, !shipment.entries.isEmpty {
            failure = .never
            throw Away()
        }
        return answer
    }
}
