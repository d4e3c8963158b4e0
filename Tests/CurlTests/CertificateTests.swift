import Curl
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A real TLS server, `openssl s_server`, with a certificate that nobody but the test trusts.
@Suite("The other side's certificate", .timeLimit(.minutes(1)))
struct CertificateTests {
    @Test("is trusted when its authority is named, and only for its own name")
    func named() async throws {
        let server = try await SecureServer()
        let (right, wrongName) = try await Bench.run { bench in
            (
                try await bench.get(
                    "https://127.0.0.1:\(server.port)/", trusting: server.certificate),
                try await bench.get(
                    "https://localhost:\(server.port)/", trusting: server.certificate)
            )
        }
        #expect(right.status == 200 && right.requests == 1)
        #expect(wrongName.hasLeft == .never && wrongName.code == 60)
    }

    @Test("of an authority that nobody named: it never left")
    func unnamed() async throws {
        let server = try await SecureServer()
        let result = try await Bench.run { bench in
            try await bench.get("https://127.0.0.1:\(server.port)/", trusting: nil)
        }
        #expect(result.hasLeft == .never && result.code == 60 && result.status == nil)
    }
}

extension Bench {
    fileprivate func get(_ url: String, trusting authorities: String?) async throws
        -> TransferResult
    {
        await transfers.perform(
            Transfer(
                .get, try TransferURL(url), connectLimit: Self.longLimit,
                answerLimit: Self.longLimit, authorities: authorities))
    }
}

/// `openssl s_server` for 127.0.0.1, ended with this object.
private final class SecureServer: Sendable {
    let port: UInt16
    /// Its certificate, signed by itself: PEM.
    let certificate: String
    private let folder: TemporaryFolder
    private let process: Program

    init() async throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"))
        let making = try await Program(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=test",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ], log: folder.file("log"))
        try #require(await making.ended() == 0)
        process = try await Program(
            "/usr/bin/openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
            ],
            log: folder.file("log"))
        self.folder = folder
        self.certificate = certificate
        let told = try #require(await process.line(beginning: "ACCEPT 127.0.0.1:"))
        port = try #require(UInt16(told))
    }
}
