internal import Glibc
internal import Reactor
internal import Wire

/// Does a fault to a group, and waits until the group is whole again.
struct FaultInjector {
    private let group: TortureGroup
    private let pause: Bell

    /// How long the group may take to be whole again after a fault.
    private static let patience = Duration.seconds(90)
    /// How often it is asked.
    private static let interval = Duration.milliseconds(50)

    init(_ group: TortureGroup, on loop: EventLoop) {
        self.group = group
        pause = Bell(on: loop)
    }

    /// Answers how many processes it killed.
    ///
    /// - Throws: `NotWhole`; `ScriptFailed`.
    func inject(_ fault: Fault) async throws -> Int {
        var gone: Set<pid_t> = []
        switch fault.kind {
        case .kill(let service): kill(&gone, group.processes[service])
        case .restart(let service):
            let before = group.processes[service]
            try await group.run("restart", service.rawValue)
            gone.formUnion(before.map { [$0] } ?? [])
            try await becomeWhole(after: fault, without: gone)
            return 0
        case .stop(let service), .hang(let service):
            guard let pid = group.processes[service] else { break }
            Glibc.kill(pid, SIGSTOP)
            _ = await pause.wait(atMost: fault.length)
            Glibc.kill(pid, SIGCONT)
        case .chain:
            for link in fault.links {
                _ = await pause.wait(atMost: link.after)
                kill(&gone, group.processes[link.victim])
            }
        case .all:
            let processes = group.processes
            for service in Service.allCases { kill(&gone, processes[service]) }
        case .supervisord:
            kill(&gone, group.supervisord)
            try await group.run("--detach")
        case .everything:
            let processes = group.processes
            kill(&gone, group.supervisord)
            for pid in processes.pids.values { kill(&gone, pid) }
            try await group.run("--detach")
        }
        try await becomeWhole(after: fault, without: gone)
        return gone.count
    }

    private func kill(_ gone: inout Set<pid_t>, _ pid: pid_t?) {
        guard let pid, pid > 1, Glibc.kill(pid, SIGKILL) == 0 else { return }
        gone.insert(pid)
    }

    private func becomeWhole(after fault: Fault, without gone: Set<pid_t>) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while await !group.isWhole(without: gone) {
            guard .now < deadline else { throw NotWhole(kind: fault.kind) }
            _ = await pause.wait(atMost: Self.interval)
        }
    }

    struct NotWhole: Error, CustomStringConvertible {
        let kind: FaultKind
        var description: String {
            "the group is not whole \(FaultInjector.patience) after: \(kind.name)"
        }
    }
}
