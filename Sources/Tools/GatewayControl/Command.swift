internal import Daemon
internal import Glibc
internal import IPC
internal import Reactor
internal import Wire

/// What the tool can do; `./run.sh` is its user, and people's way to it.
enum Command: String, CaseIterable {
    case hold, wait, status
    case sampleWebhook = "sample-webhook"
    case deadLetters = "dead-letters"
    case makeSecret = "make-secret"
    case warnNames = "warn-names"
    case audit, backup, erase, export, token, why
    case meets
    case bench
    case benchInbox = "bench-inbox"
    case torture
}

/// The group as the tool sees it: its directory, its address, and a client to each process.
struct Group: Sendable {
    let surroundings: Surroundings
    let loop: EventLoop
    let stateDirectory: String
    let mode: Mode
    let address: String
    let sockets: SocketDirectory

    init(_ surroundings: Surroundings, on loop: EventLoop) throws {
        self.surroundings = surroundings
        self.loop = loop
        stateDirectory = try surroundings.stateDirectory()
        mode = try surroundings.mode()
        address = try surroundings.require("GATEWAY_LISTEN")
        sockets = try SocketDirectory("\(stateDirectory)/run")
    }

    func client(to service: Service) -> Client {
        Client(
            to: service, in: sockets,
            as: Hello(process: "gatewayctl", mode: mode, pid: getpid()), on: loop)
    }

    /// Asks the gateway over HTTP, as its callers do.
    func http() throws -> GatewayHTTP { try GatewayHTTP(address) }

    /// The API token, if a file of it was named.
    func token() throws -> String? { try surroundings.secret("GATEWAY_API_TOKEN") }
}

/// Runs one command to its end, and exits with what it came to.
func runCommand(_ arguments: ArraySlice<String>) -> Never {
    guard let command = arguments.first.flatMap(Command.init) else {
        let names = Command.allCases.map(\.rawValue).joined(separator: ", ")
        complain("usage: gatewayctl COMMAND, one of \(names)")
        exit(Exit.usage)
    }
    let rest = Array(arguments.dropFirst())
    // What it writes is for its owner alone, whatever it was started with; and what it knows is too.
    umask(0o077)
    keepMemoryPrivate()
    do {
        switch command {
        case .makeSecret:
            print(makeSecret())
            exit(Exit.done)
        case .warnNames:
            for line in NameCheck.warnings(for: Surroundings.own.names) { complain(line) }
            exit(Exit.done)
        case .token: exit(try tokens(Surroundings.own, rest))
        case .hold: try hold(Surroundings.own)
        case .wait: try onLoop { try await waitUntilHealthy($0, rest) }
        case .status: try onLoop { try await status($0) }
        case .audit: try onLoop { try audit($0, rest) }
        case .erase: try onLoop { try erase($0, rest) }
        case .why: try onLoop { try why($0, rest) }
        case .backup: try onLoop { try backUp($0) }
        case .export: try onLoop { try await exportData($0, rest) }
        case .meets: try onLoop { try meets($0, rest) }
        case .sampleWebhook: try onLoop { try await sampleWebhook($0, rest) }
        case .bench: try withLoop([SIGINT, SIGTERM]) { try await bench($0, rest) }
        case .benchInbox: try withLoop([]) { try await benchInbox($0, rest) }
        case .torture: try withLoop([SIGINT, SIGTERM]) { try await torture($0, rest) }
        case .deadLetters: try onLoop { try deadLetters($0, rest) }
        }
    } catch {
        complain("\(error)")
        exit(error is SettingError ? Exit.settings : 1)
    }
}

/// Says something on stderr.
func complain(_ text: String) {
    var line = "gatewayctl: \(text)\n"
    _ = line.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Runs a command that speaks to a group; it answers the exit code.
private func onLoop(_ body: @escaping @Sendable (Group) async throws -> CInt) throws -> Never {
    try withLoop([]) { loop in try await body(try Group(Surroundings.own, on: loop)) }
}

/// Runs a command as the root task of a loop, with `signals` blocked; it answers the exit code.
private func withLoop(
    _ signals: [CInt], _ body: @escaping @Sendable (EventLoop) async throws -> CInt
) throws -> Never {
    Signals.block(signals)
    let loop = try EventLoop()
    Task(executorPreference: loop) {
        do { exit(try await body(loop)) } catch {
            complain("\(error)")
            exit(error is SettingError ? Exit.settings : 1)
        }
    }
    try loop.run()
    exit(Exit.ourFault)
}
