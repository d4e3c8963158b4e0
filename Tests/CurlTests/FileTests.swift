import Curl
import FoundationEssentials
import Reactor
import Synchronization
import TestSupport
import Testing

@Suite("Files in transfers", .timeLimit(.minutes(1)))
struct FileTests {
    /// Keeps what it is given, up to a limit.
    private final class Kept: AnswerSink {
        let limit: Int
        let parts = Mutex<[[UInt8]]>([])

        init(upTo limit: Int = .max) { self.limit = limit }

        var bytes: [UInt8] { parts.withLock { $0.flatMap { $0 } } }

        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            parts.withLock { parts in
                guard parts.reduce(0, { $0 + $1.count }) + bytes.count <= limit else {
                    return false
                }
                parts.append(Array(bytes))
                return true
            }
        }
    }

    private static func get(
        _ bench: Bench, _ server: ScriptedServer, into sink: Kept, stallLimit: Duration? = nil
    ) async throws -> TransferResult {
        await bench.transfers.perform(
            Transfer(
                .get, try TransferURL("http://127.0.0.1:\(server.port)/file"),
                connectLimit: Bench.longLimit, answerLimit: Bench.longLimit,
                stallLimit: stallLimit, into: sink))
    }

    @Test(
        "an answer 200 goes to its sink in parts, and nothing of it is kept",
        arguments: [0, 1, 300_000])
    func goesToSink(count: Int) async throws {
        let file = String(repeating: "x", count: count)
        let sink = Kept()
        let result = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, file))
        }) { bench, server in try await Self.get(bench, server, into: sink) }
        #expect(result.status == 200 && result.failure == nil && result.body.isEmpty)
        #expect(sink.bytes == Array(file.utf8))
        #expect(sink.parts.withLock { $0.allSatisfy { $0.count <= 16 << 10 } })
    }

    @Test("any other answer is kept, so that an error can be read", arguments: [206, 302, 404])
    func errorsAreKept(status: Int) async throws {
        let sink = Kept()
        let result = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(status, "{}", fields: ["Location: http://127.0.0.1:1/"]))
        }) { bench, server in try await Self.get(bench, server, into: sink) }
        #expect(result.status == status && result.body == Data("{}".utf8))
        #expect(result.requests == 1 && sink.bytes.isEmpty)
    }

    @Test("a sink that has enough ends the transfer, whose status is known")
    func sinkRefuses() async throws {
        let sink = Kept(upTo: 20_000)
        let file = String(repeating: "x", count: 300_000)
        let result = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, file))
        }) { bench, server in try await Self.get(bench, server, into: sink) }
        #expect(result.status == 200 && result.failure != nil)
        #expect(sink.bytes.count <= 20_000)
    }

    @Test("an answer that stops in the middle is ended by the limit for that")
    func stalls() async throws {
        let sink = Kept()
        let result = try await Bench.run(script: { _ in
            .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        }) { bench, server in
            try await Self.get(bench, server, into: sink, stallLimit: .seconds(1))
        }
        #expect(result.code == 28 && result.status == 200)
        #expect(sink.bytes == Array("abc".utf8))
    }

    // MARK: Uploads

    private static func upload(
        _ content: String, named filename: String = "a.txt", _ bench: Bench,
        _ server: ScriptedServer
    ) async throws -> TransferResult {
        let folder = try TemporaryFolder()
        let path = folder.file("file")
        try Data(content.utf8).write(to: URL(filePath: path))
        let form = Transfer.Form(
            fields: [Transfer.Field("product", "one"), Transfer.Field("type", "text/plain")],
            file: .init(name: "file", path: path, filename: filename, mimeType: "text/plain"))
        let result = await bench.transfers.perform(
            Transfer(
                .upload(form), try TransferURL("http://127.0.0.1:\(server.port)/media"),
                connectLimit: Bench.longLimit, answerLimit: Bench.longLimit))
        withExtendedLifetime(folder) {}
        return result
    }

    @Test("a form has its fields, then the file, and its exact length", arguments: [1, 70_000])
    func formIsWhole(count: Int) async throws {
        let content = String(repeating: "y", count: count)
        let (result, received) = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, "{}"))
        }) { bench, server in
            (try await Self.upload(content, bench, server), await server.received)
        }
        #expect(result.status == 200 && result.requests == 1)
        let request = try #require(received.first)
        let lines = request.head.split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("Content-Length: ") }.map { $0.dropFirst(16) }
        #expect(length == "\(request.body.utf8.count)")
        #expect(!request.head.lowercased().contains("expect:"))
        let boundary = try #require(
            lines.first { $0.hasPrefix("Content-Type: multipart/form-data; boundary=") }?
                .split(separator: "=").last)
        let parts = request.body.split(separator: "--\(boundary)\r\n")
        #expect(parts.count == 3)
        #expect(parts.first?.contains("name=\"product\"\r\n\r\none") == true)
        #expect(parts.last?.contains("name=\"file\"; filename=\"a.txt\"") == true)
        #expect(parts.last?.contains("Content-Type: text/plain\r\n\r\n\(content)\r\n") == true)
    }

    @Test("a file's name cannot add a line or a part")
    func nameIsEscaped() async throws {
        let received = try await Bench.run(script: { _ in
            .send(ScriptedServer.answer(200, "{}"))
        }) { bench, server in
            _ = try await Self.upload("z", named: "a\"\r\nX: y.txt", bench, server)
            return await server.received
        }
        #expect(received.first?.body.contains("filename=\"a%22%0D%0AX: y.txt\"") == true)
    }

    @Test("a form over a reused connection that closes without an answer is sent once")
    func neverTwice() async throws {
        let (second, received) = try await Bench.run(script: { request in
            request.number == 1 ? .send(ScriptedServer.answer(200, "{}")) : .close
        }) { bench, server in
            _ = try await Self.upload("one", bench, server)
            let second = try await Self.upload("two", bench, server)
            return (second, await server.received)
        }
        #expect(second.hasLeft == .maybe && second.requests == 2 && second.status == nil)
        #expect(received.count == 2)
    }

    @Test("a file that is not there ends it before anything leaves")
    func noFile() async throws {
        let result = try await Bench.run(script: { _ in .hang }) { bench, server in
            await bench.transfers.perform(
                Transfer(
                    .upload(
                        Transfer.Form(
                            fields: [],
                            file: .init(
                                name: "file", path: "/nowhere/at/all", filename: "a",
                                mimeType: "a/b"))),
                    try TransferURL("http://127.0.0.1:\(server.port)/media"),
                    connectLimit: Bench.longLimit, answerLimit: Bench.longLimit))
        }
        #expect(result.hasLeft == .never && result.status == nil)
    }

    @Test("an address tells its host in lower case and its port")
    func address() throws {
        let url = try TransferURL("https://Scontent.FBCDN.net:8443/x")
        #expect(url.host == "scontent.fbcdn.net" && url.port == 8443)
        #expect(try TransferURL("https://a.example/").port == nil)
    }
}
