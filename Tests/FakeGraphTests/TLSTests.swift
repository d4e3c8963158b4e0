import Glibc
import JSON
import TestSupport
import Testing

/// What a client of OpenSSL's sees: here the `curl` command, by its exit codes.
@Suite(
    "the fake Graph over TLS",
    .enabled(if: access("/usr/bin/curl", X_OK) == 0, "needs the curl command"))
struct TLSTests {
    /// Seconds that a client waits for an answer that does not come; TLS must have its time before.
    private static let hangs = 2.0

    /// `curl`'s exit codes, by their names in <curl/curl.h>.
    enum Code: CInt {
        case ok = 0
        case couldntConnect = 7
        case partialFile = 18
        case operationTimedOut = 28
        case sslConnectError = 35
        case gotNothing = 52
        case recvError = 56
        case peerFailedVerification = 60
    }

    /// Sends a message with `curl`; answers how it ended and what came.
    private func send(
        _ graph: FakeGraph, trusting file: String? = nil, seconds: Double = 15,
        to urls: [String]? = nil
    ) async throws -> (code: Code?, output: String) {
        let message = String(decoding: Client.text(), as: UTF8.self)
        var arguments = [
            "--silent", "--max-time", "\(seconds)", "--data-binary", message,
            "--header", "Authorization: Bearer \(Client.token)",
            "--write-out", "%{http_code} %{num_connects}\n",
        ]
        if let file = file ?? graph.caFile { arguments += ["--cacert", file] }
        let result = try await runToEnd(
            "/usr/bin/curl", arguments + (urls ?? [graph.url + Client.path]), environment: [:])
        guard case .exited(let status) = result.ended else { return (nil, "") }
        let output = result.output
        #expect(Code(rawValue: status) != nil, "curl: \(status) \(output)")
        return (Code(rawValue: status), output)
    }

    @Test("a client that trusts the CA is answered, and keeps its connection")
    func answers() async throws {
        try await FakeGraph.with { graph in
            let url = graph.url + Client.path
            let (code, output) = try await send(graph, to: [url, url])
            #expect(code == .ok)
            #expect(output.contains("200 1\n") && output.contains("200 0\n"), "\(output)")
            let counts = try await graph.counts()
            #expect(counts.accepted == 2)
            #expect(counts.connections == 1)
        }
    }

    @Test("a client that does not trust the CA sends nothing")
    func isNotTrusted() async throws {
        try await FakeGraph.with { graph in
            let system = "/etc/ssl/certs/ca-certificates.crt"
            try #require(access(system, R_OK) == 0)
            #expect(
                try await send(graph, trusting: system).code == .peerFailedVerification)
            #expect(try await graph.counts().requests == 0)
        }
    }

    @Test(
        "a wrong certificate is not believed, and the right one is again",
        arguments: [FakeGraph.Certificate.wrongHost, .wrongCA])
    func showsWrongCertificates(certificate: FakeGraph.Certificate) async throws {
        try await FakeGraph.with { graph in
            try await graph.show(certificate)
            #expect(try await send(graph).code == .peerFailedVerification)
            try await graph.show(.right)
            #expect(try await send(graph).code == .ok)
            #expect(try await graph.counts().requests == 1)
        }
    }

    @Test(
        "deliveries end a connection over TLS as they do without",
        arguments: [
            (GraphRule.Delivery.close, Code.gotNothing), (.reset, .recvError),
            (.half, .partialFile), (.resetMidway, .recvError), (.stall, .operationTimedOut),
            (.hang(), .operationTimedOut), (.garbled, .ok), (.slow(.milliseconds(1)), .ok),
        ])
    func delivers(delivery: GraphRule.Delivery, code: Code) async throws {
        try await FakeGraph.with { graph in
            try await graph.add(GraphRule(.accept(), delivery))
            let limit = code == .operationTimedOut ? Self.hangs : 15
            #expect(try await send(graph, seconds: limit).code == code)
            try await graph.reach(.accepted, 1)
        }
    }

    @Test(
        "a connection can end before TLS does",
        arguments: [
            (FakeGraph.Greeting.hang, [Code.operationTimedOut]),
            // Whether the end is seen while connecting or after it is a matter of time.
            (.reset, [.sslConnectError, .recvError, .couldntConnect]),
            (.close, [.sslConnectError, .recvError]),
        ])
    func greets(greeting: FakeGraph.Greeting, codes: [Code]) async throws {
        try await FakeGraph.with { graph in
            try await graph.greet(greeting)
            let code = try #require(try await send(graph, seconds: greeting == .hang ? 1 : 15).code)
            #expect(codes.contains(code), "\(code)")
            #expect(try await graph.counts().requests == 0)
        }
    }

    @Test("a port that does not listen refuses")
    func refuses() async throws {
        try await FakeGraph.with { graph in
            try await graph.refuse()
            #expect(try await send(graph).code == .couldntConnect)
        }
    }
}
