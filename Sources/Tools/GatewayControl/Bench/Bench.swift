internal import Daemon
internal import Glibc
internal import Reactor
internal import Wire

/// How hard a benchmark works.
struct BenchSize: Hashable {
    /// A closed loop of as many callers as provider has under way at once keeps every process busy.
    var connections = 64
    /// Of one run.
    var seconds = 5

    /// Runs of each kind: an odd number has a middle.
    static let runs = 5

    /// - Throws: `Usage`.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst().flatMap({ Int($0) }) else { throw Usage() }
            switch name {
            case "--connections" where (1...512).contains(value): connections = value
            case "--seconds" where (1...600).contains(value): seconds = value
            default: throw Usage()
            }
        }
    }

    struct Usage: Error, CustomStringConvertible {
        var description: String {
            "usage: bench [--seconds 1…600] [--connections 1…512]: the length of a run, and the callers"
        }
    }
}

/// Measures a private group: sends through the whole path to a Graph of this process, and webhooks.
func bench(_ loop: EventLoop, _ arguments: [String]) async throws -> CInt {
    let size = try BenchSize(arguments)
    let graph = try BenchGraph(on: loop)
    let group = try BenchGroup(graphAt: graph.port, on: loop)
    defer { group.end() }
    try Signals.watch([SIGINT, SIGTERM], on: loop) { signal in
        group.end()
        exit(128 + signal)
    }
    try group.start()
    print(
        "each the median of \(BenchSize.runs) runs of \(size.seconds) s, \(size.connections) callers;"
            + " they and the Graph share this machine")
    var isGood = true
    for kind in BenchLoad.Kind.allCases {
        let load = BenchLoad(kind, of: group, on: loop)
        let figures = await load.run(
            connections: size.connections, runs: BenchSize.runs, of: .seconds(size.seconds))
        print("\(kind.rawValue): \(figures?.line ?? "none was answered")")
        for (status, count) in load.failures.sorted(by: { $0.key < $1.key }) {
            print("  \(count) of them answered \(status == 0 ? "nothing" : "\(status)")")
        }
        isGood = isGood && figures != nil && load.failures.isEmpty
        if kind == .sends {
            print(
                "  Graph took \(graph.accepted) messages of \(load.answered), \(graph.repeated) twice"
            )
            isGood = isGood && graph.repeated == 0 && graph.accepted == load.answered
            try await print(catchUp(group, loop))
        }
    }
    return isGood ? 0 : 1
}

/// Waits until inbox has everything, and says how long that took.
private func catchUp(_ group: BenchGroup, _ loop: EventLoop) async throws -> String {
    let start = ContinuousClock.now
    let behind = try await group.lag()
    let pause = Bell(on: loop)
    while try await group.lag() > 0 { _ = await pause.wait(atMost: .milliseconds(50)) }
    let seconds = Int(((ContinuousClock.now - start) / .seconds(1)).rounded(.up))
    return "  inbox was \(behind) entries behind at the end, and had them within \(seconds) s"
}
