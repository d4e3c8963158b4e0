import CloudAPI
import FoundationEssentials
import JSON
import Testing

struct StubPayloadTests {
    private func only(_ body: Data) throws -> Update {
        let updates = try WebhookPayload.decode(body)
        try #require(updates.count == 1)
        return try #require(updates.first)
    }

    @Test(
        "a status made for the stub reads as the status it was made from",
        arguments: [CloudStatus.sent, .delivered, .read, .played, .failed],
        [
            Recipient.phone("436605550122"), .user("AT.70011223344556677"),
            .group("Y2FwaV9ncm91cDpERU1P"),
        ])
    func statuses(status: CloudStatus, recipient: Recipient) throws {
        let body = StatusPayload.make(
            phoneNumberID: "300200100400602", displayNumber: "4930550010001",
            wabaID: "200100300400501", wamid: "wamid.STUBx", status: status,
            timestamp: 1_790_000_000, recipient: recipient, callbackData: "msg_1.1",
            pricing: ["type": "regular"],
            errors: status == .failed ? [CloudError(code: 131026, title: "Undeliverable")] : [])
        guard case .status(let update) = try only(body) else {
            Issue.record("no status")
            return
        }
        #expect(update.wamid == "wamid.STUBx" && update.status == status)
        #expect(update.timestamp == 1_790_000_000 && update.callbackData == "msg_1.1")
        #expect(update.phoneNumberID == "300200100400602" && update.wabaID == "200100300400501")
        #expect(update.pricing == ["type": "regular"])
        #expect(update.errors.first?.code == (status == .failed ? 131026 : nil))
        switch recipient {
        case .phone(let id): #expect(update.recipient.id == id && !update.recipient.isGroup)
        case .user(let id): #expect(update.recipient.userID == id && update.recipient.id == nil)
        case .group(let id): #expect(update.recipient.id == id && update.recipient.isGroup)
        }
    }

    @Test(
        "a sample reads as the message it was made from, its text escaped on the wire",
        arguments: [
            ("+43 660 5550122", "436605550122", nil),
            ("AT.70011223344556677", nil, "AT.70011223344556677"),
        ] as [(String, String?, String?)])
    func samples(from: String, waID: String?, userID: String?) throws {
        let body = SamplePayload.textMessage(
            text: "Grüß \"Gott\" 👋", from: from, name: "Jürgen", phoneNumberID: "300200100400602",
            wamid: "wamid.SAMPLE1", timestamp: 1_790_000_000)
        #expect(body.allSatisfy { $0 < 0x80 })
        guard case .message(let message) = try only(body) else {
            Issue.record("no message")
            return
        }
        #expect(message.kind == .text(body: "Grüß \"Gott\" 👋"))
        #expect(message.sender == Sender(waID: waID, userID: userID, name: "Jürgen"))
        #expect(message.timestamp == 1_790_000_000 && message.wamid == "wamid.SAMPLE1")
    }

    @Test("stub wamids are the same for the same id, differ for others, and need no escaping")
    func wamids() {
        let ids = ["msg_1", "msg_2", "msg_1.1", "", "a?b/c+d=ü👋", "\u{FF}\u{FF}\u{FF}"]
        let wamids = ids.map(StubWamid.make)
        #expect(wamids == ids.map(StubWamid.make))
        #expect(Set(wamids).count == ids.count)
        for wamid in wamids {
            #expect(wamid.hasPrefix("wamid.STUB"))
            #expect(wamid.utf8.allSatisfy { $0 < 0x80 })
            #expect(wamid.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) })
        }
    }
}
