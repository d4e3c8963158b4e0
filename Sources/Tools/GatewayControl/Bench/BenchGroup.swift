internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import IPC
internal import Reactor
internal import Wire

/// A private group for a benchmark: the four processes, live, in a directory that goes with them.
// Unchecked: only touched on the loop's thread.
final class BenchGroup: @unchecked Sendable {
    static let phoneNumberID = "100200300400500"
    /// In the order of their start.
    private static let names = ["inbox", "signer", "provider", "ingress"]

    let appSecret = makeSecret()
    let apiToken = makeSecret()
    /// Where it listens.
    let port: UInt16
    private let folder: String
    private let listener: Descriptor
    private let graphPort: UInt16
    private let loop: EventLoop
    private var children: [pid_t] = []

    /// Prepares one whose Graph listens at that port of this machine.
    init(graphAt graphPort: UInt16, on loop: EventLoop) throws {
        self.graphPort = graphPort
        self.loop = loop
        listener = try Loopback.listen()
        port = try Loopback.port(of: listener)
        folder = try makeScratchFolder("gateway-bench")
        try FileManager.default.createDirectory(
            atPath: "\(folder)/run", withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    /// Starts all four; each is ready when the next is started.
    func start() throws {
        for name in Self.names { try start(name) }
    }

    /// Ends what runs, and removes all that was kept.
    func end() {
        // Draining would wait for a Graph that answers nothing meanwhile.
        for child in children { kill(child, SIGKILL) }
        for child in children { waitpid(child, nil, 0) }
        children = []
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The last lines of its logs.
    var lastWords: String {
        let log = (try? Data(contentsOf: URL(filePath: "\(folder)/log"))) ?? Data()
        return String(decoding: log.suffix(1_000), as: UTF8.self)
    }

    /// How many entries of provider's inbox has still to take.
    func lag() async throws -> Int64 {
        let client = Client(
            to: .provider, in: try SocketDirectory("\(folder)/run"),
            as: Hello(process: "gatewayctl", mode: .live, pid: getpid()), on: loop)
        return try await client.ask(DescribeProvider(), within: .seconds(5)).figures["journal_lag"]
            ?? 0
    }

    // MARK: Processes

    private func environment(of name: String) -> [String: String] {
        var environment = [
            "GATEWAY_STATE_DIR": folder, "GATEWAY_MODE": "live", "GATEWAY_AUTH": "token",
            "GATEWAY_PARENT": "\(getpid())", "TZ": "UTC0", "SWIFT_BACKTRACE": "enable=no",
        ]
        switch name {
        case "signer":
            environment["WHATSAPP_APP_SECRET"] = appSecret
            environment["WHATSAPP_VERIFY_TOKEN"] = makeSecret()
            environment["GATEWAY_API_TOKEN"] = apiToken
        case "provider":
            environment["WHATSAPP_ACCESS_TOKEN"] = makeSecret()
            environment["WHATSAPP_PHONE_NUMBER_ID"] = Self.phoneNumberID
            environment["WHATSAPP_API_VERSION"] = "v26.0"
            environment["WHATSAPP_GRAPH_URL"] = "http://127.0.0.1:\(graphPort)"
            environment["GATEWAY_PACING"] = "off"
        case "ingress": environment["GATEWAY_LISTEN"] = "127.0.0.1:\(port)"
        default: break
        }
        return environment
    }

    private func start(_ name: String) throws {
        let directory = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            .split(separator: "/").dropLast().joined(separator: "/")
        let program = "/\(directory)/\(name)"
        var ends: [CInt] = [0, 0]
        try checked("pipe") { pipe(&ends) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let output = Descriptor(owning: ends[0])
        let input = Descriptor(owning: ends[1])
        let pid = try spawn(
            program, environment: environment(of: name), input: listener.number,
            output: input.number, log: "\(folder)/log")
        children.append(pid)
        // Ours was the last other copy: the end of the process is the end of what it says.
        _ = consume input
        var word = [UInt8](repeating: 0, count: 16)
        let number = output.number
        let count = read(number, &word, word.count)
        guard count > 0, word.starts(with: Array("ready".utf8)) else {
            throw NotStarted(name: name, log: lastWords)
        }
    }

    /// A process of the group did not become ready.
    struct NotStarted: Error, CustomStringConvertible {
        let name: String
        let log: String
        var description: String { "\(name) did not start\n\(log)" }
    }
}
