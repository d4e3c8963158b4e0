import FoundationEssentials
import JSON
import Testing

@testable import GatewayControl

/// What `why` prints, and how names get into a path.
struct StoryTests {
    private static func lines(_ json: String) throws -> [String] {
        Story(try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))).lines
    }

    @Test("a failed send is told from its queue to Meta's reason, whose doing it is, and the cure")
    func failedSend() throws {
        let lines = try Self.lines(
            """
            {"message":{"id":"msg_1","direction":"outbound","type":"text","contact":"+919800000002",
            "phone_number_id":"1","reference":"order-7","wamid":"wamid.A"},
            "timeline":[{"at":"2026-09-21T14:13:20Z","status":"queued","source":"outbox"},
            {"at":"2026-09-21T14:13:22Z","status":"failed","source":"webhook","error":{"message":
            "undeliverable","provider_code":131026,"details":"Not on WhatsApp.","trace":"Ab1"}}],
            "attempts":[{"number":1,"at":"2026-09-21T14:13:21Z","status":"accepted"}],"away":["inbox"],
            "why":{"summary":"undeliverable","cause":"recipient","next":"Check the number."}}
            """)
        #expect(
            lines == [
                "msg_1  outbound text to +919800000002, number 1, reference order-7", "  wamid.A",
                "  2026-09-21T14:13:20Z  queued  outbox", "  2026-09-21T14:13:22Z  failed  webhook",
                "      undeliverable (131026)", "      Meta: Not on WhatsApp.", "      trace: Ab1",
                "  inbox is away: its part is missing", "→ undeliverable", "  cause: recipient",
                "  next: Check the number.",
            ])
    }

    @Test("an inbound message shows when it was kept, and an attempt only when it failed")
    func inbound() throws {
        let lines = try Self.lines(
            """
            {"message":{"id":"msg_2","direction":"inbound","type":"image","contact":"+91980",
            "received_at":"2026-09-21T14:13:21Z"},"timeline":[],"attempts":[],"away":[],
            "why":{"summary":"It came in and is kept.","cause":"nobody"}}
            """)
        #expect(
            lines == [
                "msg_2  inbound image from +91980", "  2026-09-21T14:13:21Z  kept  journal",
                "→ It came in and is kept.",
            ])
    }

    @Test(
        "a name goes into a path byte by byte, whatever is in it",
        arguments: [
            ("msg_1", "msg_1"), ("+91 98", "%2B91%2098"), ("wamid.a/b==", "wamid.a%2Fb%3D%3D"),
            ("ä?&#", "%C3%A4%3F%26%23"),
        ])
    func percentEncoding(name: String, expected: String) {
        #expect(Percent.encoded(name) == expected)
    }
}
