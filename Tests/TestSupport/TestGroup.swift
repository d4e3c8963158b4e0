internal import Digest
internal import FoundationEssentials
internal import Glibc
internal import JSON

/// A gateway of its own: a state directory, a port, secrets, and the processes that a test wants.
///
/// The listening socket is held here, as the supervisor holds it, so that it outlives ingress.
package final class TestGroup: Sendable {
    /// Who may ask; `token` is what a group with Meta's settings has.
    package enum Auth: String, Sendable { case open, token }

    package static let appSecret = "app secret of the tests"
    package static let verifyToken = "verify token of the tests"
    package static let apiToken = "api-token-of-the-tests-0123456789"

    package let folder: TemporaryFolder
    package let listener: Listener
    package let auth: Auth
    package let signer, inbox, provider, ingress: GatewayProcess

    /// Prepares a group; nothing runs before `start`.
    package convenience init(auth: Auth = .open, settings: [String: String] = [:]) throws {
        try self.init(
            in: try TemporaryFolder(), on: try Listener(), auth: auth, settings: settings)
    }

    /// Prepares a group in the place of another one.
    package init(
        in folder: TemporaryFolder, on listener: Listener, auth: Auth = .open,
        settings: [String: String] = [:]
    ) throws {
        self.folder = folder
        self.listener = listener
        self.auth = auth
        for name in ["run", "log"] {
            mkdir(folder.file(name), 0o700)
            // Another test may have set the mask that is all of theirs.
            chmod(folder.file(name), 0o700)
        }
        let common = [
            "GATEWAY_STATE_DIR": folder.path, "GATEWAY_MODE": "stub",
            "GATEWAY_AUTH": auth.rawValue, "GATEWAY_PARENT": "\(getpid())", "TZ": "UTC0",
            "SWIFT_BACKTRACE": "enable=no",
        ].merging(settings) { $1 }
        func process(_ name: GatewayProcess.Name, _ own: [String: String] = [:]) -> GatewayProcess {
            GatewayProcess(
                name, settings: common.merging(own) { $1 },
                input: name == .ingress ? listener.number : nil,
                logFile: folder.file("log/\(name.rawValue).log"))
        }
        signer = process(
            .signer,
            [
                "WHATSAPP_APP_SECRET": Self.appSecret, "WHATSAPP_VERIFY_TOKEN": Self.verifyToken,
                "GATEWAY_API_TOKEN": Self.apiToken,
            ])
        inbox = process(.inbox)
        provider = process(.provider)
        ingress = process(.ingress, ["GATEWAY_LISTEN": "127.0.0.1:\(listener.port)"])
    }

    /// In the order in which a supervisor starts them.
    package var all: [GatewayProcess] { [inbox, signer, provider, ingress] }

    package subscript(_ name: GatewayProcess.Name) -> GatewayProcess {
        switch name {
        case .signer: signer
        case .inbox: inbox
        case .provider: provider
        case .ingress: ingress
        }
    }

    /// Starts those processes, all four if none is named, and returns when each is ready.
    package func start(_ names: GatewayProcess.Name...) async throws {
        for process in all where names.isEmpty || names.contains(process.name) {
            try await process.start()
        }
    }

    /// Kills whatever runs; then the logs are all that is left to know.
    func end() { for process in all { process.kill() } }

    /// The logs of all, for a test that failed.
    package var logs: String {
        all.map { "== \($0.name.rawValue)\n\($0.log)" }.joined(separator: "\n")
    }

    // MARK: Requests

    /// `sha256=` and 64 hex digits.
    package static func signature(of body: [UInt8], secret: String = appSecret) -> String {
        "sha256=" + Hex.encode(HMAC.sha256(key: Array(secret.utf8), message: Data(body)))
    }

    /// A connection of one's own; blocks.
    package func connection(timeout: Duration = .seconds(15)) throws(HTTPFailure) -> HTTPConnection
    {
        try HTTPConnection(port: listener.port, timeout: timeout)
    }

    /// Asks over a connection of its own.
    package func ask(
        _ method: String, _ path: String, _ fields: [String] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(15)
    ) async throws -> HTTPAnswer {
        let port = listener.port
        return try await blocking {
            try HTTPConnection(port: port, timeout: timeout).ask(
                method, path, ["Connection: close"] + fields, body: body)
        }
    }

    package func get(_ path: String, _ fields: [String] = []) async throws -> HTTPAnswer {
        try await ask("GET", path, authorization + fields)
    }

    /// Posts a webhook as Meta does.
    package func webhook(_ body: [UInt8]) async throws -> HTTPAnswer {
        try await ask("POST", Self.webhookPath, Self.webhookFields(body), body: body)
    }

    /// Sends a request and returns before it is answered.
    package func begin(
        _ method: String, _ path: String, _ fields: [String] = [], body: [UInt8]? = nil
    ) async throws -> HTTPConnection {
        let port = listener.port
        return try await blocking {
            let connection = try HTTPConnection(port: port)
            // The answer to a path that nobody serves proves that the connection is accepted.
            _ = try connection.ask("GET", "/nowhere")
            try connection.send(HTTPConnection.request(method, path, fields, body: body))
            return connection
        }
    }

    /// Sends a webhook and returns before it is answered.
    package func beginWebhook(_ body: [UInt8]) async throws -> HTTPConnection {
        try await begin("POST", Self.webhookPath, Self.webhookFields(body), body: body)
    }

    /// Posts JSON to one of the routes that send.
    package func send(
        _ route: String = "send", _ body: String, _ fields: [String] = []
    ) async throws -> HTTPAnswer {
        try await ask(
            "POST", "/api/whatsapp/\(route)",
            authorization + ["Content-Type: application/json"] + fields, body: Array(body.utf8))
    }

    package static let webhookPath = "/api/whatsapp/webhook"

    package static func webhookFields(_ body: [UInt8], secret: String = appSecret) -> [String] {
        [
            "Content-Type: application/json",
            "X-Hub-Signature-256: \(signature(of: body, secret: secret))",
        ]
    }

    /// What a caller adds who has the token, where one is wanted.
    package var authorization: [String] {
        auth == .open ? [] : ["Authorization: Bearer \(Self.apiToken)"]
    }
}

/// Lends a group to a test and ends it with the test, however that ends.
///
/// The logs of the processes go to stderr when the test throws.
package func withGroup(
    auth: TestGroup.Auth = .open, settings: [String: String] = [:],
    _ body: (TestGroup) async throws -> Void
) async throws {
    let group = try TestGroup(auth: auth, settings: settings)
    defer { group.end() }
    do { try await body(group) } catch {
        let text = "\(error)\n\(group.logs)\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        throw error
    }
}
