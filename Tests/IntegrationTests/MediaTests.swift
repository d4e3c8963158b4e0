import FoundationEssentials
import IPC
import JSON
import Reactor
import TestSupport
import Testing
import Wire

extension RunningTests {
    /// The whole group in live mode, with files at a Graph of ours.
    @Suite("files, live")
    struct MediaTests {
        private static let picture = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        private static let limit = Duration.seconds(15)

        /// Asks provider over its own socket.
        private func ask<Asked: Request>(
            _ request: Asked, _ group: TestGroup
        ) async throws -> Asked.Answer {
            let folder = group.folder.file("run")
            let mode: Mode = group.auth == .open ? .stub : .live
            return try await onLoop { loop in
                let client = Client(
                    to: .provider, in: try SocketDirectory(folder),
                    as: Hello(process: "test", mode: mode, pid: 1), on: loop)
                return try await client.ask(request, within: Self.limit)
            }
        }

        private func record(_ id: String, _ group: TestGroup) async throws -> MediaRecord? {
            do {
                return try await ask(ReadMedia(id: id, offset: 0, length: 0), group).media
            } catch WireError.refused(let problem) where problem.code == .notFound { return nil }
        }

        private func bytes(_ id: String, _ group: TestGroup) async throws -> [UInt8] {
            let answer = try await ask(
                ReadMedia(id: id, offset: 0, length: MediaPart.longest), group)
            return Array(answer.bytes ?? Data())
        }

        private func refusal(_ id: String, _ group: TestGroup) async throws -> Problem? {
            do {
                _ = try await bytes(id, group)
                return nil
            } catch WireError.refused(let problem) { return problem }
        }

        private func reaches(
            _ state: MediaState, _ id: String, _ group: TestGroup
        ) async throws {
            try await eventually("\(id) is \(state)", within: .seconds(20)) {
                try await record(id, group)?.state == state
            }
        }

        /// Somebody sends that file.
        private func send(_ id: String, to group: TestGroup) async throws {
            let message: JSONValue = [
                "from": .string(Payload.contact), "id": .string("wamid.of.\(id)"),
                "timestamp": .string("\(Payload.now)"), "type": "image",
                "image": ["id": .string(id), "mime_type": "image/png"],
            ]
            let body = Payload.body([
                Payload.change(
                    liveNumber, contacts: [Payload.person(Payload.contact)], messages: [message])
            ])
            #expect(try await group.webhook(body).status == 200)
        }

        private func mediaShown(of id: String, _ group: TestGroup) async throws -> String? {
            let answer = try await group.get("/api/whatsapp/messages/wamid.of.\(id)")
            return answer.json["message"]?["media"]?["state"]?.text
        }

        @Test("a picture that came is fetched, kept, given back as it was, and shown as stored")
        func isFetched() async throws {
            try await withLiveGroup { group, graph in
                let start = try await group.get("/api/whatsapp/events").json["next"]?.text ?? ""
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await send(id, to: group)
                try await reaches(.stored, id, group)
                #expect(try await bytes(id, group) == Self.picture)
                try await eventually("its message shows it") {
                    try await mediaShown(of: id, group) == "stored"
                }
                let told = try await group.get(
                    "/api/whatsapp/events?after=\(start)&kinds=message.received,message.updated")
                let states = told.json["events"]?.elements?.map { $0["data"]?["media"]?["state"] }
                #expect(states == ["pending", "stored"])
            }
        }

        @Test("provider killed in the middle of a download fetches the file after its start")
        func killedMidway() async throws {
            try await withLiveGroup { group, graph in
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                let rule = try await graph.add(
                    GraphRule(when: .init(endpoint: .download), times: 1, .accept(), .stall))
                try await send(id, to: group)
                try await eventually("the download is under way") {
                    try await graph.fitted(rule) == 1
                }
                group.provider.kill()
                try await group.provider.start()
                try await reaches(.stored, id, group)
                #expect(try await bytes(id, group) == Self.picture)
                let folder = group.folder.file("provider/media")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
            }
        }

        @Test("the token goes to no other host, named by an answer or by a redirect")
        func staysAtMetas() async throws {
            try await withLiveGroup { group, graph in
                let elsewhere = try Listener()
                try elsewhere.setNonBlocking()
                let named = try await graph.addMedia(
                    Self.picture, mimeType: "image/png",
                    url: "http://127.0.0.1:\(elsewhere.port)/file")
                let redirected = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await graph.add(
                    GraphRule(
                        when: .init(endpoint: .download), .raw(status: 302, body: ""),
                        headers: ["Location": "http://127.0.0.1:\(elsewhere.port)/file"]))
                try await send(named, to: group)
                try await send(redirected, to: group)
                for id in [named, redirected] {
                    try await eventually("\(id) was tried", within: .seconds(20)) {
                        try await record(id, group)?.error != nil
                    }
                }
                let hasCome = if case .some = elsewhere.accept() { true } else { false }
                #expect(!hasCome)
                let problem = try await refusal(redirected, group)
                #expect(problem?.code == .mediaPending && problem?.httpStatus == 503)
                #expect(problem?.retryAfterSeconds != nil)
            }
        }

        @Test("without a token a file waits, and its 503 says for what; once live it is fetched")
        func waitsForLive() async throws {
            try await FakeGraph.with { graph in
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await withGroup { group in
                    try await group.start()
                    try await send(id, to: group)
                    try await reaches(.pending, id, group)
                    let problem = try await refusal(id, group)
                    #expect(problem?.code == .mediaPending && problem?.httpStatus == 503)
                    #expect(problem?.hint.contains("WHATSAPP_ACCESS_TOKEN") == true)
                    for process in group.all { process.kill() }

                    let live = try TestGroup(
                        in: group.folder, on: group.listener, auth: .token,
                        settings: ["GATEWAY_MODE": "live"])
                    defer { for process in live.all { process.kill() } }
                    live.provider.set("WHATSAPP_ACCESS_TOKEN", "EAAtestToken0001")
                    live.provider.set("WHATSAPP_PHONE_NUMBER_ID", liveNumber)
                    live.provider.set("WHATSAPP_GRAPH_URL", graph.url)
                    live.provider.set("GATEWAY_GRAPH_CA_FILE", graph.caFile)
                    try await live.start()
                    try await reaches(.stored, id, live)
                    #expect(try await bytes(id, live) == Self.picture)
                }
            }
        }

        @Test("an address that is gone is asked for anew")
        func goneAddress() async throws {
            try await withLiveGroup { group, graph in
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await graph.add(
                    GraphRule(
                        when: .init(endpoint: .download), times: 1,
                        .raw(status: 404, body: "Not Found")))
                try await send(id, to: group)
                try await reaches(.stored, id, group)
                #expect(try await graph.counts().endpoints["media"] == 2)
            }
        }

        @Test("a file that is not the announced one is not kept, and is 410 with the cure")
        func wrongDigest() async throws {
            try await withLiveGroup { group, graph in
                let id = try await graph.addMedia(
                    Self.picture, mimeType: "image/png",
                    sha256: String(repeating: "ab", count: 32))
                try await send(id, to: group)
                try await reaches(.failed, id, group)
                let problem = try await refusal(id, group)
                #expect(problem?.code == .mediaGone && problem?.httpStatus == 410)
                let folder = group.folder.file("provider/media")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
                try await eventually("its message shows it") {
                    try await mediaShown(of: id, group) == "failed"
                }
            }
        }

        @Test("a token that Meta refuses pauses fetching, and burns nothing")
        func tokenExpired() async throws {
            try await withLiveGroup { group, graph in
                try await graph.expire(tokens: ["EAAtestToken0001"])
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await send(id, to: group)
                try await eventually("health says so") {
                    try await group.get("/api/health").text.contains("sending_paused")
                }
                #expect(try await record(id, group)?.state == .pending)
                group.provider.set("WHATSAPP_ACCESS_TOKEN", "EAAtestToken0002")
                group.provider.kill()
                try await group.provider.start()
                try await reaches(.stored, id, group)
            }
        }

        @Test("served files make room, the least recently served first; others never do")
        func makesRoom() async throws {
            try await withLiveGroup { group, graph in
                group.provider.set("GATEWAY_MEDIA_MB", "1")
                group.provider.kill()
                try await group.provider.start()
                let file = [UInt8](repeating: 7, count: 400_000)
                func next(_ state: MediaState = .stored) async throws -> String {
                    let id = try await graph.addMedia(file, mimeType: "image/png")
                    try await send(id, to: group)
                    try await reaches(state, id, group)
                    return id
                }
                let (first, second) = (try await next(), try await next())
                for id in [first, second] { #expect(try await bytes(id, group).count == 400_000) }
                let third = try await next()
                #expect(try await record(first, group)?.state == .evicted)
                #expect(try await record(second, group)?.state == .stored)
                #expect(try await refusal(first, group)?.httpStatus == 410)
                let fourth = try await next()
                #expect(try await record(second, group)?.state == .evicted)
                // Nobody has fetched these two: the next one waits, and health says for what.
                let fifth = try await next(.pending)
                try await eventually("health says so") {
                    try await group.get("/api/health").text.contains("media_full")
                }
                #expect(try await record(third, group)?.state == .stored)
                #expect(try await record(fourth, group)?.state == .stored)
                #expect(try await record(fifth, group)?.state == .pending)
            }
        }

        @Test("an upload is Meta's, streamed, and made again when its answer was lost")
        func uploads() async throws {
            try await withLiveGroup { group, graph in
                try await graph.add(
                    GraphRule(when: .init(endpoint: .upload), times: 1, .accept(), .close))
                let begun = try await ask(
                    BeginUpload(
                        mimeType: "image/png", filename: "a \"b\".png", from: nil,
                        size: Int64(Self.picture.count)), group)
                _ = try await ask(
                    UploadPart(upload: begun.upload, offset: 0, bytes: Data(Self.picture)), group)
                let record = try await ask(EndUpload(upload: begun.upload), group)
                #expect(try await graph.counts().endpoints["upload"] == 2)
                #expect(record.state == .stored)
                #expect(try await bytes(record.id, group) == Self.picture)
                let sent = try await group.send(
                    "send_media",
                    #"{"to":"+436605550122","media_type":"image","media_id":"\#(record.id)"}"#)
                #expect(sent.status == 200, "\(sent.text)")
            }
        }

        @Test("over HTTP: a picture that came is served by range, and one handed over is sent")
        func overHTTP() async throws {
            try await withLiveGroup { group, graph in
                let path = "/api/whatsapp/media"
                let id = try await graph.addMedia(Self.picture, mimeType: "image/png")
                try await send(id, to: group)
                try await reaches(.stored, id, group)
                let range = try await group.get("\(path)/\(id)", ["Range: bytes=69990-"])
                #expect(range.status == 206 && range.body == Array(Self.picture[69_990...]))
                #expect(range["Content-Range"] == "bytes 69990-69999/70000")
                #expect(range["Content-Type"] == "image/png")

                let file = Self.picture.reversed() as [UInt8]
                let uploaded = try await group.ask(
                    "POST", path + "?filename=back.png",
                    group.authorization + ["Content-Type: image/png"], body: file)
                #expect(uploaded.status == 200, "\(uploaded.text)")
                #expect(try await graph.counts().endpoints["upload"] == 1)
                let own = try #require(uploaded.json["id"]?.text)
                let sent = try await group.send(
                    "send_media",
                    #"{"to":"+436605550122","media_type":"image","media_id":"\#(own)"}"#)
                #expect(sent.status == 200, "\(sent.text)")
                #expect(sent.json["message_id"]?.text?.hasPrefix("wamid.") == true)
                let taken = try #require(try await graph.accepted().first)
                #expect(taken.body["image"]?["id"]?.text == own)
                let whole = try await group.get("\(path)/\(own)")
                #expect(whole.status == 200 && whole.body == file)
            }
        }
    }
}
