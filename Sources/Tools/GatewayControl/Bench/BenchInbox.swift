internal import Daemon
internal import FoundationEssentials
internal import IPC
internal import Reactor
internal import Wire

/// Fills an inbox of its own through the door that the journals use, then reads from it.
///
/// Prints how fast entries are applied, how long reads take inside inbox and as a peer sees them, and
/// what inbox holds of memory and disk. `--messages` and `--people` say how many.
func benchInbox(_ loop: EventLoop, _ arguments: [String]) async throws -> CInt {
    var sizes = ["--messages": 1_000_000, "--people": 50_000]
    var rest = arguments[...]
    while let name = rest.popFirst() {
        guard sizes[name] != nil, let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
            complain("usage: gatewayctl bench-inbox [--messages N] [--people N]")
            return Exit.usage
        }
        sizes[name] = value
    }
    let inbox = try await ScratchInbox.start(on: loop)
    defer { inbox.remove() }
    let bench = InboxBench(
        inbox, messages: sizes["--messages", default: 1], people: sizes["--people", default: 1])
    try await bench.fill()
    try await bench.read()
    return Exit.done
}

/// The two halves of the measurement.
struct InboxBench {
    /// Reads of one kind; inbox keeps the times of as many.
    private static let reads = 400
    private static let patience = Duration.seconds(60)

    let inbox: ScratchInbox
    let messages: Int
    let people: Int

    init(_ inbox: ScratchInbox, messages: Int, people: Int) {
        self.inbox = inbox
        self.messages = messages
        self.people = people
    }

    func fill() async throws {
        let client = inbox.client
        // All there was is shipped: from here on nothing is tried one by one, as in a group that runs.
        for process in [Service.ingress, .provider] {
            _ = try await client.ask(Self.batch([], process, after: nil), within: Self.patience)
        }
        let supply = BenchSupply(messages: messages, people: people)
        let (began, spent) = (ContinuousClock.now, try inbox.processorTime())
        // Each journal is shipped without regard to the other, as by processes of their own.
        async let ingress = Self.ship(.ingress, from: supply, client)
        async let provider = Self.ship(.provider, from: supply, client)
        let entries = try await ingress + provider
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let memory = try inbox.memory()
        let processor = (try inbox.processorTime() - spent) / .microseconds(1)
        let report = try await inbox.client.ask(DescribeInbox(), within: Self.patience)
        guard report.figures["unparsed"] == 0 else {
            throw WireError.malformed("inbox could not read what the benchmark made")
        }
        print(
            """
            applied   \(entries) entries, \(messages) messages, \(people) people in \
            \(Self.decimal(seconds, 1)) s: \(Int(Double(entries) / seconds)) entries/s, \
            \(Int(processor) / max(1, entries)) µs of processor each
            size      \(report.figures["database_bytes", default: 0] >> 20) MiB inbox.db, resident \
            \(memory.resident >> 20) MiB, at most \(memory.peak >> 20) MiB
            """)
    }

    /// Ships one journal to its end, and answers how many entries that were.
    private static func ship(
        _ process: Service, from supply: BenchSupply, _ client: Client
    ) async throws -> Int {
        var (position, count): (JournalPosition?, Int) = (nil, 0)
        var entries = try await supply.next(of: process)
        while !entries.isEmpty {
            let (shipped, after) = (entries, position)
            // The next batch is made while this one is applied, as a shipper reads ahead.
            async let answer = client.ask(batch(shipped, process, after: after), within: patience)
            entries = try await supply.next(of: process)
            guard try await answer.outcome == .applied else {
                throw WireError.malformed("inbox did not take a batch of the benchmark")
            }
            position = try await answer.position
            count += shipped.count
        }
        return count
    }

    private static func batch(
        _ entries: [JournalEntry], _ process: Service, after: JournalPosition?
    ) -> AppendEntries {
        AppendEntries(
            origin: "bench-\(process.rawValue)", process: process, after: after, entries: entries,
            completeTo: 1)
    }

    // MARK: Reading

    func read() async throws {
        var random = Seeded(2)
        try await measure("conversations", "first page of conversations") { _ in
            _ = try await ask(
                ListConversations(
                    limit: 50, cursor: nil, query: nil, phoneNumberID: nil, seen: []))
        }
        let persons = (0..<Self.reads).map { _ in
            Int.random(in: 0..<people, using: &random)
        }
        try await measure("messages", "a person's last 50") { index in
            _ = try await ask(
                ListMessages(
                    contact: "+" + BenchTraffic.phone(persons[index]), limit: 50, cursor: nil,
                    phoneNumberID: nil, seen: []))
        }
        // Words of every hundredth to every thousandth text, whole and begun, and names.
        try await measure("search", "a search among messages") { index in
            let word = BenchTraffic.word(20 + index * 7)
            _ = try await ask(
                SearchMessages(
                    query: index.isMultiple(of: 2) ? word : String(word.prefix(4)), contact: nil,
                    limit: 50, cursor: nil, phoneNumberID: nil, seen: []))
        }
        try await measure("search", "a search among conversations") { index in
            let query =
                index.isMultiple(of: 2)
                ? BenchTraffic.name(persons[index]) : BenchTraffic.word(20 + index * 7)
            _ = try await ask(
                ListConversations(
                    limit: 50, cursor: nil, query: query, phoneNumberID: nil, seen: []))
        }
        let memory = try inbox.memory()
        print("resident  \(memory.resident >> 20) MiB after the reads")
    }

    private func ask<Asked: Request>(_ request: Asked) async throws -> Asked.Answer {
        try await inbox.client.ask(request, within: Self.patience)
    }

    /// Does it many times, one after the other, and prints the middle and the slow end.
    private func measure(
        _ figure: String, _ title: String, _ body: (Int) async throws -> Void
    ) async throws {
        var times: [Double] = []
        for index in 0..<Self.reads {
            let began = ContinuousClock.now
            try await body(index)
            times.append((ContinuousClock.now - began) / .milliseconds(1))
        }
        times.sort()
        let report = try await inbox.client.ask(DescribeInbox(), within: Self.patience)
        func inside(_ part: String) -> String {
            Self.decimal(Double(report.figures["\(figure)_\(part)_us", default: 0]) / 1_000, 2)
        }
        print(
            """
            \(title): p50 \(inside("p50")) ms, p99 \(inside("p99")) ms inside inbox; \
            \(Self.decimal(times[times.count / 2], 2)) ms, \
            \(Self.decimal(times[times.count * 99 / 100], 2)) ms with the socket
            """)
    }

    private static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((value * Double(scale)).rounded())
        let rest = String(whole % scale)
        return "\(whole / scale)."
            + String(repeating: "0", count: digits - rest.utf8.count) + rest
    }
}
