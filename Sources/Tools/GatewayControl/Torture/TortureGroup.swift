internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Reactor
internal import Wire

/// A private group as people run it: `run.sh`, supervisord and the four, in a directory that goes with them.
// Unchecked: only touched on the loop's thread.
final class TortureGroup: @unchecked Sendable {
    let appSecret = makeSecret()
    let apiToken = makeSecret()
    /// Where it listens.
    let port: UInt16
    let folder: String
    private let script: String
    private let environment: [String: String]
    private let loop: EventLoop
    private let probe: KeptConnection
    /// The run.sh that is at work.
    private var running: pid_t?

    /// Prepares one that `script` runs, and whose Graph listens at that port of this machine.
    init(script: String, graphAt graphPort: UInt16, on loop: EventLoop) throws {
        self.script = script
        self.loop = loop
        port = try Self.freePort()
        folder = try makeScratchFolder("gateway-torture")
        probe = KeptConnection(to: port, on: loop)
        // Nobody's settings decide, not even those of `.env`: an empty value takes a setting away.
        var environment = Dictionary(uniqueKeysWithValues: NameCheck.known.map { ($0, "") })
        for name in ["GATEWAY_MODE", "GATEWAY_AUTH", "GATEWAY_PARENT"] { environment[name] = nil }
        environment.merge([
            "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin", "HOME": folder,
            "GATEWAY_STATE_DIR": "\(folder)/state", "GATEWAY_LISTEN": "127.0.0.1:\(port)",
            "GATEWAY_API_TOKEN": apiToken, "GATEWAY_PACING": "off",
            "WHATSAPP_APP_SECRET": appSecret, "WHATSAPP_VERIFY_TOKEN": makeSecret(),
            "WHATSAPP_ACCESS_TOKEN": makeSecret(),
            "WHATSAPP_PHONE_NUMBER_ID": TortureTraffic.phoneNumberID,
            "WHATSAPP_API_VERSION": "v26.0",
            "WHATSAPP_GRAPH_URL": "http://127.0.0.1:\(graphPort)",
        ]) { $1 }
        self.environment = environment
    }

    /// Below those that the kernel gives to connections (ip(7), `ip_local_port_range`): while nobody listens, a
    /// caller could be given this very port, and connect to itself.
    private static let ports: ClosedRange<UInt16> = 12_000...32_000
    private static let tries = 100

    private static func freePort() throws -> UInt16 {
        for _ in 1..<tries {
            let port = UInt16.random(in: ports)
            if (try? Loopback.listen(at: port)) != nil { return port }
        }
        return try Loopback.port(of: try Loopback.listen(at: .random(in: ports)))
    }

    // MARK: run.sh

    /// How long one command of run.sh may take.
    private static let patience = Duration.seconds(180)

    /// Runs `run.sh` to its end.
    ///
    /// - Throws: `ScriptFailed` unless it ends with 0.
    func run(_ arguments: String...) async throws {
        let log = "\(folder)/run.log"
        let output = Descriptor(
            owning: try checked("open \(log)") {
                open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            })
        let pid = try spawn(
            "/bin/bash", [script] + arguments, environment: environment, output: output.number,
            log: log)
        running = pid
        defer { running = nil }
        let deadline = ContinuousClock.now + Self.patience
        let pause = Bell(on: loop)
        var status: CInt = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            guard .now < deadline else {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw ScriptFailed(command: arguments, reason: "did not end", log: log)
            }
            _ = await pause.wait(atMost: .milliseconds(20))
        }
        guard status == 0 else {
            throw ScriptFailed(
                command: arguments, reason: "ended with \(status >> 8 & 0xFF)", log: log)
        }
    }

    struct ScriptFailed: Error, CustomStringConvertible {
        let command: [String]
        let reason: String
        let log: String

        var description: String {
            let text = (try? Data(contentsOf: URL(filePath: log))) ?? Data()
            return "./run.sh \(command.joined(separator: " ")) \(reason):\n"
                + String(decoding: text.suffix(1_000), as: UTF8.self)
        }
    }

    // MARK: Processes

    /// The pid of supervisord; nil when none was started.
    var supervisord: pid_t? {
        let text = try? Data(contentsOf: URL(filePath: "\(folder)/state/run/supervisord.pid"))
        return text.flatMap {
            pid_t(String(decoding: $0, as: UTF8.self).split(separator: "\n").first ?? "")
        }
    }

    /// What supervisord has started and lives.
    var processes: ProcessTable { ProcessTable(of: supervisord ?? 0) }

    // MARK: Health

    /// What the group says of itself, in full.
    func health() async -> JSONValue? { await get("/api/health") }

    /// The answer to a question, if it is 200.
    func get(_ path: String, within limit: Duration = .seconds(10)) async -> JSONValue? {
        let errand = Errand(reading: path, ["Authorization: Bearer \(apiToken)"])
        let (outcome, body) = await probe.ask(errand.bytes, within: limit)
        guard outcome == .answered(200) else { return nil }
        return try? JSONValue(parsing: Data(body))
    }

    /// Whether all four answer and none of them is one of `gone`.
    func isWhole(without gone: Set<pid_t>) async -> Bool {
        guard let processes = await health()?["processes"] else { return false }
        return Service.allCases.allSatisfy { service in
            guard case .integer(let pid)? = processes[service.rawValue]?["pid"] else {
                return false
            }
            return !gone.contains(pid_t(pid))
        }
    }

    // MARK: End

    /// Ends it in order.
    func stop() async throws { try await run("stop") }

    /// Ends what may still run, and removes all that was kept, unless it is to stay.
    func end(keeping: Bool) {
        // It may be about to start what would stay.
        if let running { kill(running, SIGKILL) }
        if let supervisord, isOurs(supervisord) {
            let started = processes.pids.values
            // First, so that it starts nothing anew; then also those that were stopped.
            for pid in [supervisord] + started { kill(pid, SIGKILL) }
        }
        if !keeping { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Whether a pid is still of our supervisord, and nobody else's by now.
    private func isOurs(_ pid: pid_t) -> Bool {
        let words = (try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))) ?? Data()
        return String(decoding: words, as: UTF8.self).contains("\(folder)/")
    }
}
