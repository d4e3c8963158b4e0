import FoundationEssentials
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

/// Files of earlier releases, brought forward.
@Suite("Older inbox files")
struct OlderFileTests {
    /// Each released form of inbox.db; a release adds its own and never changes one.
    static let releases = ["0.1.0"]

    private static func folder(from release: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/inbox-\(release).sql")
        let database = try Database(path: folder.file("inbox.db"))
        try database.execute(try String(contentsOf: fixture, encoding: .utf8))
        return folder
    }

    @Test(
        "what an earlier release kept is read as before, and found by its words",
        arguments: releases)
    func isRead(release: String) async throws {
        let store = try await StoreDouble(in: try Self.folder(from: release))
        let page = try await store.conversations()
        #expect(page.conversations.map(\.name) == ["Zoë"])
        #expect(page.conversations.first?.unreadCount == 1)
        let messages = try await store.store.messages(
            ListMessages(
                contact: "+919800000002", limit: 50, cursor: nil, phoneNumberID: nil, seen: [])
        ).messages
        #expect(messages.map(\.text) == ["On its way", "a café bill"])
        #expect(messages.map(\.status) == [.sent, .received])
        #expect(messages.last?.media?.state == .pending)
        #expect(try await store.search("cafe") == ["a café bill"])
        #expect(try await store.searchFaults() == 0)
    }

    @Test(
        "it goes on where it was: the position, and a status of a message of before",
        arguments: releases)
    func goesOn(release: String) async throws {
        let store = try await StoreDouble(in: try Self.folder(from: release))
        let origin = "00112233445566778899aabbccddeeff"
        let position = JournalPosition(seq: 2, mark: 77)
        #expect(await store.store.position(of: origin) == position)
        let body = """
            {"object":"whatsapp_business_account","entry":[{"id":"100000000000002","changes":[{"field":\
            "messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":\
            "100000000000001"},"statuses":[{"id":"wamid.OLD.OUT","status":"delivered","timestamp":\
            "1790000070","recipient_id":"919800000002"}]}}]}]}
            """
        let entry = JournalEntry(
            position: JournalPosition(seq: 3, mark: 78), at: 1_790_000_071_000, kind: .webhook,
            body: Data(body.utf8))
        let answer = try await store.append(
            AppendEntries(origin: origin, process: .ingress, after: position, entries: [entry]))
        #expect(answer.outcome == .applied)
        let story = try await store.store.message(
            FindMessage(name: .reference("order-7"), seen: []))
        #expect(story.message?.status == .delivered)
        #expect(story.timeline.map(\.status) == [.accepted, .sent, .delivered])
    }
}
