import FoundationEssentials
import JSON
import SQLite
import TestSupport
import Testing

/// Erasing a person, through real processes.
@Suite("erasing a person", .serialized)
struct ErasureTests {
    private static let person = "919812345671"
    private static let other = "919812345672"

    @Test("nothing that is read tells of them; a replay brings nothing back; others stay")
    func erase() async throws {
        try await withGroup { group in
            try await group.start()
            let sent = try await blocking {
                let connection = try group.connection()
                for (text, wamid, from) in [
                    ("an unforgettable secret", "wamid.e1", Self.person),
                    ("of somebody else", "wamid.e2", Self.other),
                ] {
                    let body = Payload.text(text, wamid: wamid, from: from)
                    let answer = try connection.ask(
                        "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
                    #expect(answer.status == 200)
                }
                let send = try connection.ask(
                    "POST", "/api/whatsapp/send", ["Content-Type: application/json"],
                    body: Array(#"{"to":"+\#(Self.person)","text":"a discreet answer"}"#.utf8))
                #expect(send.status == 200, "\(send.text)")
                for (body, status) in [
                    (#"{"contact":"+\#(Self.person)"}"#, 200), ("{}", 400), ("[]", 400),
                    (#"{"contact":"x","all":true}"#, 400), (#"{"contact":" "}"#, 400),
                ] {
                    let answer = try connection.ask(
                        "POST", "/api/whatsapp/erase", ["Content-Type: application/json"],
                        body: Array(body.utf8))
                    #expect(answer.status == status, "\(body)")
                }
                return send.json["id"]?.text ?? ""
            }
            for round in 0..<2 {
                let messages = try await group.get(
                    "/api/whatsapp/contact_messages?contact=\(Self.person)"
                ).json
                #expect(messages["known"] == .bool(false), "round \(round)")
                let list = try await group.get("/api/whatsapp/conversations").json
                #expect(
                    list["conversations"]?.elements?.map { $0["contact"]?.text }
                        == ["+" + Self.other])
                for query in ["unforgettable", "discreet"] {
                    let found = try await group.get("/api/whatsapp/messages?q=\(query)").json
                    #expect(found["messages"]?.elements?.isEmpty == true)
                }
                let gone = try await group.get("/api/whatsapp/events?after=0-0").json
                let oldest = try #require(gone["error"]?["id"]?.text)
                let events = try await group.get(
                    "/api/whatsapp/events?limit=200&after=\(oldest)"
                ).text
                for word in ["unforgettable", "discreet", Self.person, sent] {
                    #expect(!events.contains(word), "\(word)")
                }
                #expect(events.contains("of somebody else"))
                try await eventually("provider's part is blank") {
                    let story = try await group.get("/api/whatsapp/messages/\(sent)")
                    return !story.text.contains(Self.person) && !story.text.contains("discreet")
                }
                #expect(try await group.get("/api/whatsapp/audit").json["whole"] == .bool(true))
                guard round == 0 else { break }
                // Inbox loses its file, and all of the journals comes again.
                group.inbox.kill()
                for end in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(
                        atPath: group.folder.file("inbox/inbox.db" + end))
                }
                try await group.inbox.start()
                try await eventually("the journals were applied anew") {
                    try await group.get("/api/whatsapp/audit").json["whole"] == .bool(true)
                }
            }
        }
    }
}
