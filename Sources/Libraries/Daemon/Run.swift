internal import CLinux
internal import FoundationEssentials
internal import Glibc
package import IPC
package import Reactor
package import Wire

/// One of the four processes, as `runDaemon` starts it.
package protocol DaemonProcess: Sendable {
    associatedtype Settings: Sendable
    static var service: Service { get }

    /// Reads and checks every setting; opens nothing that lasts.
    static func settings(from surroundings: Surroundings) throws -> Settings

    /// Takes the locks, opens what is kept and begins to answer; returns when all is ready.
    static func start(_ settings: Settings, in place: Place) async throws -> Self

    /// Finishes what was begun, after SIGTERM.
    func drain() async
}

/// Where a process runs: its loop, its log, and the directories of the group.
package struct Place: Sendable {
    package let service: Service
    package let mode: Mode
    package let loop: EventLoop
    package let log: Log
    /// Absolute; holds everything that is kept.
    package let stateDirectory: String
    package let starts: Starts
    package let sockets: SocketDirectory

    /// Ends the process so that it is started again: for what must not be retried in place.
    package func fail(_ reason: String) -> Never {
        log.fatal(reason)
        exit(Exit.ourFault)
    }

    /// The introduction of this process to its peers.
    package func hello(journal: JournalHead? = nil) -> Hello {
        Hello(process: service.rawValue, mode: mode, pid: getpid(), journal: journal)
    }

    /// What health shows of this process.
    package func report(
        reasons: [Condition] = [], warnings: [Condition] = [], figures: [String: Int64] = [:]
    ) -> ProcessReport {
        var reasons = reasons
        if starts.isStorm(at: Clocks.wall) {
            reasons.append(
                Condition(
                    "restart_storm", "\(service.rawValue) keeps restarting",
                    hint: "See ./run.sh logs \(service.rawValue)."))
        }
        return ProcessReport(
            process: service, mode: mode, pid: getpid(), restarts: starts.restarts,
            startedAt: starts.startedAt, reasons: reasons, warnings: warnings, figures: figures)
    }

    /// A client to another process of the group.
    package func client(to service: Service) -> Client {
        Client(to: service, in: sockets, as: hello(), on: loop)
    }

    /// Listens on this process's socket and lets `responder` answer.
    package func serve<Answering: Responder>(
        _ responder: Answering, hello: @escaping @Sendable () async -> Hello
    ) async throws -> Server<Answering> {
        let server = Server(responder, on: loop, hello: hello) { [log] in log.warning("\($0)") }
        try await server.listen(on: try sockets.listen(service.socket))
        return server
    }
}

/// How a process ends (sysexits.h).
package enum Exit {
    /// SIGTERM, and everything drained.
    package static let done: CInt = 0
    /// Wrong arguments.
    package static let usage: CInt = 64
    /// Our fault, or the machine's: start me again.
    package static let ourFault: CInt = 70
    /// Wrong settings: starting me again would change nothing.
    package static let settings: CInt = 78
}

/// How long a process may take to finish what it began.
private let drainLimit = Duration.seconds(15)
private let endingSignals = [SIGTERM, SIGINT]

/// The life of every process: settings, signals, limits, loop, start, `ready`, work, drain, exit.
package func runDaemon<Process: DaemonProcess>(_ process: Process.Type) -> Never {
    let log = Log(Process.service.rawValue)
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.isEmpty || arguments == ["--check"] else {
        log.fatal("usage: \(Process.service.rawValue) [--check]")
        exit(Exit.usage)
    }
    Signals.block(endingSignals)
    umask(0o077)
    let surroundings = Surroundings.own
    let settings: Process.Settings
    let mode: Mode
    let stateDirectory: String
    do {
        stateDirectory = try surroundings.stateDirectory()
        mode = try surroundings.mode()
        settings = try Process.settings(from: surroundings)
    } catch {
        log.fatal("\(error)")
        // The holder of ingress's socket watches this file: it must let go, or callers would hang.
        if let path = surroundings.value("GATEWAY_STATE_DIR"), arguments.isEmpty {
            try? Data("\(Exit.settings)\n".utf8)
                .write(to: URL(filePath: "\(path)/run/\(Process.service.rawValue).exit"))
        }
        exit(Exit.settings)
    }
    if !arguments.isEmpty { exit(Exit.done) }
    endWithParent(surroundings)
    limitResources()
    do {
        let runDirectory = "\(stateDirectory)/run"
        let loop = try EventLoop()
        let place = Place(
            service: Process.service, mode: mode, loop: loop, log: log,
            stateDirectory: stateDirectory,
            starts: Starts.record(Process.service, in: runDirectory),
            sockets: try SocketDirectory(runDirectory))
        let ending = Bell(on: loop)
        try Signals.watch(endingSignals, on: loop) { _ in ending.ring() }
        Task(executorPreference: loop) { await live(process, settings, in: place, until: ending) }
        try loop.run()
        exit(Exit.done)
    } catch {
        log.fatal("\(error)")
        exit(Exit.ourFault)
    }
}

private func live<Process: DaemonProcess>(
    _ type: Process.Type, _ settings: Process.Settings, in place: Place, until ending: Bell
) async {
    let loop = place.loop
    let starting = Task(executorPreference: loop) { try await Process.start(settings, in: place) }
    // SIGTERM during the start ends it: nothing was promised yet.
    let watching = Task(executorPreference: loop) {
        while await !ending.wait(atMost: .seconds(3_600)) {
            if Task.isCancelled { return }
        }
        exit(Exit.done)
    }
    let process: Process
    do { process = try await starting.value } catch {
        place.fail("\(error)")
    }
    watching.cancel()
    _ = write(STDOUT_FILENO, "ready\n", 6)
    place.log.info(
        "ready pid=\(getpid()) mode=\(place.mode.rawValue) restarts=\(place.starts.restarts)")
    while await !ending.wait(atMost: .seconds(3_600)) {}
    place.log.info("draining")
    loop.after(drainLimit) { place.fail("could not drain within \(drainLimit)") }
    await process.drain()
    place.log.info("drained")
    loop.stop()
}

/// Asks the kernel for SIGTERM when the supervisor dies, however it dies.
package func endWithParent(_ surroundings: Surroundings) {
    guard let parent = surroundings.value("GATEWAY_PARENT").flatMap({ pid_t($0) }) else { return }
    _ = clinux_set_parent_death_signal(SIGTERM)
    // It may have died before we asked.
    if getppid() != parent { exit(Exit.done) }
}

/// No core files, which would hold secrets; as many descriptors as we may have.
private func limitResources() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    _ = clinux_set_dumpable(0)
}
