import JSON
import TestSupport
import Testing

/// Events as a stream, over restarts and for many listeners.
@Suite("events as a stream", .serialized)
struct StreamTests {
    /// One server-sent event, as far as a test looks at it.
    private struct Sent: Equatable {
        let id: String
        let type: String
        let data: String
    }

    private static let path = "/api/whatsapp/events/stream"

    private static func begin(
        _ group: TestGroup, _ query: String = "", _ fields: [String] = []
    ) async throws -> HTTPConnection {
        let connection = try await group.begin("GET", path + query, fields)
        _ = try await blocking {
            try connection.receiveText { $0.contains("retry: 1000\nid: ") }
        }
        return connection
    }

    private static func events(in text: String) -> [Sent] {
        text.matches(of: #/id: ([^\n]+)\nevent: ([^\n]+)\ndata: ([^\n]+)\n\n/#).map {
            Sent(id: String($0.1), type: String($0.2), data: String($0.3))
        }
    }

    private static func events(
        _ count: Int, from connection: HTTPConnection
    ) async throws -> [Sent] {
        let text = try await blocking {
            try connection.receiveText { events(in: $0).count >= count }
        }
        return events(in: text)
    }

    private static func texts(_ events: [Sent]) -> [String] {
        events.compactMap { event in
            event.data.firstMatch(of: #/"text":"([^"]*)"/#).map { String($0.1) }
        }
    }

    private static let received = "?kinds=message.received"

    @Test("every event comes once and in order, over a kill of inbox and while it is away")
    func overKillOfInbox() async throws {
        try await withGroup { group in
            try await group.start()
            let stream = try await Self.begin(group, Self.received)
            try await group.postTexts(numbered("a", 1...4))
            _ = try await Self.events(4, from: stream)
            group.inbox.kill()
            try await group.postTexts(numbered("b", 1...4))
            try await group.inbox.start()
            let events = try await Self.events(8, from: stream)
            #expect(Self.texts(events) == numbered("a", 1...4) + numbered("b", 1...4))
        }
    }

    @Test("a listener comes back after a kill of ingress, and has missed nothing")
    func overKillOfIngress() async throws {
        try await withGroup { group in
            try await group.start()
            let stream = try await Self.begin(group, Self.received)
            try await group.postTexts(numbered("a", 1...3))
            let before = try await Self.events(3, from: stream)
            group.ingress.kill()
            try await group.ingress.start()
            try await group.postTexts(numbered("b", 1...3))
            let last = try #require(before.dropLast().last)
            let again = try await Self.begin(
                group, Self.received + "&after=nonsense", ["Last-Event-ID: \(last.id)"])
            let after = try await Self.events(4, from: again)
            #expect(Self.texts(after) == [numbered("a", 1...3)[2]] + numbered("b", 1...3))
        }
    }

    @Test("a stream ends well when ingress is asked to stop")
    func endsWithIngress() async throws {
        try await withGroup { group in
            try await group.start()
            let stream = try await Self.begin(group)
            async let ended = group.ingress.stop()
            let rest = try await blocking { try stream.receiveToEnd() }
            #expect(String(decoding: rest, as: UTF8.self).hasSuffix("\r\n0\r\n\r\n"))
            #expect(try await ended == .exited(0))
        }
    }

    @Test(
        "an id that is no more, no id at all, or a kind of ours is refused before the stream begins"
    )
    func refusals() async throws {
        try await withGroup { group in
            try await group.start()
            for (query, status) in [
                ("?after=0123456789abcdef-1", 410), ("?after=x", 400),
                ("?kinds=person.updated", 400),
            ] {
                let answer = try await group.get(Self.path + query)
                #expect(answer.status == status, "\(query) \(answer.text)")
            }
            let head = try await group.ask("HEAD", Self.path)
            #expect(head.status == 200)
            #expect(head["Content-Type"] == "text/event-stream")
        }
    }

    @Test("a thousand listeners get what happens, and cost little while nothing does")
    func manyListeners() async throws {
        try await withGroup { group in
            try await group.start()
            try await group.postTexts(["first"])
            _ = try await group.settledTexts()
            let before = try #require(group.ingress.status()["VmRSS"])
            var streams: [HTTPConnection] = []
            for _ in 0..<1_000 { streams.append(try await Self.begin(group, Self.received)) }
            let idle = try #require(group.ingress.status()["VmRSS"])
            try await group.postTexts(["second"])
            for stream in streams {
                #expect(Self.texts(try await Self.events(1, from: stream)) == ["second"])
            }
            let each = (idle - before) / 1_000
            print("a listener of the event stream costs \(each * 1_024) bytes of ingress's memory")
            // Its connection's buffers, its task and its place: 64 KiB would be a leak.
            #expect(Sanitizer.keepsFreedMemory || each < 64)
        }
    }
}
