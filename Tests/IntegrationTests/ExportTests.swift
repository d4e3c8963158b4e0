import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

/// `./run.sh export`, by the tool that does it.
@Suite("exports", .serialized)
struct ExportTests {
    private static let file = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 253) }
    private static let other = "919800000002"

    /// Runs the tool as run.sh does.
    private static func export(
        _ group: TestGroup, _ arguments: [String], token: String = TestGroup.apiToken
    ) async throws -> CommandResult {
        let tokenFile = group.folder.file("token")
        try Data(token.utf8).write(to: URL(filePath: tokenFile))
        chmod(tokenFile, 0o600)
        return try await runToEnd(
            try executable("gatewayctl"), ["export"] + arguments,
            environment: [
                "GATEWAY_STATE_DIR": group.folder.path, "GATEWAY_MODE": "stub",
                "GATEWAY_LISTEN": "127.0.0.1:\(group.listener.port)",
                "GATEWAY_API_TOKEN_FILE": tokenFile,
            ])
    }

    private static func lines(_ path: String) throws -> [JSONValue] {
        try contents(of: path).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(JSONValue.self, from: Data($0))
        }
    }

    private static func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    /// More messages of one person than a page has, one of another, a file that went out twice, from
    /// another number, and one that nobody has fetched; answers the id of the first.
    private static func fill(_ group: TestGroup) async throws -> String {
        let many = numbered("text", 1...205).map {
            Payload.message($0, wamid: "wamid.\($0)", from: Payload.contact)
        }
        let picture: JSONValue = [
            "from": .string(Payload.contact), "id": "wamid.picture",
            "timestamp": .string("\(Payload.now)"), "type": "image",
            "image": ["id": "777", "mime_type": "image/png"],
        ]
        let body = Payload.body([
            Payload.change(contacts: [Payload.person(Payload.contact)], messages: many + [picture])
        ])
        #expect(try await group.webhook(body).status == 200)
        let text = Payload.text("from another", wamid: "wamid.other", from: other)
        #expect(try await group.webhook(text).status == 200)
        let uploaded = try await group.ask(
            "POST", "/api/whatsapp/media?filename=list.pdf",
            group.authorization + ["Content-Type: application/pdf"], body: file)
        let id = try #require(uploaded.json["id"]?.text)
        for _ in 1...2 {
            let sent = try await group.send(
                "send_media",
                #"{"to":"+\#(Payload.contact)","media_type":"document","media_id":"\#(id)","filename":"list.pdf"}"#
            )
            #expect(sent.status == 200, "\(sent.text)")
        }
        _ = try await group.settledMessages()
        return id
    }

    @Test("has every conversation, message and file once, on the disk of its owner alone")
    func everything() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start()
            let id = try await Self.fill(group)
            let folder = group.folder.file("out put")
            let result = try await Self.export(group, ["\(folder)/"])
            #expect(result.ended == .exited(0), "\(result.output)")
            #expect(result.output.contains("3 conversations, 209 messages, 1 files"))
            #expect(result.output.contains("1 files are missing"))

            let messages = try Self.lines("\(folder)/messages.jsonl")
            let ofOne = try await group.settledMessages()
            let ofOther = try await group.settledMessages(with: "+\(Self.other)")
            #expect(messages.count == 209 && ofOne.count == 208 && ofOther.count == 1)
            let ids = Set(messages.compactMap { $0["id"]?.text })
            #expect(ids == Set((ofOne + ofOther).compactMap { $0["id"]?.text }))
            let conversations = try Self.lines("\(folder)/conversations.jsonl")
            #expect(
                Set(conversations.compactMap { $0["contact"]?.text })
                    == ["+\(Payload.contact)", "+\(Self.other)"])

            let media = try Self.lines("\(folder)/media.jsonl")
            #expect(media.count == 2)
            let kept = try #require(media.first { $0["id"]?.text == id })
            #expect(kept["file"]?.text == "media/\(id)" && kept["filename"] == "list.pdf")
            #expect(kept["mime_type"] == "application/pdf" && kept["size"] == 300_000)
            #expect(try contents(of: "\(folder)/media/\(id)") == Self.file)
            let missing = try #require(media.first { $0["id"] == "777" })
            #expect(missing["error"]?["code"] == "media_pending" && missing["file"] == nil)

            let manifest = try #require(try Self.lines("\(folder)/manifest.json").first)
            #expect(manifest["messages"] == 209 && manifest["conversations"] == 3)
            #expect(manifest["media"]?["missing"] == 1 && manifest["contact"]?.text == nil)
            for file in ["media", ""] { #expect(Self.mode("\(folder)/\(file)") == 0o700) }
            for file in ["messages.jsonl", "manifest.json", "media/\(id)"] {
                #expect(Self.mode("\(folder)/\(file)") == 0o600, "\(file)")
            }
            #expect(access("\(folder).part", F_OK) != 0)
            let again = try await Self.export(group, [folder])
            #expect(again.ended == .exited(1) && again.output.contains("is there already"))
        }
    }

    @Test("of one person has that person's alone, and nobody's for somebody unknown")
    func onePerson() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start()
            _ = try await Self.fill(group)
            let folder = group.folder.file("one")
            let result = try await Self.export(
                group, ["--contact", "98000-00002", folder, "--no-media"])
            // Without the country's code it is nobody's number.
            #expect(result.ended == .exited(1), "\(result.output)")
            #expect(result.output.contains("nobody is known as 98000-00002"))
            #expect(access("\(folder).part", F_OK) != 0)

            let found = try await Self.export(group, [folder, "--contact", "91 98000-00002"])
            #expect(found.ended == .exited(0), "\(found.output)")
            let messages = try Self.lines("\(folder)/messages.jsonl")
            #expect(messages.map { $0["text"] } == ["from another"])
            #expect(try Self.lines("\(folder)/conversations.jsonl").count == 1)
            let manifest = try #require(try Self.lines("\(folder)/manifest.json").first)
            #expect(manifest["contact"]?.text == "+\(Self.other)")
        }
    }

    @Test("a file that is not what it was when it came is named, and not given out as it")
    func damagedFile() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start()
            let id = try await Self.fill(group)
            let store = group.folder.file("provider/media")
            for name in try FileManager.default.contentsOfDirectory(atPath: store) {
                let path = "\(store)/\(name)"
                var bytes = try contents(of: path)
                bytes[1] ^= 1
                try Data(bytes).write(to: URL(filePath: path))
            }
            let folder = group.folder.file("damaged")
            let result = try await Self.export(group, [folder])
            #expect(result.ended == .exited(0) && result.output.contains("\(id): the file is not"))
            let media = try Self.lines("\(folder)/media.jsonl")
            #expect(media.first { $0["id"]?.text == id }?["error"]?["code"] == "damaged")
            #expect(access("\(folder)/media/\(id)", F_OK) != 0)
        }
    }

    @Test("waits for a process that restarts, and what failed is left under a name that says so")
    func interruptions() async throws {
        try await withGroup(auth: .token) { group in
            try await group.start()
            try await group.postTexts(numbered("w", 1...3))
            let failed = group.folder.file("failed")
            let wrong = try await Self.export(
                group, [failed], token: String(repeating: "x", count: 32))
            #expect(wrong.ended == .exited(1), "\(wrong.output)")
            #expect(wrong.output.contains("lies in \(failed).part"))
            #expect(access("\(failed).part", F_OK) == 0 && access(failed, F_OK) != 0)
            let after = try await Self.export(group, [failed])
            #expect(after.ended == .exited(1) && after.output.contains("remove it"))

            group.inbox.kill()
            let folder = group.folder.file("patient")
            async let export = Self.export(group, [folder])
            try await eventually("the export is under way") { access("\(folder).part", F_OK) == 0 }
            try await group.inbox.start()
            let result = try await export
            #expect(result.ended == .exited(0), "\(result.output)")
            #expect(try Self.lines("\(folder)/messages.jsonl").count == 3)
        }
    }
}
