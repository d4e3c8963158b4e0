import CloudAPI
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

/// A Graph that answers read marks as it is told, and remembers them.
actor ScriptedMarks: MarkingGraph {
    private let loop: EventLoop
    private let arrival: Bell
    private var script: [MarkOutcome]
    private(set) var wamids: [String] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Answers those in order, and afterwards that it was told.
    init(on loop: EventLoop, _ script: [MarkOutcome] = []) {
        self.loop = loop
        self.script = script
        arrival = Bell(on: loop)
    }

    func mark(
        _ body: Data, from phoneNumberID: String, within limit: Duration
    ) async -> MarkOutcome {
        let value = try? JSONDecoder().decode(JSONValue.self, from: body)
        wamids.append(value?["message_id"]?.text ?? "")
        arrival.ring()
        return script.isEmpty ? .told : script.removeFirst()
    }

    /// Waits until that many have reached it.
    func arrived(_ count: Int) async -> Bool {
        while wamids.count < count {
            guard await arrival.wait(atMost: .seconds(20)) else { return false }
        }
        return true
    }
}

extension MarkOutcome {
    fileprivate static func refusal(_ code: Int64, status: Int = 400) -> MarkOutcome {
        .refused(GraphError(code: code, httpStatus: status))
    }
}

@Suite("Read marks in live")
struct ReadMarksTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Lends marks that Graph answers by `script`, without a backoff.
    private func withMarks<Result: Sendable>(
        _ script: [MarkOutcome] = [],
        _ body: @escaping @Sendable (LiveOutbox, ReadMarks, ScriptedMarks) async throws -> Result
    ) async throws -> Result {
        try await LiveOutbox.open(in: folder) { it in
            let graph = ScriptedMarks(on: it.scratch.loop, script)
            let marks = ReadMarks(
                of: it.scratch.outbox, over: graph, beside: it.sender, for: ["100", "200"],
                on: it.scratch.loop, random: { $0.lowerBound })
            return try await body(it, marks, graph)
        }
    }

    private static let mark = ReadMark(messageID: "wamid.1", showsTyping: true)
    private static var soon: Int64 { Clocks.boot + 20_000 }

    // MARK: For a caller

    @Test("a mark is told once; one whose answer was lost is told again")
    func told() async throws {
        try await withMarks([.told, .unanswered(reason: "x"), .refusal(131_016, status: 500)]) {
            _, marks, graph in
            try await marks.tell(Self.mark, from: "100", until: Self.soon)
            #expect(await graph.wamids.count == 1)
            try await marks.tell(Self.mark, from: "100", until: Self.soon)
            #expect(await graph.wamids.count == 4)
        }
    }

    @Test("a Graph that does not answer is asked four times, and not after the deadline")
    func unanswered() async throws {
        let silence = [MarkOutcome](repeating: .unanswered(reason: "x"), count: 10)
        try await withMarks(silence) { _, marks, graph in
            let problem = await #expect(throws: Problem.self) {
                try await marks.tell(Self.mark, from: "100", until: Self.soon)
            }
            #expect(problem?.httpStatus == 503 && problem?.retryable == true)
            #expect(await graph.wamids.count == ReadMarks.mostTries)
            await #expect(throws: Problem.self) {
                try await marks.tell(Self.mark, from: "100", until: Clocks.boot)
            }
            #expect(await graph.wamids.count == ReadMarks.mostTries + 1)
        }
    }

    @Test("a refusal is told as the table says, and not repeated", arguments: [100, 131_009])
    func refused(code: Int64) async throws {
        try await withMarks([.refusal(code)]) { _, marks, graph in
            let problem = await #expect(throws: Problem.self) {
                try await marks.tell(Self.mark, from: "100", until: Self.soon)
            }
            #expect(problem?.httpStatus == 400 && problem?.providerCode == Int(code))
            #expect(await graph.wamids.count == 1)
        }
    }

    @Test("a token that ended pauses sends too, and the next mark does not ask")
    func paused() async throws {
        try await withMarks([.refusal(190, status: 401)]) { it, marks, graph in
            for _ in 1...2 {
                let problem = await #expect(throws: Problem.self) {
                    try await marks.tell(Self.mark, from: "100", until: Self.soon)
                }
                #expect(problem?.code == .providerUnauthorized && problem?.httpStatus == 401)
            }
            #expect(await graph.wamids.count == 1)
            #expect(await it.sender.conditions.map(\.code) == ["sending_paused"])
            await #expect(throws: Problem.self) { try await it.send("msg_a") }
        }
    }

    @Test("a throttle of marks slows no send")
    func throttled() async throws {
        try await withMarks([.refusal(130_429)]) { it, marks, graph in
            try? await marks.tell(Self.mark, from: "100", until: Self.soon)
            #expect(await it.sender.dispatch.gates.isEmpty)
            let standing = try await it.send("msg_a")
            #expect(standing.taken.kept.message.status == .accepted)
        }
    }

    // MARK: What waits

    private static func wanted(
        _ wamid: String, of conversation: String, number: String = "100", age: Int64 = 0
    ) -> FeedNews.Mark {
        FeedNews.Mark(
            conversation: conversation, phoneNumberID: number, wamid: wamid,
            at: Clocks.wall - age)
    }

    private func follow(_ marks: FeedNews.Mark..., in it: LiveOutbox) async throws {
        try await it.scratch.outbox.change { store, tables, now in
            var news = FeedNews(position: "0-1")
            news.marks = marks
            _ = try store.follow(news, in: tables, at: now)
        }
    }

    private func waiting(in it: LiveOutbox) async throws -> Int64 {
        try await it.scratch.outbox.change { _, tables, _ in try tables.readMarks.count() }
    }

    /// Runs the marks until Graph has heard so many, and until what follows from the last is written.
    private func run(
        _ marks: ReadMarks, of it: LiveOutbox, until count: Int, _ graph: ScriptedMarks,
        leaving left: Int64 = 0
    ) async throws {
        let running = Task(executorPreference: it.scratch.loop) { await marks.run() }
        #expect(await graph.arrived(count))
        for _ in 0..<1_000 where try await waiting(in: it) > left {
            _ = await Bell(on: it.scratch.loop).wait(atMost: .milliseconds(2))
        }
        running.cancel()
        await running.value
        #expect(try await waiting(in: it) == left)
    }

    @Test("what inbox wants told is told, the newest of a conversation, none that is too old")
    func waitingMarks() async throws {
        try await withMarks { it, marks, graph in
            try await follow(
                Self.wanted("w1", of: "c1", age: 2_000), Self.wanted("w2", of: "c1", age: 1_000),
                Self.wanted("w0", of: "c1", age: 3_000), Self.wanted("w3", of: "c2", number: "200"),
                Self.wanted("old", of: "c3", age: ReadMarkTable.longestAge + 1), in: it)
            try await run(marks, of: it, until: 2, graph)
            #expect(Set(await graph.wamids) == ["w2", "w3"])
            #expect(await graph.wamids.count == 2)
        }
    }

    @Test("what was not told outlives the process, and comes while it runs")
    func outlives() async throws {
        try await withMarks { it, _, _ in try await follow(Self.wanted("w1", of: "c1"), in: it) }
        try await withMarks { it, marks, graph in
            let running = Task(executorPreference: it.scratch.loop) { await marks.run() }
            #expect(await graph.arrived(1))
            try await follow(Self.wanted("w2", of: "c2"), in: it)
            await marks.look()
            #expect(await graph.arrived(2))
            running.cancel()
            await running.value
            #expect(await graph.wamids == ["w1", "w2"])
        }
    }

    @Test("Meta's own trouble is waited out, a refusal ends a mark and is counted")
    func trouble() async throws {
        let script: [MarkOutcome] = [.unanswered(reason: "x"), .refusal(131_016), .refusal(100)]
        try await withMarks(script) { it, marks, graph in
            try await follow(Self.wanted("w1", of: "c1"), in: it)
            try await run(marks, of: it, until: 3, graph)
            #expect(await graph.wamids == ["w1", "w1", "w1"])
            #expect(await marks.givenUp == 1)
        }
    }

    @Test("while its number is paused a mark waits")
    func waitsForCure() async throws {
        try await withMarks([.refusal(190, status: 401)]) { it, marks, graph in
            try await follow(Self.wanted("w1", of: "c1"), Self.wanted("w2", of: "c2"), in: it)
            try await run(marks, of: it, until: 1, graph, leaving: 2)
            #expect(await graph.wamids.count == 1)
        }
    }

    @Test("marks of numbers that are not ours wait for nothing but their age")
    func pruned() async throws {
        try await withMarks { it, _, _ in
            try await follow(Self.wanted("w1", of: "c1", number: "999"), in: it)
            #expect(try await waiting(in: it) == 1)
            let later = Clocks.wall + ReadMarkTable.longestAge + 1_000
            _ = try await it.scratch.store.prune(now: later)
            #expect(try await waiting(in: it) == 0)
        }
    }

    @Test("an event wants a mark told, or it is another one")
    func events() {
        func event(_ type: String, _ data: JSONValue) -> Event {
            Event(
                id: "e-1", type: type, at: Timestamp(milliseconds: 0), phoneNumberID: "100",
                data: data)
        }
        let data: JSONValue = [
            "conversation": "c", "wamid": "w", "timestamp": "2026-09-21T14:13:20Z",
        ]
        #expect(
            FeedNews.Mark(event("read_mark.wanted", data))
                == .init(
                    conversation: "c", phoneNumberID: "100", wamid: "w", at: 1_790_000_000_000))
        #expect(FeedNews.Mark(event("message.received", data)) == nil)
        #expect(FeedNews.Mark(event("read_mark.wanted", ["wamid": "w"])) == nil)
    }
}
