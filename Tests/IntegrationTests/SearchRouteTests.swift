import JSON
import TestSupport
import Testing

@Suite("search and filters over HTTP", .serialized)
struct SearchRouteTests {
    @Test("what was just answered is found by its words; parameters are strict")
    func search() async throws {
        try await withGroup { group in
            try await group.start()
            try await blocking {
                let connection = try group.connection()
                func ask(_ path: String) throws -> (status: Int, json: JSONValue) {
                    let answer = try connection.ask("GET", "/api/whatsapp/\(path)")
                    return (answer.status, answer.json)
                }
                let body = Payload.text(
                    "Wann kommt das Päckchen?", wamid: "wamid.search", from: "919812345671")
                let taken = try connection.ask(
                    "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
                #expect(taken.status == 200)
                for query in ["packchen", "P%C3%84CK", "kommt%20wann"] {
                    let found = try ask("messages?q=\(query)").json
                    #expect(found["messages"]?.elements?.count == 1, "\(query)")
                    #expect(found.members?["next_cursor"] == .null)
                }
                for path in [
                    "messages?q=wann&contact=919812345671&limit=1&since=2000-01-01T00:00:00Z",
                    "conversations?q=wann&unread=1", "conversations?q=98123-45671",
                    "conversations?unread=1&until=2100-01-01T00:00:00Z",
                ] {
                    let answer = try ask(path)
                    let list = answer.json["messages"] ?? answer.json["conversations"]
                    #expect(answer.status == 200 && list?.elements?.count == 1, "\(path)")
                }
                for (path, field) in [
                    ("messages", "q"), ("messages?q=a&reference=b", "q"),
                    ("messages?q=a&q=b", "q"), ("messages?q=a&limit=201", "limit"),
                    ("messages?q=a&cursor=x", "cursor"), ("messages?q=a&since=today", "since"),
                    ("conversations?unread=true", "unread"), ("conversations?window=1", "window"),
                    ("conversations?until=2026-09-21", "until"),
                    ("messages?q=\(String(repeating: "a", count: 257))", "q"),
                ] {
                    let answer = try ask(path)
                    #expect(answer.status == 400, "\(path)")
                    #expect(answer.json["error"]?["field"]?.text == field, "\(path)")
                }
            }
        }
    }
}
