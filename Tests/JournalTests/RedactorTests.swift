import FoundationEssentials
import Journal
import Reactor
import SQLite
import TestSupport
import Testing
import Wire

private let patience = Duration.seconds(20)

@Suite("The redactor")
struct RedactorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Running: Sendable {
        let journal: Journal
        let inbox: ModelEraser

        func append(_ bodies: [String]) async throws {
            for body in bodies {
                _ = try await journal.append(.webhook, Data(body.utf8), at: 7)
            }
        }
    }

    /// Waits until no file of the journal has anything of somebody, while it is in use.
    private func isGone(_ name: String) async throws {
        try await eventually("nothing of \(name) is left", within: patience) {
            try !bytes().contains(name)
        }
    }

    private func running(
        _ inbox: @escaping @Sendable (EventLoop) -> ModelEraser = { ModelEraser(on: $0) },
        _ body: @escaping @Sendable (Running) async throws -> Void
    ) async throws {
        let path = folder.file("journal.db")
        try await onLoop { loop in
            let executor = try ThreadExecutor()
            let store = JournalStore(path: path, on: executor)
            let journal = Journal(on: loop, over: store)
            let inbox = inbox(loop)
            let redactor = Redactor(on: loop, of: store, asking: inbox)
            let shipper = Shipper(
                on: loop, from: store, to: inbox, wokenBy: journal.entries, telling: redactor,
                reportingEvery: .milliseconds(20))
            try await journal.open()
            let tasks = [
                Task(executorPreference: loop) { try await shipper.run() },
                Task(executorPreference: loop) { try await redactor.run() },
            ]
            try await body(Running(journal: journal, inbox: inbox))
            for task in tasks { task.cancel() }
            for task in tasks { try await task.value }
            await journal.close()
            executor.stop()
        }
    }

    private func rows() throws -> [(seq: Int64, at: Int64, mark: UInt64, body: Data)] {
        try Database(path: folder.file("journal.db"))
            .prepare("SELECT seq, at, mark, body FROM journal ORDER BY seq")
            .all { ($0.integer(0), $0.integer(1), $0.bits(2), $0.blob(3)) }
    }

    /// What stands in any file of the journal.
    private func bytes() throws -> String {
        try ["", "-wal"].map { end in
            let file = folder.file("journal.db" + end)
            guard FileManager.default.fileExists(atPath: file) else { return "" }
            return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        }.joined()
    }

    /// Bodies of many sizes; every third is of a person called Jana.
    private static func bodies(_ range: Range<Int>) -> [String] {
        range.map { n in
            let text = String(repeating: "word\(n) ", count: 1 + n * 37 % 900)
            return n % 3 == 0 ? "Jana says \(text)" : "Kim says \(text)"
        }
    }

    @Test("writes over what is of the erased, and leaves number, mark, time and length")
    func writesOver() async throws {
        try await running { it in
            try await it.append(Self.bodies(0..<300))
            await it.inbox.erase("Jana")
            try await it.append(["Kim again"])
            // The log is emptied while the process runs.
            try await isGone("Jana")
        }
        let rows = try rows()
        #expect(rows.map(\.seq) == Array(1...301))
        #expect(rows.allSatisfy { $0.at == 7 })
        for (index, body) in Self.bodies(0..<300).enumerated() {
            let found = String(decoding: rows[index].body, as: UTF8.self)
            #expect(rows[index].body.count == body.utf8.count)
            #expect(index % 3 == 0 ? found.hasPrefix("{}  ") : found == body)
        }
        let text = try bytes()
        #expect(!text.contains("Jana") && !text.contains("word297 word297"))
        #expect(text.contains("word298 word298"))
    }

    @Test("a look that is broken off goes on in the next process, and changes nothing twice")
    func resumes() async throws {
        try await running { it in
            try await it.append(Self.bodies(0..<300))
            await it.inbox.erase("Jana")
            await it.inbox.answer(atMost: 1)
            try await it.append(["Kim again"])
            await it.inbox.hasRefused()
        }
        let before =
            try Database(path: folder.file("journal.db"))
            .prepare("SELECT erasures, checked FROM journal_state").first { $0.integer(1) } ?? 0
        #expect(before > 0 && before < 300)
        let inbox = try await knowing(["Jana"])
        try await running(inbox) { it in
            try await isGone("Jana")
            #expect(await it.inbox.asked.allSatisfy { $0 > before })
        }
    }

    @Test(
        "what is shipped later and tells of the erased is written over too, and nothing else read")
    func later() async throws {
        try await running { it in
            try await it.append(["Jana one", "Kim"])
            await it.inbox.erase("Jana")
            try await it.append(["Kim two"])
            try await isGone("Jana")
            try await eventually("all three are looked at") {
                await it.inbox.asked.contains(3)
            }
            await it.inbox.forgetAsked()
            try await it.append(["Kim four"])
            try await eventually("inbox has it") { await it.inbox.newest == 4 }
            try await it.append(["Jana's status"])
            try await eventually("it is looked at") { await !it.inbox.asked.isEmpty }
            try await isGone("Jana")
            #expect(await it.inbox.asked == [5])
        }
    }

    /// An inbox that stands where the last one stood.
    private func knowing(
        _ names: [String]
    ) async throws -> @Sendable (EventLoop) -> ModelEraser {
        let rows = try rows()
        let origin =
            try Database(path: folder.file("journal.db"))
            .prepare("SELECT origin FROM journal_state").first { $0.text(0) } ?? ""
        let entries = rows.map {
            JournalEntry(
                position: JournalPosition(seq: $0.seq, mark: $0.mark), at: $0.at, kind: .webhook,
                body: $0.body)
        }
        var model = ModelInbox()
        _ = model.append(
            Shipping.Shipment(origin: origin, after: nil, entries: entries, completeTo: nil))
        return { [model] in ModelEraser(model, erased: names, on: $0) }
    }
}

/// The model inbox, which also knows who was erased: by a word in the bodies.
private actor ModelEraser: JournalSink, RedactionOracle {
    struct Away: Error {}

    private let loop: EventLoop
    private let refused: Bell
    private var model: ModelInbox
    private var erased: [String]
    private var answersLeft = Int.max
    /// Numbers of the entries that it was asked of.
    private(set) var asked: [Int64] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ model: ModelInbox = ModelInbox(), erased: [String] = [], on loop: EventLoop) {
        self.model = model
        self.erased = erased
        self.loop = loop
        refused = Bell(on: loop)
    }

    func erase(_ name: String) { erased.append(name) }
    func answer(atMost count: Int) { answersLeft = count }
    func forgetAsked() { asked = [] }
    func hasRefused() async { _ = await refused.wait(atMost: patience) }
    var newest: Int64 { model.positions.values.first?.seq ?? 0 }

    func position(in origin: String) -> JournalPosition? { model.positions[origin] }

    func append(_ shipment: Shipping.Shipment) -> AppendEntries.Answer {
        let answer = model.append(shipment)
        return .init(
            answer.outcome, answer.position,
            erasures: erased.isEmpty ? nil : "digest of \(erased.count)",
            namesErased: shipment.entries.contains { rest(of: $0.body) != nil })
    }

    func redact(_ entries: [JournalEntry], of origin: String) throws -> [RedactedBody] {
        guard answersLeft > 0 else {
            refused.ring()
            throw Away()
        }
        answersLeft -= 1
        asked += entries.map(\.position.seq)
        return entries.compactMap { entry in
            rest(of: entry.body).map { RedactedBody(position: entry.position, body: $0) }
        }
    }

    private func rest(of body: Data) -> Data? {
        let text = String(decoding: body, as: UTF8.self)
        return erased.contains { text.contains($0) } ? Data("{}".utf8) : nil
    }
}
