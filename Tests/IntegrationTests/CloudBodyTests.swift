import JSON
import TestSupport
import Testing

/// `POST /api/whatsapp/messages`: bodies as Meta's documentation has them.
@Suite("bodies of the Cloud API", .serialized)
struct CloudBodyTests {
    static let buttons = """
        {"messaging_product":"whatsapp","to":"+919812345678","type":"interactive",\
        "interactive":{"type":"button","body":{"text":"Confirm delivery?"},"action":{"buttons":[\
        {"type":"reply","reply":{"id":"yes","title":"Confirm"}}]}},\
        "biz_opaque_callback_data":"order-991"}
        """
    static let bodies = [
        buttons,
        #"{"to":"+919812345678","type":"location","location":{"latitude":48.2,"longitude":16.3}}"#,
        """
        {"to":"+919812345678","type":"contacts",\
        "contacts":[{"name":{"formatted_name":"Max M","first_name":"Max"}}]}
        """,
        """
        {"to":"+919812345678","type":"reaction",\
        "reaction":{"message_id":"wamid.IN1","emoji":"👍"}}
        """,
        #"{"to":"+919812345678","type":"text","text":{"body":"hello"}}"#,
    ]

    @Test("each kind is sent, and read back with its content, its line and its reference")
    func isSent() async throws {
        try await withGroup { group in
            try await group.start()
            var ids: [String] = []
            for body in Self.bodies {
                let answer = try await group.send("messages", body)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["success"] == true)
                #expect(answer.json["message_id"]?.text?.hasPrefix("wamid.") == true)
                #expect(answer.json["to"]?.text == "+919812345678")
                ids.append(try #require(answer.json["id"]?.text))
            }
            let messages = try await group.settledMessages(with: "+919812345678")
            #expect(
                messages.compactMap { $0["type"]?.text }.sorted()
                    == ["contacts", "interactive", "location", "text"])
            // A reaction is shown with what it is about, and alone by its id.
            let reaction = try await group.get("/api/whatsapp/messages/\(ids[3])")
            #expect(reaction.json["message"]?["type"] == "reaction")
            let asked = messages.first { $0["type"] == "interactive" }
            #expect(asked?["text"] == "Confirm delivery?" && asked?["reference"] == "order-991")
            let button = asked?["content"]?["action"]?["buttons"]?.elements?.first
            #expect(button?["reply"]?["title"] == "Confirm")
            let story = try await group.get("/api/whatsapp/messages?reference=order-991")
            #expect(story.status == 200 && story.json["message"]?["id"] == asked?["id"])
        }
    }

    @Test(
        "what Meta would refuse is 400 at its path, and is not kept",
        arguments: [
            (
                buttons.replacing("\"Confirm\"", with: "\"Confirm this delivery now\""),
                "interactive.action.buttons[0].reply.title", "invalid_request"
            ),
            (
                buttons.replacing("\"button\"", with: "\"buton\""), "interactive.type",
                "invalid_request"
            ),
            (
                buttons.replacing("\"body\"", with: "\"boddy\""), "interactive.boddy",
                "invalid_request"
            ),
            (buttons.replacing("+919812345678", with: "9812345678"), "to", "invalid_recipient"),
            (#"{"to":"+919812345678","text":{"body":"x"}}"#, "type", "invalid_request"),
            ("[]", "", "invalid_request"),
        ])
    func isRefused(body: String, field: String, code: String) async throws {
        try await withGroup { group in
            try await group.start(.provider, .ingress)
            let answer = try await group.send("messages", body)
            #expect(answer.status == 400)
            let error = answer.json["error"]
            #expect(error?["code"]?.text == code)
            #expect((error?["field"]?.text ?? "") == field, "\(answer.text)")
            #expect(error?["hint"]?.text?.isEmpty == false)
            #expect(try await group.outboxCount() == 0)
        }
    }

    @Test("a read mark is answered like a send, and nothing is kept of it")
    func readMark() async throws {
        try await withGroup { group in
            try await group.start(.provider, .ingress)
            let body = """
                {"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN1",\
                "typing_indicator":{"type":"text"}}
                """
            let answer = try await group.send("messages", body)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["success"] == true && answer.json["provider"] == "stub")
            #expect(answer.json.members?["message_id"] == .null)
            #expect(answer.json.members?["to"] == .null)
            #expect(try await group.outboxCount() == 0)
        }
    }

    @Test("a key holds for this route as for the others")
    func key() async throws {
        try await withGroup { group in
            try await group.start(.provider, .ingress)
            let key = ["Idempotency-Key: order-17"]
            let first = try await group.send("messages", Self.buttons, key)
            let again = try await group.send("messages", Self.buttons, key)
            #expect(first.status == 200 && again.json["id"] == first.json["id"])
            #expect(again["Idempotent-Replay"] == "true")
            let other = try await group.send("messages", Self.bodies[1], key)
            #expect(other.status == 422)
            #expect(try await group.outboxCount() == 1)
        }
    }
}
