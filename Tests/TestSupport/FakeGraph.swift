internal import Digest
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Reactor
private import Synchronization

/// Meta's Graph API as a test wants it: a real server in a process of its own, over TLS or not.
///
/// It accepts every message until a rule says otherwise, and counts. It ends when nobody holds this,
/// and with the process of the tests however that ends. The server is `Tests/FakeGraph`.
package final class FakeGraph: Sendable {
    /// The server did not do what it was told; the text is its own.
    package struct Refused: Error, CustomStringConvertible { package let description: String }

    /// Whether it speaks TLS, with a certificate by a CA of its own.
    package let isTLS: Bool
    private let folder: TemporaryFolder
    private let state = Mutex(State())

    private struct State {
        var child: Child?
        /// The server ends when the other end of its standard input is closed.
        var lifeline: CInt?
        var port: UInt16 = 0
    }

    /// Prepares one; nothing runs before `start`.
    package init(tls: Bool = true) throws {
        isTLS = tls
        folder = try TemporaryFolder()
    }

    deinit { kill() }

    /// Starts one, lends it to a test, and ends it with the test.
    ///
    /// What it wrote to stderr goes to stderr when the test throws.
    package static func with(
        tls: Bool = true, _ body: (FakeGraph) async throws -> Void
    ) async throws {
        let graph = try FakeGraph(tls: tls)
        defer { graph.kill() }
        do {
            try await graph.start()
            try await body(graph)
        } catch {
            let text = "\(error)\n\(graph.log)\n"
            _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            throw error
        }
    }

    // MARK: Life

    /// Starts it and returns when it listens.
    ///
    /// - Throws: `NotReady` with its last words.
    package func start() async throws {
        precondition(state.withLock { $0.child == nil }, "the fake Graph runs already")
        // Not a pipe: no system call that reaches Swift makes one that other children never see.
        var line: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try checked("socketpair") { socketpair(AF_UNIX, type, 0, &line) }
        defer { close(line[0]) }
        let lifeline = line[1]
        state.withLock { $0.lifeline = lifeline }
        // Neither the user's settings nor a trace of running it beside the sources.
        var arguments = ["-E", "-s", "-B", Self.program, "--control", control]
        if isTLS { arguments += ["--tls", folder.path] }
        let child = try await Spawner.shared.get().spawn(
            Self.python, arguments, environment: ["PATH": "/usr/bin:/bin"], input: line[0],
            log: logFile)
        state.withLock { $0.child = child }
        let limit = GatewayProcess.patience
        let said = try await blocking { readLine(of: child.output, within: limit) } ?? ""
        guard said.hasPrefix("ready "), let port = UInt16(said.dropFirst(6)) else {
            throw NotReady(process: "fake Graph", ended: nil, log: log)
        }
        state.withLock { $0.port = port }
    }

    /// Kills it (SIGKILL) and returns when it is gone; one that does not run is left alone.
    package func kill() {
        let (child, lifeline) = state.withLock { ($0.child.take(), $0.lifeline.take()) }
        if let lifeline { close(lifeline) }
        guard let child else { return }
        Glibc.kill(child.pid, SIGKILL)
        reap(child)
    }

    // MARK: What it is

    package var port: UInt16 { state.withLock { $0.port } }
    /// What `WHATSAPP_GRAPH_URL` is set to.
    package var url: String { "\(isTLS ? "https" : "http")://127.0.0.1:\(port)" }
    /// The certificate that a client must trust, as PEM; nil without TLS.
    package var caFile: String? { isTLS ? folder.file("ca.pem") : nil }
    /// What it wrote to stderr.
    package var log: String {
        String(decoding: (try? contents(of: logFile)) ?? [], as: UTF8.self)
    }

    private var control: String { folder.file("control") }
    private var logFile: String { folder.file("fake_graph.log") }
    /// Debian's, which is there wherever supervisord is.
    private static let python = "/usr/bin/python3"
    private static let program = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "FakeGraph/fake_graph.py").path

    // MARK: Commands

    /// How the server speaks of a token: SHA-256 in hex.
    package static func digest(ofToken token: String) -> String {
        Hex.encode(SHA256.digest(Data(token.utf8)))
    }

    /// Tells the server one thing and answers what it says to it (`Tests/FakeGraph/control.py`).
    ///
    /// - Throws: `Refused`; `SystemError` when it does not run.
    @discardableResult
    func tell(_ command: String, _ members: [String: JSONValue] = [:]) async throws -> JSONValue {
        let line = JSONValue.object(members.merging(["do": .string(command)]) { $1 }).encoded()
        let path = control
        let answer = try await blocking {
            try UnixConnection(path: path).ask(Array(line))
        }
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(answer))
        if let error = json["error"]?.text { throw Refused(description: "\(command): \(error)") }
        return json["ok"] ?? .null
    }
}
