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

    /// What it may do once its settings are read.
    static func sandbox(for settings: Settings, in stateDirectory: String) -> Sandbox

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
    package let confinement: Confinement

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
            startedAt: starts.startedAt, sandbox: confinement.word, reasons: reasons,
            warnings: warnings + confinement.warnings(of: service), figures: figures)
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

/// What the command line of a process says.
private struct Arguments {
    static let usage = "[--check] [--require-sandbox | --no-sandbox]"

    /// Judges the settings and ends.
    private(set) var isCheck = false
    private(set) var sandbox = Confinement.Wanted.on

    /// Nil for anything else than `usage` says.
    init?(_ arguments: some Sequence<String>) {
        for argument in arguments {
            switch argument {
            case "--check": isCheck = true
            case "--require-sandbox" where sandbox != .off: sandbox = .required
            case "--no-sandbox" where sandbox != .required: sandbox = .off
            default: return nil
            }
        }
    }
}

/// The life of every process: settings, signals, limits, sandbox, loop, start, `ready`, work, drain, exit.
package func runDaemon<Process: DaemonProcess>(_ process: Process.Type) -> Never {
    let log = Log(Process.service.rawValue)
    guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
        log.fatal("usage: \(Process.service.rawValue) \(Arguments.usage)")
        exit(Exit.usage)
    }
    let unclosed = arguments.sandbox == .off ? [] : Sandbox.closeInherited()
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
        if let path = surroundings.value("GATEWAY_STATE_DIR"), !arguments.isCheck {
            try? Data("\(Exit.settings)\n".utf8)
                .write(to: URL(filePath: "\(path)/run/\(Process.service.rawValue).exit"))
        }
        exit(Exit.settings)
    }
    if arguments.isCheck { exit(Exit.done) }
    endWithParent(surroundings)
    keepMemoryPrivate()
    raiseDescriptorLimit()
    do {
        let runDirectory = "\(stateDirectory)/run"
        let starts = Starts.record(Process.service, in: runDirectory)
        let sockets = try SocketDirectory(runDirectory)
        // Before the first thread, and before a byte of anybody else's is read.
        let confinement = try confine(
            Process.sandbox(for: settings, in: stateDirectory), arguments.sandbox,
            lacking: unclosed, log)
        let loop = try EventLoop()
        let place = Place(
            service: Process.service, mode: mode, loop: loop, log: log,
            stateDirectory: stateDirectory, starts: starts, sockets: sockets,
            confinement: confinement)
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
    #if CRASH_POINTS
        SandboxTrial.run(in: place)
    #endif
    _ = write(STDOUT_FILENO, "ready\n", 6)
    place.log.info(
        "ready pid=\(getpid()) mode=\(place.mode.rawValue) restarts=\(place.starts.restarts)")
    let granted = place.confinement.granted
    var replaced: String?
    while await !ending.wait(
        atMost: granted.isEmpty ? .seconds(3_600) : GrantedFiles.interval)
    {
        replaced = granted.replaced()
        if replaced != nil { break }
    }
    place.log.info("draining")
    loop.after(drainLimit) { place.fail("could not drain within \(drainLimit)") }
    await process.drain()
    place.log.info("drained")
    if let replaced { place.fail("sandbox.outdated file=\(replaced): starts anew to read it") }
    loop.stop()
}

/// Holds this process in its sandbox, and says what the kernel lacks of it.
private func confine(
    _ sandbox: Sandbox, _ wanted: Confinement.Wanted, lacking: [Confinement.Part], _ log: Log
) throws(SystemError) -> Confinement {
    guard wanted != .off else {
        log.warning("sandbox.off: --no-sandbox is for tests")
        return Confinement(wanted: wanted, missing: [])
    }
    // SQLite's sorts go to files when they are long, by default in a folder that all share.
    if let folder = sandbox.folders.first { setenv("SQLITE_TMPDIR", folder, 1) }
    let missing = lacking + (try sandbox.hold())
    for part in missing { log.warning("sandbox.missing \(part.rawValue)") }
    if wanted == .required, !missing.isEmpty {
        log.fatal(
            "--require-sandbox: the kernel lacks "
                + missing.map(\.rawValue).joined(separator: ", ") + "; use one that has it")
        exit(Exit.ourFault)
    }
    return Confinement(wanted: wanted, missing: missing, granted: sandbox.reads)
}

/// Asks the kernel for SIGTERM when the supervisor dies, however it dies.
package func endWithParent(_ surroundings: Surroundings) {
    guard let parent = surroundings.value("GATEWAY_PARENT").flatMap({ pid_t($0) }) else { return }
    _ = clinux_set_parent_death_signal(SIGTERM)
    // It may have died before we asked.
    if getppid() != parent { exit(Exit.done) }
}

/// No core files, and no look into its memory or its environment for others of this user: it holds secrets.
package func keepMemoryPrivate() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    _ = clinux_set_dumpable(0)
}

/// As many descriptors as we may have.
private func raiseDescriptorLimit() {
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
}
