internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Reactor
internal import Wire

/// Runs a private group under traffic, does faults to it, and compares what was answered with what is there.
///
/// The first argument is the path of run.sh.
func torture(_ loop: EventLoop, _ arguments: [String]) async throws -> CInt {
    guard let script = arguments.first else { throw TortureOptions.Usage() }
    let options = try TortureOptions(Array(arguments.dropFirst()))
    let view = TortureView(isOn: options.isWatched)
    view.say("seed \(options.seed)")
    let graph = try TortureGraph(seed: options.seed, on: loop)
    let group = try TortureGroup(script: script, graphAt: graph.port, on: loop)
    try Signals.watch([SIGINT, SIGTERM], on: loop) { signal in
        group.end(keeping: false)
        exit(128 + signal)
    }
    var isGood = false
    defer {
        let keeps = options.keeps && !isGood
        group.end(keeping: keeps)
        if keeps { view.say("all that was kept is in \(group.folder)") }
    }
    let run = TortureRun(options, of: group, graph, view, on: loop)
    var failure: (any Error)?
    do { try await run.run() } catch { failure = error }
    let ledger = await run.ledger
    let table = TortureTable(ledger)
    for line in table.lines { view.say(line) }
    for line in await run.remarks + table.slowKills { view.say(line) }
    for complaint in ledger.complaints { complain(complaint) }
    if let failure { complain("\(failure)") }
    isGood = table.isGood && failure == nil
    return isGood ? 0 : 1
}

/// One torture: the callers, the faults, and what they come to.
actor TortureRun {
    /// Callers, each over a connection of its own.
    private static let callers = 32
    /// How long a caller waits for an answer: longer than any deadline inside the gateway.
    private static let patience = Duration.seconds(30)
    /// Between two errands of a caller, in milliseconds: the machine is to have time for processes that start.
    private static let idling = 0...400
    /// Before a caller that was turned away asks again.
    private static let again = Duration.milliseconds(50)
    /// Between two looks at what happens.
    private static let blink = Duration.milliseconds(250)
    /// How long all of it may take to be answered and read once there are no more faults.
    private static let settling = Duration.seconds(150)

    private let options: TortureOptions
    private let group: TortureGroup
    private let graph: TortureGraph
    private let view: TortureView
    private let loop: EventLoop
    private(set) var ledger = TortureLedger()
    /// What is to be known beside the table.
    private(set) var remarks: [String] = []
    private var traffic: TortureTraffic
    private var waits: Seeded
    /// Errands that are next.
    private var errands: [Errand] = []
    private var isOver = false
    private var deadline = ContinuousClock.Instant.now
    private var isLate: Bool { isOver && .now > deadline }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        _ options: TortureOptions, of group: TortureGroup, _ graph: TortureGraph,
        _ view: TortureView, on loop: EventLoop
    ) {
        self.options = options
        self.group = group
        self.graph = graph
        self.view = view
        self.loop = loop
        traffic = TortureTraffic(
            seed: options.seed, appSecret: group.appSecret, apiToken: group.apiToken)
        waits = Seeded(options.seed &+ 2)
    }

    func run() async throws {
        try await group.run("--detach")
        graph.onStatus { [weak self] taken, word in
            self?.assumeIsolated { $0.tell(word, of: taken) }
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<Self.callers {
                let connection = KeptConnection(to: group.port, on: loop)
                tasks.addTask { await self.call(over: connection, number) }
            }
            if options.isWatched { tasks.addTask { await self.show() } }
            do { try await faults() } catch {
                isOver = true
                deadline = .now
                throw error
            }
            isOver = true
            deadline = .now + Self.settling
            graph.hurry()
            try await tasks.waitForAll()
        }
        try await settle()
        let doubts = ledger.judge(try await TortureReader(group: group).read(), taken: graph.taken)
        remarks.append(
            "outcome unknown: \(doubts.settled) were settled by a status; in doubt, or dead letters, are "
                + "\(doubts.taken) that Graph took and \(doubts.notTaken) that it never got")
        // What the group says of itself.
        do { try await group.run("audit") } catch { ledger.noteGap("\(error)") }
        try await group.stop()
    }

    // MARK: Faults

    private func faults() async throws {
        let start = ContinuousClock.now
        let pause = Bell(on: loop)
        var schedule = FaultSchedule(seed: options.seed, only: options.only)
        while !options.isEnough(after: .now - start, kills: ledger.total.kills) {
            guard let fault = schedule.next() else { return }
            let begun = ContinuousClock.now
            ledger.begin(fault.kind, at: begun)
            view.live(fault.kind, ledger)
            let kills = try await FaultInjector(group, on: loop).inject(fault)
            ledger.noteKills(kills, of: fault.kind)
            let now = ContinuousClock.now
            ledger.end(at: now)
            view.ended(fault, kills: kills, took: now - begun, ledger)
            _ = await pause.wait(atMost: fault.pause)
        }
    }

    /// Keeps the line alive that tells what happens now.
    private func show() async {
        let pause = Bell(on: loop)
        while !isOver {
            view.live(ledger.log.current, ledger)
            _ = await pause.wait(atMost: Self.blink)
        }
    }

    // MARK: Callers

    private func call(over connection: KeptConnection, _ number: Int) async {
        let pause = Bell(on: loop)
        while let errand = next() {
            await carryOut(errand, over: connection, pause)
            guard errands.isEmpty else { continue }
            let wait = Int.random(in: Self.idling, using: &waits)
            _ = await pause.wait(atMost: .milliseconds(wait))
        }
    }

    private func next() -> Errand? {
        if errands.isEmpty, !isOver { errands = traffic.next() }
        return errands.isEmpty ? nil : errands.removeFirst()
    }

    private func carryOut(
        _ errand: Errand, over connection: KeptConnection, _ pause: Bell
    ) async {
        while !isLate {
            let begun = ContinuousClock.now
            let (outcome, body) = await connection.ask(errand.bytes, within: Self.patience)
            ledger.note(outcome, of: errand, from: begun, to: .now)
            if outcome.isAcknowledged { return noteAnswer(to: errand, body) }
            // A connection that broke is made anew at once; whoever was turned away waits.
            if outcome != .reset { _ = await pause.wait(atMost: Self.again) }
        }
        ledger.giveUp(errand)
    }

    private func noteAnswer(to errand: Errand, _ body: [UInt8]) {
        guard case .send(let key)? = errand.items.first else { return }
        let answer = try? JSONValue(parsing: Data(body))
        ledger.noteSend(
            key, id: answer?["id"]?.text ?? "",
            status: answer?["status"]?.text.flatMap { MessageStatus(rawValue: $0) })
    }

    private func tell(_ word: String, of taken: TortureGraph.Taken) {
        errands.append(
            traffic.status(
                word, of: taken.key, wamid: taken.wamid, to: taken.to, callback: taken.callback))
    }

    // MARK: The end

    /// Waits until nothing is under way between the processes and everything can be read.
    private func settle() async throws {
        let pause = Bell(on: loop)
        while .now < deadline {
            let health = await group.health()
            let provider = health?["processes"]?["provider"]?["figures"]
            let inbox = health?["processes"]?["inbox"]?["figures"]
            if health?["spooled"] == 0, provider?["journal_lag"] == 0, provider?["queued"] == 0,
                inbox?["unparsed"] == 0
            {
                return
            }
            _ = await pause.wait(atMost: .milliseconds(200))
        }
        remarks.append("not all was at rest when it was read")
    }
}
