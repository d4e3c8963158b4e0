import FoundationEssentials
import JSON
import Testing
import Wire

@Suite("Records as the feed has them")
struct RecordTextTests {
    private static let at = Timestamp(milliseconds: 1_790_000_000_123)

    private static var bare: Message {
        Message(
            id: "msg_1", wamid: nil, direction: .inbound, provider: "stub", phoneNumberID: "3",
            contact: "+4366", type: "text", text: nil, content: nil, status: .received,
            timestamp: at, receivedAt: at)
    }

    private static var full: Message {
        let problem = Problem.invalid("to", "No \"such\" number.", hint: "Ask.")
        return Message(
            id: "msg_2", wamid: "wamid.A/=", direction: .outbound, provider: "meta",
            phoneNumberID: "3", contact: "user", userID: "AT.1", groupID: "g", type: "image",
            text: "a\\b\"c\"\n\u{1}\u{7f} ü 😀 /", content: ["a": [1, 2.5, .null, ["b": true]]],
            media: .init(id: "9", state: .pending, mimeType: "image/png"), replyTo: "wamid.B",
            reference: "r", status: .failed,
            statusAt: ["sent": at, "failed": .init(seconds: 1), "accepted": .init(seconds: 0)],
            error: problem, sentBy: "api", origin: "app", forwarded: "forwarded",
            referredProduct: ["catalog_id": "1"], referral: ["source_type": "ad"],
            reactions: [.init(from: nil, emoji: "👍", at: at)], editedAt: at, revokedAt: at,
            revisions: [.init(at: at, type: "text", text: nil, content: .null)],
            participants: [
                .init(contact: "+1", status: .read, statusAt: ["read": at], error: problem)
            ], pricing: ["billable": true], timestamp: at, receivedAt: at)
    }

    @Test("a message is the JSON that it is encoded to", arguments: [bare, full])
    func message(message: Message) throws {
        let encoder = JSONEncoder.gateway()
        let text = Data(try message.json(with: encoder).utf8)
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: text)
                == JSONDecoder().decode(JSONValue.self, from: encoder.encode(message)))
        #expect(try JSONDecoder().decode(Message.self, from: text).id == message.id)
    }

    @Test("a conversation is the JSON that it is encoded to", arguments: [false, true])
    func conversation(isFull: Bool) throws {
        let conversation = Conversation(
            id: "conv_1", phoneNumberID: "3", contact: "+4366", userID: isFull ? "AT.1" : nil,
            username: isFull ? "ü" : nil, groupID: isFull ? "g" : nil,
            name: isFull ? "A \"B\"" : nil,
            lastMessageText: isFull ? "hi\n" : nil, lastMessageType: isFull ? "text" : nil,
            lastMessageAt: isFull ? Self.at : nil, lastDirection: isFull ? .inbound : nil,
            unreadCount: isFull ? 7 : 0, marketingOptOut: isFull,
            window: .init(
                open: isFull, expiresAt: isFull ? Self.at : nil,
                freeEntryPointExpiresAt: isFull ? Self.at : nil))
        #expect(
            try JSONDecoder().decode(Conversation.self, from: Data(conversation.json.utf8))
                == conversation)
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: Data(conversation.json.utf8))
                == JSONDecoder().decode(
                    JSONValue.self, from: JSONEncoder().encode(conversation)))
    }
}
