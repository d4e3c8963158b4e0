package import JSON
internal import FoundationEssentials

extension FakeGraph {
    // MARK: Rules

    /// Adds a rule behind the others; answers its number.
    @discardableResult
    package func add(_ rule: GraphRule) async throws -> Int {
        try await tell("rule", ["rule": rule.json]).integer ?? 0
    }

    /// Takes a rule back, or all of them.
    package func removeRules(_ number: Int? = nil) async throws {
        try await tell("remove_rules", ["number": number.map { .integer(Int64($0)) } ?? .null])
    }

    /// How many requests a rule has decided.
    package func fitted(_ number: Int) async throws -> Int {
        try await tell("fitted", ["number": .integer(Int64(number))]).integer ?? 0
    }

    /// Headers of every answer from now on, `X-Business-Use-Case-Usage` for one.
    package func setDefaultHeaders(_ headers: [String: String]) async throws {
        try await tell(
            "default_headers", ["headers": .object(headers.mapValues { .string($0) })])
    }

    // MARK: Who may ask

    /// Answers 190 to all tokens seen so far, until another is seen.
    package func expireTokens() async throws { try await tell("expire_tokens") }

    /// Answers 190 to those tokens from now on.
    package func expire(tokens: [String]) async throws {
        try await tell("expire_tokens", ["tokens": Self.digests(tokens)])
    }

    /// Answers 190 to all but those; nil: only to the expired.
    package func acceptOnly(tokens: [String]?) async throws {
        try await tell("accept_tokens", ["tokens": tokens.map(Self.digests) ?? .null])
    }

    /// Wants `appsecret_proof` with every request from now on; nil: no more.
    package func requireProof(appSecret: String?) async throws {
        try await tell("require_proof", ["app_secret": appSecret.map { .string($0) } ?? .null])
    }

    private static func digests(_ tokens: [String]) -> JSONValue {
        .array(tokens.map { .string(digest(ofToken: $0)) })
    }

    // MARK: Connections

    /// Stops listening, for so long or until `listen`; `drop` also ends the open connections.
    package func refuse(for limit: Duration? = nil, drop: Bool = true) async throws {
        try await tell(
            "refuse", ["seconds": limit.map { .number($0.seconds) } ?? .null, "drop": .bool(drop)])
    }

    /// Listens again, at the same port.
    package func listen() async throws { try await tell("listen") }

    /// What happens to new connections before anything is read, TLS's hello included.
    package enum Greeting: String, Sendable { case hang, reset, close }

    /// Nil: they are served.
    package func greet(_ greeting: Greeting?) async throws {
        try await tell("greet", ["greeting": greeting.map { .string($0.rawValue) } ?? .null])
    }

    package enum Certificate: String, Sendable {
        case right
        /// By the right CA, for another name.
        case wrongHost = "wrong_host"
        /// For the right name, by a CA that nobody knows.
        case wrongCA = "wrong_ca"
    }

    /// What new connections are shown.
    package func show(_ certificate: Certificate) async throws {
        try await tell("certificate", ["kind": .string(certificate.rawValue)])
    }

    // MARK: Webhooks

    /// Where statuses go and the secret that signs them; `tries` while the answer is not 200.
    package func setWebhook(url: String, appSecret: String, tries: Int = 1) async throws {
        try await tell(
            "webhook",
            [
                "url": .string(url), "app_secret": .string(appSecret),
                "tries": .integer(Int64(tries)),
            ])
    }

    /// Posts a status of an accepted message now; answers the HTTP status of its receiver.
    @discardableResult
    package func post(_ status: GraphStatus, of wamid: String) async throws -> Int? {
        try await tell("status", ["wamid": .string(wamid), "status": status.json]).integer
    }

    // MARK: What there is to be found

    /// A file as a customer would have sent it; answers its id.
    ///
    /// A `sha256` or `url` that is not its own is told all the same.
    package func addMedia(
        _ content: [UInt8], mimeType: String, sha256: String? = nil, url: String? = nil
    ) async throws -> String {
        let id = try await tell(
            "media",
            [
                "content": .string(Data(content).base64EncodedString()),
                "mime_type": .string(mimeType), "sha256": sha256.map { .string($0) } ?? .null,
                "url": url.map { .string($0) } ?? .null,
            ])
        return id.text ?? ""
    }

    /// The account's templates, each as Graph lists it.
    package func setTemplates(_ templates: [JSONValue]) async throws {
        try await tell("templates", ["templates": .array(templates)])
    }

    // MARK: What was seen

    package func counts() async throws -> GraphCounts { GraphCounts(try await tell("counts")) }

    /// The accepted messages in order, from the n-th on.
    package func accepted(from start: Int = 0) async throws -> [GraphAccepted] {
        try await seen("accepted", from: start).map(GraphAccepted.init)
    }

    /// The errors that were answered, in order.
    package func errors(from start: Int = 0) async throws -> [GraphRefused] {
        try await seen("errors", from: start).map(GraphRefused.init)
    }

    /// The webhooks, in the order in which they were answered.
    package func webhooks(from start: Int = 0) async throws -> [GraphWebhook] {
        try await seen("webhooks", from: start).map(GraphWebhook.init)
    }

    /// The bodies of the requests that marked a message as read, each with its `phone_number_id`.
    package func readMarks() async throws -> [JSONValue] { try await seen("read_marks", from: 0) }

    private func seen(_ list: String, from start: Int) async throws -> [JSONValue] {
        let found = try await tell(
            "seen", ["list": .string(list), "start": .integer(Int64(start))])
        return found.elements ?? []
    }

    /// What can be waited for.
    package enum Count: String, Sendable { case requests, connections, accepted, errors, webhooks }

    /// Returns once there are so many, without asking again and again.
    ///
    /// - Throws: `NeverHappened`.
    package func reach(
        _ count: Count, _ number: Int, within limit: Duration = GatewayProcess.patience
    ) async throws {
        let reached = try await tell(
            "reach",
            [
                "count": .string(count.rawValue), "number": .integer(Int64(number)),
                "seconds": .number(limit.seconds),
            ])
        guard reached == .bool(true) else {
            throw NeverHappened(what: "\(number) \(count.rawValue) at the fake Graph", limit: limit)
        }
    }

    /// Forgets what was seen; rules and everything else that was set stay.
    package func clear() async throws { try await tell("clear") }
}
