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
    static func settings(from surroundings: Surroundings) throws(SettingError) -> Settings

    /// What it may do once its settings are read.
    static func sandbox(for settings: Settings, in stateDirectory: String) -> Sandbox

    /// The file, below the state directory, whose lock makes its socket and what it keeps its own.
    static var lock: String { get }

    /// Opens what it listens on, or takes what was `given`, with the lock taken and the sandbox still open.
    static func listen(
        _ settings: Settings, given: GivenSocket?, in sockets: SocketDirectory
    ) throws -> Descriptor

    /// Opens what is kept and begins to answer; returns when all is ready.
    static func start(_ settings: Settings, in place: Place) async throws -> Self

    /// How long `drain` may take; whoever stops the process waits 5 s longer (`stop_seconds` of run.sh).
    static func drainLimit(_ settings: Settings) -> Duration

    /// Finishes what was begun, after SIGTERM.
    func drain() async
}

extension DaemonProcess {
    /// 15 s: none of what a process does for another takes longer.
    package static func drainLimit(_ settings: Settings) -> Duration { .seconds(15) }

    /// Its socket in `run/`.
    package static func listen(
        _ settings: Settings, given: GivenSocket?, in sockets: SocketDirectory
    ) throws -> Descriptor {
        guard given == nil else {
            throw SettingError(
                "LISTEN_FDS", "gives a socket to \(service.rawValue), which opens its own",
                cure: "give one to ingress alone")
        }
        return try sockets.listen(service.socket)
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

private let endingSignals = [SIGTERM, SIGINT]

/// The life of every process: settings, signals, limits, lock, socket, sandbox, loop, start, `ready`,
/// work, drain, exit.
package func runDaemon<Process: DaemonProcess>(_ process: Process.Type) -> Never {
    let log = Log(Process.service.rawValue)
    guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
        log.fatal("usage: \(Process.service.rawValue) \(Arguments.usage)")
        exit(Exit.usage)
    }
    Signals.block(endingSignals)
    umask(0o077)
    let surroundings = Surroundings.own
    do {
        let given = try GivenSocket(surroundings)
        let unclosed = arguments.sandbox == .off ? [] : Sandbox.closeInherited(butFor: given)
        let stateDirectory = try surroundings.stateDirectory()
        let mode = try surroundings.mode()
        let wanted = try surroundings.sandbox(asTold: arguments.sandbox)
        let settings = try Process.settings(from: surroundings)
        if arguments.isCheck {
            if wanted == .required { try requireSandbox(lacking: unclosed) }
            exit(Exit.done)
        }
        endWithParent(surroundings)
        keepMemoryPrivate()
        raiseDescriptorLimit()
        let sandbox = Process.sandbox(for: settings, in: stateDirectory)
        try sandbox.makeOwn()
        let lock = try Lock.take("\(stateDirectory)/\(Process.lock)") { pause in
            // SIGTERM before the start ends it: nothing was promised yet.
            if Signals.arrived(of: endingSignals, within: pause) { exit(Exit.done) }
        }
        let runDirectory = "\(stateDirectory)/run"
        let starts = Starts.record(Process.service, in: runDirectory)
        let sockets = try SocketDirectory(runDirectory)
        // Names are taken and others reached before the sandbox closes: within it nobody can.
        let listening = Listening(try Process.listen(settings, given: given, in: sockets))
        let manager = try ServiceManager(surroundings)
        // Before the first thread, and before a byte of anybody else's is read.
        let confinement = try confine(sandbox, wanted, lacking: unclosed, log)
        let loop = try EventLoop()
        let place = Place(
            service: Process.service, mode: mode, loop: loop, log: log,
            stateDirectory: stateDirectory, lock: lock, starts: starts, sockets: sockets,
            listening: listening, confinement: confinement)
        let ending = Bell(on: loop)
        try Signals.watch(endingSignals, on: loop) { _ in ending.ring() }
        Task(executorPreference: loop) {
            await live(process, settings, in: place, told: manager, until: ending)
        }
        try loop.run()
        exit(Exit.done)
    } catch let error as SettingError {
        log.fatal("\(error)")
        if !arguments.isCheck { tellHolder(of: Process.service, surroundings) }
        exit(Exit.settings)
    } catch {
        log.fatal("\(error)")
        exit(Exit.ourFault)
    }
}

/// The holder of ingress's socket watches this file: it must let go of a process that stays down, or
/// callers would hang.
private func tellHolder(of service: Service, _ surroundings: Surroundings) {
    guard let path = surroundings.value("GATEWAY_STATE_DIR") else { return }
    try? Data("\(Exit.settings)\n".utf8)
        .write(to: URL(filePath: "\(path)/run/\(service.rawValue).exit"))
}

private func live<Process: DaemonProcess>(
    _ type: Process.Type, _ settings: Process.Settings, in place: Place,
    told manager: ServiceManager, until ending: Bell
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
    manager.tellReady(on: loop)
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
    manager.tellStopping()
    let limit = type.drainLimit(settings)
    loop.after(limit) { place.fail("could not drain within \(limit)") }
    await process.drain()
    place.log.info("drained")
    if let replaced { place.fail("sandbox.outdated file=\(replaced): starts anew to read it") }
    loop.stop()
}

/// Asks the kernel for SIGTERM when the supervisor dies, however it dies.
package func endWithParent(_ surroundings: Surroundings) {
    guard parent(surroundings) != nil else { return }
    _ = clinux_set_parent_death_signal(SIGTERM)
    // It may have died before we asked.
    if hasLostParent(surroundings) { exit(Exit.done) }
}

/// Whether the supervisor is gone: nobody starts another process of the group until all have ended.
package func hasLostParent(_ surroundings: Surroundings) -> Bool {
    parent(surroundings).map { $0 != getppid() } ?? false
}

private func parent(_ surroundings: Surroundings) -> pid_t? {
    surroundings.value("GATEWAY_PARENT").flatMap { pid_t($0) }
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
