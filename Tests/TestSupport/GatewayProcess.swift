package import Glibc
internal import Reactor
private import Synchronization

/// How a process came to its end.
package enum Ended: Hashable, Sendable {
    case exited(CInt)
    case killed(signal: CInt)
}

/// A process ended, or said nothing, where it should have become ready.
package struct NotReady: Error, CustomStringConvertible {
    package let process: String
    /// Nil: it runs, and has not said `ready`.
    package let ended: Ended?
    /// What it wrote to stderr since its start.
    package let log: String

    package var description: String {
        "\(process): \(ended.map { "\($0)" } ?? "not ready in time")\n\(log)"
    }
}

/// One of the gateway's programs as the supervisor runs it; never outlives the tests.
///
/// It gets SIGTERM from the kernel when this process dies, and SIGKILL when nobody holds this.
package final class GatewayProcess: Sendable {
    /// The four, by the names of their programs.
    package enum Name: String, CaseIterable, Sendable { case signer, inbox, provider, ingress }

    package struct NotRunning: Error { package let process: String }

    /// Longer than anything here takes on a loaded machine; only ends what hangs.
    package static let patience = Duration.seconds(30)

    package let name: Name
    private let settings: Mutex<[String: String]>
    private let arguments = Mutex<[String]>([])
    private let launcher = Mutex<[String]>([])
    private let program = Mutex<String?>(nil)
    private let input: CInt?
    private let logFile: String
    private let state = Mutex(State())

    private struct State {
        var child: Child?
        /// Where in the log the present run begins.
        var logStart = 0
    }

    /// Prepares a process; nothing runs before `start`.
    ///
    /// `input` becomes its standard input, e.g. a listening socket as a supervisor holds it; its log
    /// is appended to `logFile`.
    package init(_ name: Name, settings: [String: String], input: CInt? = nil, logFile: String) {
        self.name = name
        self.settings = Mutex(settings)
        self.input = input
        self.logFile = logFile
    }

    deinit { kill() }

    // MARK: Start

    /// Starts it and returns when it is ready.
    ///
    /// With a fault it runs under strace.
    /// - Throws: `NotReady` with its last words.
    package func start(
        with fault: Fault? = nil, within limit: Duration = patience
    ) async throws {
        try await launch(with: fault)
        guard let child = state.withLock({ $0.child }) else { return }
        let isReady = try await blocking { readLine(of: child.output, within: limit) == "ready" }
        guard isReady else {
            let ended = try? await ended(within: .seconds(1))
            throw NotReady(process: name.rawValue, ended: ended, log: log)
        }
    }

    /// Starts it and returns at once.
    package func launch(with fault: Fault? = nil) async throws {
        precondition(!isRunning, "\(name.rawValue) runs already")
        let start = log(from: 0).utf8.count
        let environment = settings.withLock { $0 }
        let own = try program.withLock { try $0 ?? executable(name.rawValue) }
        let command =
            (fault?.launcher ?? launcher.withLock { $0 }) + [own] + arguments.withLock { $0 }
        let child = try await Spawner.shared.get().spawn(
            command[0], Array(command.dropFirst()), environment: environment, input: input,
            log: logFile)
        state.withLock {
            $0.child = child
            $0.logStart = start
        }
    }

    /// Sets a variable for the starts to come; nil takes it away.
    package func set(_ setting: String, _ value: String?) {
        settings.withLock { $0[setting] = value }
    }

    /// The command line of the starts to come.
    package func set(arguments: String...) { set(arguments: arguments) }
    package func set(arguments: [String]) { self.arguments.withLock { $0 = arguments } }

    /// The command that becomes the program, in the starts to come without a fault.
    package func set(launcher: [String]) { self.launcher.withLock { $0 = launcher } }
    /// Another program than that which was built with the tests.
    package func set(program path: String) { program.withLock { $0 = path } }

    // MARK: What it is

    package var pid: pid_t? { state.withLock { $0.child?.pid } }
    /// Whether it was started and its end was not seen yet.
    package var isRunning: Bool { pid != nil }
    /// What it wrote to stderr since it was started last.
    package var log: String { log(from: state.withLock { $0.logStart }) }

    private func log(from start: Int) -> String {
        let bytes = (try? contents(of: logFile)) ?? []
        return String(decoding: bytes.dropFirst(start), as: UTF8.self)
    }

    // MARK: End

    /// Kills it (SIGKILL) and returns when it is gone.
    ///
    /// One that does not run is left alone.
    package func kill() {
        guard let child = takeChild() else { return }
        Glibc.kill(child.pid, SIGKILL)
        _ = end(child)
    }

    /// SIGTERM; answers how it ended.
    package func stop(within limit: Duration = patience) async throws -> Ended {
        try signal(SIGTERM)
        return try await ended(within: limit)
    }

    /// Waits for it to end by itself.
    ///
    /// - Throws: `NeverHappened`; `NotRunning` when it was not started, or its end was told before.
    package func ended(within limit: Duration = patience) async throws -> Ended {
        guard let child = state.withLock({ $0.child }) else {
            throw NotRunning(process: name.rawValue)
        }
        // Nobody but the process holds the other end, so that its end is the end of the output.
        let isOver = try await blocking { readToEnd(of: child.output, within: limit) != nil }
        guard isOver else { throw NeverHappened(what: "\(name.rawValue) ends", limit: limit) }
        guard let taken = takeChild() else { throw NotRunning(process: name.rawValue) }
        return end(taken)
    }

    /// SIGSTOP: it is there, holds its connections, and does nothing.
    package func pause() throws { try signal(SIGSTOP) }
    /// SIGCONT.
    package func resume() throws { try signal(SIGCONT) }

    package func signal(_ signal: CInt) throws {
        guard let pid else { throw NotRunning(process: name.rawValue) }
        try checked("kill \(name.rawValue)") { Glibc.kill(pid, signal) }
    }

    private func end(_ child: Child) -> Ended {
        let ended = reap(child)
        Sanitizer.note(ended, of: name.rawValue, pid: child.pid, log: log)
        return ended
    }

    private func takeChild() -> Child? { state.withLock { $0.child.take() } }
}

/// Waits for a process that is about to be gone, and lets go of its output.
@discardableResult
func reap(_ child: Child) -> Ended {
    close(child.output)
    var status: CInt = 0
    while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
    // The macros of <sys/wait.h> do not reach Swift.
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
}

/// The path of a program that was built with the tests, beside them.
package func executable(_ name: String) throws -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { readlink("/proc/self/exe", $0, buffer.count) } ?? 0
    }
    let own = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    let candidates = [own, CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""]
    for candidate in candidates {
        guard let slash = candidate.lastIndex(of: "/") else { continue }
        let path = candidate[..<slash] + "/\(name)"
        if access(String(path), X_OK) == 0 { return String(path) }
    }
    throw SystemError("find \(name) beside \(own)", ENOENT)
}

/// The whole content of a file; throws when it cannot be read.
package func contents(of path: String) throws -> [UInt8] {
    let file = Descriptor(owning: try checked("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) })
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while case .moved(let count) = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }) {
        content += buffer[..<count]
    }
    return content
}

/// The first line; nil at the end of the output or of the time.
func readLine(of output: CInt, within limit: Duration) -> String? {
    let deadline = ContinuousClock.now + limit
    var line: [UInt8] = []
    while wait(for: output, until: deadline) {
        var byte: UInt8 = 0
        guard read(output, &byte, 1) == 1 else { return nil }
        if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
    }
    return nil
}

/// All that comes until the end; nil when the time is over before.
func readToEnd(of output: CInt, within limit: Duration) -> [UInt8]? {
    let deadline = ContinuousClock.now + limit
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while wait(for: output, until: deadline) {
        let count = read(output, &buffer, buffer.count)
        if count == 0 || (count < 0 && errno != EINTR) { return content }
        content += buffer[..<max(0, count)]
    }
    return nil
}

/// Whether there is something to read, or the end, before the deadline.
func wait(for descriptor: CInt, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
        let left = (deadline - ContinuousClock.now) / .milliseconds(1)
        guard left > 0 else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = poll(&entry, 1, CInt(min(left.rounded(.up), 60_000)))
        if count > 0 { return true }
        if count < 0, errno != EINTR { return true }
    }
}
