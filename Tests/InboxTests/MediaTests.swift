import JSON
import Testing
import Wire

@testable import Inbox

@Suite("Files of messages")
struct MediaTests {
    private static let id = "8800110022003300"

    private static func transition(_ state: MediaState, at: Int64) -> MediaTransition {
        MediaTransition(
            mediaID: id, phoneNumberID: Sample.number, state: state, at: at,
            mimeType: "image/jpeg", size: state == .stored ? 7 : nil,
            sha256: state == .stored ? "ab12" : nil)
    }

    private static func journals() throws -> (ingress: JournalDouble, provider: JournalDouble) {
        var ingress = JournalDouble(.ingress)
        ingress.add(
            .webhook, Sample.body(Sample.image(id, wamid: "wamid.1")), at: Sample.startAt)
        var provider = JournalDouble(.provider)
        try provider.add(transition(.pending, at: Sample.startAt + 1))
        try provider.add(transition(.stored, at: Sample.startAt + 2))
        return (ingress, provider)
    }

    @Test("a file is pending until provider tells more, and each change is told once")
    func changesAreTold() async throws {
        let inbox = try await StoreDouble()
        let (ingress, provider) = try Self.journals()
        try await inbox.append(ingress.whole())
        let first = try await inbox.messages("+" + Sample.person).messages.first
        #expect(
            first?.media
                == Media(id: Self.id, state: .pending, mimeType: "image/jpeg", sha256: "q3Zf"))
        try await inbox.append(provider.whole())
        let second = try await inbox.message(.id("wamid.1")).message
        #expect(
            second?.media
                == Media(
                    id: Self.id, state: .stored, mimeType: "image/jpeg", size: 7, sha256: "ab12"))
        let events = try await inbox.events(after: 0, ["message.received", "message.updated"])
        #expect(events.map(\.type) == ["message.received", "message.updated"])
        #expect(events.map { $0.data["media"]?["state"]?.text } == ["pending", "stored"])
    }

    @Test("what is known of a file before its message came is shown with it at once")
    func fileFirst() async throws {
        let inbox = try await StoreDouble()
        let (ingress, provider) = try Self.journals()
        try await inbox.append(provider.whole())
        try await inbox.append(ingress.whole())
        let events = try await inbox.events()
            .filter { $0.type.hasPrefix("message.") }
        #expect(events.map { $0.data["media"]?["state"]?.text } == ["stored"])
    }

    @Test("a change that was written earlier does not undo a later one")
    func earlierIsIgnored() async throws {
        let inbox = try await StoreDouble()
        let (ingress, _) = try Self.journals()
        var provider = JournalDouble(.provider)
        try provider.add(Self.transition(.stored, at: Sample.startAt + 2))
        try provider.add(Self.transition(.pending, at: Sample.startAt + 1))
        try await inbox.append(ingress.whole())
        try await inbox.append(provider.whole())
        #expect(try await inbox.message(.id("wamid.1")).message?.media?.state == .stored)
    }
}
