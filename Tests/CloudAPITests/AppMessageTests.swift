import CloudAPI
import JSON
import Testing

@Suite("Messages of the business's own app, now and before")
struct AppMessageTests {
    private func messages(_ fixture: String) throws -> [AppMessage] {
        try Fixture(fixture).updates().compactMap {
            if case .appMessage(let message) = $0 { message } else { nil }
        }
    }

    @Test(
        "an echo is the business's message to the person it names",
        arguments: [
            ("echo", "436605550122", nil, "text"),
            ("echo-to-user-id", nil, "AT.70011223344556677", "image"),
            ("echo-edit", "436605550122", nil, "edit"),
            ("echo-revoke", "436605550122", nil, "revoke"),
            ("echo-other-field", "436605550122", nil, "text"),
        ] as [(String, String?, String?, String)])
    func echoes(fixture: String, waID: String?, userID: String?, type: String) throws {
        let echo = try #require(try messages(fixture).first)
        #expect(echo.isFromBusiness)
        #expect(echo.source == .echo)
        #expect(echo.message.sender.waID == waID)
        #expect(echo.message.sender.userID == userID)
        #expect(echo.message.type == type)
        #expect(echo.message.phoneNumberID == "300200100400602")
        #expect(echo.message.unknownNames.isEmpty)
    }

    @Test("a thread of history has both sides' messages, all with the person of the thread")
    func threads() throws {
        let found = try messages("history")
        #expect(found.map(\.isFromBusiness) == [false, true, true])
        #expect(
            found.map(\.source) == [
                .history(state: nil), .history(state: .played), .history(state: .failed),
            ])
        #expect(Set(found.map(\.message.sender.waID)) == ["436605550122"])
        #expect(found.last?.message.kind == .mediaPlaceholder)
        let progress = try Fixture("history").updates().compactMap { update in
            if case .account(let event) = update { event } else { nil as AccountEvent? }
        }
        guard case .history(let chunks)? = progress.first?.news else {
            Issue.record("no progress")
            return
        }
        #expect(chunks.map(\.phase) == [1] && chunks.map(\.chunk) == [2])
        #expect(chunks.map(\.percent) == [55])
        // The messages stand for themselves; what tells how far it is does not carry them again.
        #expect(progress.first?.raw["value"]?["history"]?.elements?.first?["threads"] == nil)
    }

    @Test("a thread without a number is the user's whom its context names")
    func threadOfUser() throws {
        let found = try messages("history-user-id")
        #expect(found.map(\.isFromBusiness) == [false, true])
        #expect(Set(found.map(\.message.sender.userID)) == ["AT.70011223344556677"])
        #expect(found.map(\.message.sender.username) == ["jana.k", "jana.k"])
        #expect(found.last?.source == .history(state: .accepted))
    }

    @Test("files that follow their placeholders are history too, from either side")
    func files() throws {
        let user = try #require(try messages("history-file-of-user").first)
        #expect(!user.isFromBusiness && user.source == .history(state: nil))
        let business = try #require(try messages("history-file-of-business").first)
        #expect(business.isFromBusiness && business.source == .history(state: .sent))
        #expect(business.message.wamid == "wamid.HIST03")
    }

    @Test("that the business shares no history is told, without a message")
    func declined() throws {
        let updates = try Fixture("history-declined").updates()
        guard case .account(let event)? = updates.first, case .history(let chunks) = event.news
        else {
            Issue.record("\(updates)")
            return
        }
        #expect(updates.count == 1)
        #expect(chunks.map(\.isDeclined) == [true])
    }
}
