import Curl
import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("Handing a file to Meta", .timeLimit(.minutes(1)))
struct MediaUploaderTests {
    private static let number = "106"

    private static func file() throws -> (folder: TemporaryFolder, file: Uploads.Finished) {
        let folder = try TemporaryFolder()
        try Data("abc".utf8).write(to: URL(filePath: folder.file("x")))
        return (
            folder,
            Uploads.Finished(
                name: "x", mimeType: "image/png", filename: nil, from: number, size: 3,
                sha256: "")
        )
    }

    /// What became of it with a Graph that does as `script` says, how often it was asked, and whether sends
    /// are paused afterwards.
    private static func hand(
        patience: Int64 = 20_000,
        _ script: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reaction
    ) async throws -> (
        result: Result<String, Problem>, requests: [ScriptedServer.Request], isPaused: Bool
    ) {
        let (folder, file) = try file()
        let outbox = try TemporaryFolder()
        return try await LiveOutbox.open(in: outbox) { it in
            let loop = it.scratch.loop
            let server = try await ScriptedServer(on: loop, script: script)
            let transfers = try Transfers(on: loop)
            let settings = try GraphSettingsTests.read([
                "WHATSAPP_GRAPH_URL": "http://127.0.0.1:\(server.port)"
            ])
            let client = GraphClient(
                settings, over: transfers, on: loop, prove: { _ in "ab12" }, onUsage: { _ in })
            let uploader = MediaUploader(
                over: client, for: it.sender, on: loop, random: { $0.lowerBound })
            let result: Result<String, Problem>
            do throws(Problem) {
                result = .success(
                    try await uploader.hand(
                        file, at: folder.file("x"), until: Clocks.boot + patience))
            } catch { result = .failure(error) }
            let requests = await server.received
            await transfers.close()
            await server.stop()
            let isPaused = await it.sender.pause(ofNumber: number) != nil
            return (result, requests, isPaused)
        }
    }

    private static func error(_ code: Int, status: Int = 400) -> ScriptedServer.Reaction {
        .send(ScriptedServer.answer(status, #"{"error":{"code":\#(code),"message":"no"}}"#))
    }

    @Test("is one form with the file, the token in its header and the proof in its address")
    func request() async throws {
        let (result, requests, _) = try await Self.hand { _ in
            .send(ScriptedServer.answer(200, #"{"id":"880011"}"#))
        }
        #expect(result == .success("880011"))
        let request = try #require(requests.first)
        let lines = request.head.split(separator: "\r\n")
        #expect(lines.first == "POST /v20.0/106/media?appsecret_proof=ab12 HTTP/1.1")
        #expect(lines.contains("Authorization: Bearer \(GraphSettingsTests.token)"))
        #expect(lines.contains { $0.hasPrefix("User-Agent: whatsapp-gateway/") })
        for part in [
            "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n", "name=\"type\"\r\n\r\nimage/png\r\n",
            "Content-Type: image/png\r\n\r\nabc\r\n",
        ] {
            #expect(request.body.contains(part))
        }
        #expect(requests.count == 1)
    }

    @Test("whose answer is lost is made again, three times at most, and may be asked for again")
    func lost() async throws {
        let (result, requests, isPaused) = try await Self.hand { _ in .close }
        #expect(requests.count == MediaUploader.tries && !isPaused)
        guard case .failure(let problem) = result else {
            Issue.record("it was taken")
            return
        }
        #expect(problem.httpStatus == 503 && problem.retryable)
    }

    @Test("that Meta refuses for itself is made once, and told with Meta's code")
    func refused() async throws {
        let (result, requests, isPaused) = try await Self.hand { _ in Self.error(131_053) }
        guard case .failure(let problem) = result else {
            Issue.record("it was taken")
            return
        }
        #expect(requests.count == 1 && !isPaused && problem.providerCode == 131_053)
        #expect(!problem.retryable)
    }

    @Test("that Meta refuses for the token pauses sends too, and the next one is not made")
    func unauthorized() async throws {
        let (result, requests, isPaused) = try await Self.hand { _ in Self.error(190, status: 401) }
        guard case .failure(let problem) = result else {
            Issue.record("it was taken")
            return
        }
        #expect(requests.count == 1 && isPaused && problem.code == .providerUnauthorized)
    }

    @Test("that has no time left is not made at all")
    func tooLate() async throws {
        let (result, requests, _) = try await Self.hand(patience: 0) { _ in .hang }
        guard case .failure(let problem) = result else {
            Issue.record("it was taken")
            return
        }
        #expect(requests.isEmpty && problem.retryable)
    }
}
