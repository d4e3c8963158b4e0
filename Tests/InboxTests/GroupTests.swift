import JSON
import Testing
import Wire

@testable import Inbox

@Suite("Messages to groups, what they cost, and the free days after an ad")
struct GroupTests {
    static let group = "Z3JvdXA="

    private func sent() throws -> JournalDouble {
        var provider = JournalDouble(.provider)
        var queued = Sample.queued("msg_1", at: Sample.startAt)
        queued.message?.to = .init(groupID: Self.group)
        try provider.add(queued)
        try provider.add(
            OutboxTransition(
                id: "msg_1", mode: .stub, status: .accepted, at: Sample.startAt + 1,
                wamid: "wamid.1", attempt: 1))
        return provider
    }

    @Test("a group's message is as far as with the member it is farthest from, and each is told")
    func members() async throws {
        let inbox = try await StoreDouble()
        try await inbox.append(try sent().whole())
        var journal = JournalDouble(.ingress)
        func status(_ name: String, _ member: String, at seconds: Int64) -> JSONValue {
            Sample.status(
                name, wamid: "wamid.1", at: Sample.start + seconds, member: member,
                group: Self.group)
        }
        let (one, other, third) = ("436605550122", "436605550133", "436605550144")
        try await inbox.receive(
            status("delivered", one, at: 2), status("sent", other, at: 1), journal: &journal)
        #expect(try await inbox.message(.id("msg_1")).message?.status == .sent)
        try await inbox.receive(
            status("read", other, at: 4), status("failed", third, at: 5), journal: &journal)
        let found = try await inbox.message(.id("msg_1"))
        let message = try #require(found.message)
        // The one that it cannot reach does not hold the others back.
        #expect(message.status == .delivered)
        #expect(message.participants.map(\.contact) == ["+" + one, "+" + other, "+" + third])
        #expect(message.participants.map(\.status) == [.delivered, .read, .failed])
        #expect(
            message.participants[1].statusAt == [
                "sent": Timestamp(seconds: Sample.start + 1),
                "read": Timestamp(seconds: Sample.start + 4),
            ])
        #expect(found.timeline.compactMap(\.participant).count == 4)
    }

    @Test("a group that nobody is reached in is failed")
    func nobody() async throws {
        let inbox = try await StoreDouble()
        try await inbox.append(try sent().whole())
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.status(
                "failed", wamid: "wamid.1", at: Sample.start, member: "436605550122",
                group: Self.group), journal: &journal)
        #expect(try await inbox.message(.id("msg_1")).message?.status == .failed)
    }

    @Test("what it costs is kept and shown, and a status that is new to us has its time")
    func pricing() async throws {
        let inbox = try await StoreDouble()
        var provider = JournalDouble(.provider)
        try provider.add(Sample.queued("msg_2", at: Sample.startAt))
        try provider.add(
            OutboxTransition(
                id: "msg_2", mode: .stub, status: .accepted, at: Sample.startAt + 1,
                wamid: "wamid.2", attempt: 1))
        try await inbox.append(provider.whole())
        var journal = JournalDouble(.ingress)
        let price: JSONValue = ["pricing_model": "PMP", "type": "regular", "category": "utility"]
        try await inbox.receive(
            Sample.change([
                "statuses": [
                    [
                        "id": "wamid.2", "status": "sent", "timestamp": "1790000001",
                        "recipient_id": .string(Sample.person), "pricing": price,
                    ]
                ]
            ]), Sample.status("teleported", wamid: "wamid.2", at: Sample.start + 7),
            journal: &journal)
        let message = try #require(try await inbox.message(.id("msg_2")).message)
        #expect(message.pricing == price)
        #expect(message.status == .sent)
        #expect(message.statusAt["teleported"] == Timestamp(seconds: Sample.start + 7))
        #expect(try await inbox.store.unknownNames().map(\.name) == ["teleported"])
    }

    @Test(
        "an answer within a day to somebody who came by an ad gives 72 free hours",
        arguments: [(3_600, true), (86_400, true), (86_401, false)] as [(Int64, Bool)])
    func freeEntryPoint(after seconds: Int64, isFree: Bool) async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        try await inbox.receive(
            Sample.message(
                "text", ["body": "Price?"], wamid: "wamid.1", ["referral": ["source_type": "ad"]]),
            journal: &journal)
        var provider = JournalDouble(.provider)
        let at = Sample.startAt + seconds * 1_000
        try provider.add(Sample.queued("msg_1", at: at))
        try await inbox.append(provider.whole())
        let before = try await inbox.conversations().conversations.first?.window
        // What Meta has not taken is no answer.
        #expect(before?.freeEntryPointExpiresAt == nil)
        try provider.add(
            OutboxTransition(
                id: "msg_1", mode: .stub, status: .accepted, at: at + 1, wamid: "wamid.2",
                attempt: 1))
        try await inbox.append(provider.batch(1..<2))
        let window = try #require(try await inbox.conversations().conversations.first?.window)
        let free = Timestamp(milliseconds: at + 72 * 3_600 * 1_000)
        #expect(window.freeEntryPointExpiresAt == (isFree ? free : nil))
        // The window itself is the person's day, no longer.
        #expect(window.expiresAt == Timestamp(seconds: Sample.start + 86_400))
    }
}
