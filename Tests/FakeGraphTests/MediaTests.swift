import Digest
import FoundationEssentials
import JSON
import TestSupport
import Testing

/// Media and templates: as much of them as a gateway asks for.
@Suite("the fake Graph's media and templates")
struct MediaTests {
    private static let boundary = "boundary-of-the-tests"

    /// A form with a file of that content.
    private static func form(_ content: [UInt8], product: String = "whatsapp") -> [UInt8] {
        let start = [
            "--\(boundary)", "Content-Disposition: form-data; name=\"messaging_product\"", "",
            product, "--\(boundary)",
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"",
            "Content-Type: image/png", "", "",
        ]
        return Array(start.joined(separator: "\r\n").utf8) + content
            + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    private func upload(_ client: Client, _ form: [UInt8]) async throws -> HTTPAnswer {
        try await client.ask(
            "POST", "/v20.0/106540352242922/media",
            ["Content-Type: multipart/form-data; boundary=\(Self.boundary)"], body: form)
    }

    @Test("a file that was uploaded is resolved, downloaded as it was, and deleted")
    func keeps() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let content = (0..<3_000).map { UInt8(truncatingIfNeeded: $0) } + [13, 10, 13, 10]
            let answer = try await upload(client, Self.form(content))
            let id = try #require(answer.json["id"]?.text)

            let resolved = try await client.ask("GET", "/v20.0/\(id)").json
            #expect(resolved["mime_type"] == "image/png")
            #expect(resolved["file_size"] == .string("\(content.count)"))
            let sha256 = Hex.encode(SHA256.digest(Data(content)))
            #expect(resolved["sha256"] == .string(sha256))
            let url = try #require(resolved["url"]?.text)
            #expect(url.hasPrefix(graph.url + "/"))

            let path = String(url.dropFirst(graph.url.count))
            let file = try await client.ask("GET", path)
            #expect(file.body == content)
            #expect(file["Content-Type"] == "image/png")
            let port = graph.port
            let bare = try await blocking { try HTTPConnection(port: port).ask("GET", path) }
            #expect(bare.status == 401, "a download wants the token")

            #expect(try await client.ask("DELETE", "/v20.0/\(id)").json == ["success": true])
            #expect(try await client.ask("GET", "/v20.0/\(id)").errorCode == 100)
            #expect(try await client.ask("GET", path).status == 404)
        }
    }

    @Test("an upload that is no form, or not WhatsApp's, is refused")
    func refuses() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            for body in [Array("{}".utf8), Self.form([1], product: "x")] {
                let answer = try await upload(client, body)
                #expect(answer.errorCode == 100)
            }
        }
    }

    @Test("a customer's file can be there, also with a wrong digest or somewhere else")
    func adds() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let id = try await graph.addMedia([1, 2, 3], mimeType: "audio/ogg")
            let wrong = try await graph.addMedia(
                [1], mimeType: "audio/ogg", sha256: "00", url: "https://elsewhere.test/a")
            let first = try await client.ask("GET", "/v20.0/\(id)").json
            #expect(first["file_size"] == "3")
            let second = try await client.ask("GET", "/v20.0/\(wrong)").json
            #expect(second["sha256"] == "00")
            #expect(second["url"] == "https://elsewhere.test/a")
        }
    }

    @Test("rules reach media too, by the name of the endpoint")
    func scripts() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let id = try await graph.addMedia([1], mimeType: "audio/ogg")
            try await graph.add(
                GraphRule(
                    when: .init(endpoint: .download), .raw(status: 302, body: ""),
                    headers: ["Location": "https://elsewhere.test/"]))
            let client = Client(graph: graph)
            #expect(try await client.ask("GET", "/v20.0/\(id)").status == 200)
            let file = try await client.ask("GET", "/media-files/\(id)")
            #expect(file.status == 302)
            #expect(file["Location"] == "https://elsewhere.test/")
        }
    }

    @Test("templates are listed in pages, and by name")
    func listsTemplates() async throws {
        try await FakeGraph.with(tls: false) { graph in
            try await graph.setTemplates(
                (1...5).map {
                    [
                        "id": .string("\($0)"), "name": .string("t\($0)"), "language": "en_US",
                        "status": "APPROVED", "category": "UTILITY", "components": [],
                    ]
                })
            let client = Client(graph: graph)
            var names: [String] = []
            var after = ""
            while names.count < 5 {
                let path = "/v20.0/102290129340398/message_templates?limit=2\(after)"
                let page = try await client.ask("GET", path).json
                let data = try #require(page["data"]?.elements)
                try #require(!data.isEmpty)
                names += data.compactMap { $0["name"]?.text }
                let cursor = try #require(page["paging"]?["cursors"]?["after"]?.text)
                after = "&after=\(cursor)"
                #expect((page["paging"]?["next"] == nil) == (names.count == 5))
            }
            #expect(names == ["t1", "t2", "t3", "t4", "t5"])
            let found = try await client.ask("GET", "/v20.0/1/message_templates?name=t3").json
            #expect(found["data"]?.elements?.map { $0["id"] } == ["3"])
        }
    }

    @Test("a number tells of itself, and what nobody serves is Graph's error")
    func answersOthers() async throws {
        try await FakeGraph.with(tls: false) { graph in
            let client = Client(graph: graph)
            let number = try await client.ask("GET", "/v20.0/106540352242922?fields=status")
            #expect(number.json["id"] == "106540352242922")
            #expect(try await client.ask("POST", "/v20.0/1/nothing", body: []).errorCode == 100)
        }
    }
}
