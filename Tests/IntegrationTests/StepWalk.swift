import Glibc
import TestSupport
import Testing

/// What a process calls while it works: sets of system calls that a walk takes one by one.
enum Steps: String, CaseIterable {
    /// Its store: every page written, every sync.
    case store = "pwrite64,fdatasync"
    /// What others hear: Graph, the other processes, callers.
    case words = "connect,sendto,write"
    /// What it hears of them, and each turn of its loop.
    case turns = "?epoll_wait,?epoll_pwait,accept4,recvfrom,read"
    /// The files it opens, makes, cuts and takes away, most of them at its start.
    case files = "openat,?unlink,?unlinkat,?rename,ftruncate,?mkdir"

    /// Beyond this many calls something runs that is no step of what is done.
    static let farthest = 400
    /// Times that nothing died, one after the other, before the last step is taken to be behind us.
    static let untouchedEnough = 3
}

extension TestGroup {
    /// Kills a process at its first call of these, at its second, and so on, until `act` has met no death
    /// for some times.
    ///
    /// Each death is followed by a start: by one that is to die a call later, or in the middle of `act`
    /// by a good one. `act` is given the number of the call, and goes on until what it does is done.
    func walk(
        _ steps: Steps, of name: GatewayProcess.Name,
        _ act: @Sendable (_ point: Int) async throws -> Void
    ) async throws {
        var deaths = (inAct: 0, inStart: 0)
        var untouched = 0
        for point in 1...Steps.farthest where untouched < Steps.untouchedEnough {
            self[name].kill()
            await startOrDie(name, at: point, of: steps)
            guard self[name].isRunning else {
                deaths.inStart += 1
                continue
            }
            let hasDied = try await throughDeaths(of: name) { try await act(point) }
            if hasDied { deaths.inAct += 1 }
            untouched = hasDied ? 0 : untouched + 1
        }
        #expect(untouched == Steps.untouchedEnough, "\(name) \(steps): its steps have no end")
        // The last one goes on to count its calls, towards its death.
        self[name].kill()
        try await self[name].start()
        print(
            "\(name) at its \(steps): \(deaths.inStart) deaths at the start, \(deaths.inAct) after it"
        )
        #expect((steps == .files ? deaths.inStart : deaths.inAct) > 0, "\(name) \(steps)")
    }

    /// Does something, and starts the process again whenever it dies before that is done.
    ///
    /// Answers whether it died.
    func throughDeaths(
        of name: GatewayProcess.Name, _ act: @Sendable () async throws -> Void
    ) async throws -> Bool {
        let isDone = Counter()
        async let acting: Void = {
            defer { isDone.add() }
            try await act()
        }()
        var hasDied = false
        repeat { hasDied = try await revive(name) || hasDied } while isDone.count == 0
        try await acting
        return hasDied
    }

    /// Starts it so that it is killed at that call; it may be killed while it starts.
    private func startOrDie(
        _ name: GatewayProcess.Name, at point: Int, of steps: Steps
    ) async {
        let fault = Fault.killed(at: point, of: steps.rawValue)
        do { try await self[name].start(with: fault) } catch {}
    }

    /// Starts it again if it is dead; answers whether it was.
    private func revive(_ name: GatewayProcess.Name) async throws -> Bool {
        do {
            let ended = try await self[name].ended(within: .milliseconds(20))
            #expect(ended == .killed(signal: SIGKILL))
        } catch is NeverHappened {
            return false
        }
        try await self[name].start()
        return true
    }
}
