import CloudAPI
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("What provider knows of people")
struct PeopleTableTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let phone = "phone:919800000001"
    private static let user = "user:IN.0123456789"

    /// An event as inbox tells a person's keys.
    private static func keys(_ keys: String...) -> Event {
        Event(
            id: "e-1", type: "person.updated", at: Timestamp(milliseconds: 0), phoneNumberID: "",
            data: ["person": .string(keys[0]), "keys": .array(keys.map { .string($0) })])
    }

    /// An event as inbox tells a conversation that was written to at `at` seconds; nil: never.
    private static func conversation(
        _ contact: String, user: String? = nil, group: String? = nil, number: String = "100",
        at: Int64?
    ) -> Event {
        let expiry = at.map { Timestamp(milliseconds: $0 * 1_000 + ServiceWindow.length).text }
        return Event(
            id: "e-1", type: "conversation.updated", at: Timestamp(milliseconds: 0),
            phoneNumberID: number,
            data: [
                "contact": .string(contact), "user_id": user.map { .string($0) } ?? .null,
                "group_id": group.map { .string($0) } ?? .null,
                "window": [
                    "open": false, "expires_at": expiry.map { .string($0) } ?? .null,
                ],
            ])
    }

    @Test("an event tells a person's keys and when they wrote, or nothing")
    func news() throws {
        #expect(PersonNews(Self.keys("phone:1", "user:A"))?.keys == ["phone:1", "user:A"])
        #expect(PersonNews(Self.keys("phone:1")) == nil)
        let both = try #require(
            PersonNews(Self.conversation("+919800000001", user: "IN.0123456789", at: 1_000)))
        #expect(both.keys == [Self.phone, Self.user])
        #expect(both.wrote == .init(phoneNumberID: "100", at: 1_000_000))
        // Never wrote, but is one person; never wrote and has one key: no news.
        #expect(
            PersonNews(Self.conversation("+919800000001", user: "IN.0123456789", at: nil))?.wrote
                == nil)
        #expect(PersonNews(Self.conversation("+919800000001", at: nil)) == nil)
        #expect(
            PersonNews(Self.conversation("IN.0123456789", user: "IN.0123456789", at: 5))?.keys
                == [Self.user])
        #expect(PersonNews(Self.conversation("g1", group: "g1", at: 5))?.keys == ["group:g1"])
        // The two forms of one Brazilian number are one key.
        #expect(
            PersonNews(Self.conversation("+5511987654321", at: 5))?.keys
                == PersonNews(Self.conversation("+551187654321", at: 5))?.keys)
        var other = Self.conversation("+919800000001", at: 5)
        other.type = "message.received"
        #expect(PersonNews(other) == nil)
    }

    @Test("the same news in any order, and again, give the same people", arguments: 1...20)
    func anyOrder(seed: UInt64) async throws {
        var random = Seeded(seed)
        // Three parts that become one and another one, with times under every key.
        let events = [
            Self.keys("phone:1", "user:A"), Self.keys("phone:2", "user:B"),
            Self.keys("phone:2", "phone:1", "user:C"), Self.keys("phone:9", "user:Z"),
            Self.conversation("+1", number: "100", at: 10),
            Self.conversation("+2", number: "100", at: 30),
            Self.conversation("+2", number: "200", at: 20),
            Self.conversation("B", user: "B", number: "200", at: 25),
            Self.conversation("+9", user: "Z", number: "200", at: 7),
            Self.conversation("g", group: "g", number: "300", at: 1),
        ]
        let again = (events + events.prefix(4)).shuffled(using: &random)
        let file = folder
        try await ScratchOutbox.open(in: file, mode: .live) { scratch in
            try await scratch.outbox.change { _, tables, _ in
                for news in again.compactMap(PersonNews.init) { try tables.people.learn(news) }
                for key in ["phone:1", "phone:2", "user:A", "user:B", "user:C"] {
                    #expect(try tables.people.person(of: key) == "phone:1")
                }
                #expect(try tables.people.person(of: "user:Z") == "phone:9")
                #expect(try tables.people.person(of: "user:unknown") == "user:unknown")
                #expect(try tables.people.numbers(of: "phone:1") == ["100", "200"])
                #expect(try tables.people.lastWrote("phone:1", to: "100") == 30_000)
                #expect(try tables.people.lastWrote("phone:1", to: "200") == 25_000)
                #expect(try tables.people.lastWrote("phone:9", to: "200") == 7_000)
                #expect(try tables.people.lastWrote("phone:2", to: "100") == nil)
                #expect(try tables.people.numbers(of: "group:g") == ["300"])
            }
        }
    }

    @Test("a number and a user id of one person share a lane, after a restart too")
    func oneLane() async throws {
        let toUser = "IN.0123456789"
        try await LiveOutbox.open(in: folder, { _, _ in nil }) { it in
            try await it.scratch.outbox.change { _, tables, _ in
                try tables.people.learn(try #require(PersonNews(Self.keys(Self.phone, Self.user))))
            }
            _ = try await it.send("msg_a", wait: 0)
            #expect(await it.graph.arrived(1))
            _ = try await it.send("msg_b", to: toUser, wait: 0)
            _ = try await it.send("msg_c", to: "+919800000002", wait: 0)
            // Only who is somebody else is not held back.
            #expect(await it.graph.arrived(2))
            #expect(await it.graph.requests.map(\.id) == ["msg_a", "msg_c"])
            let people = try await it.scratch.outbox.change { _, tables, _ in
                try tables.messages.unsettled().map(\.ticket.person)
            }
            #expect(people == [Self.phone, Self.phone, "phone:919800000002"])
            await it.graph.release()
            #expect(await it.graph.arrived(3))
        }
    }

    @Test(
        "a message after the window is closed carries a warning, from its 24th hour on",
        arguments: [(ServiceWindow.length - 60_000, false), (ServiceWindow.length, true)])
    func window(age: Int64, isWarned: Bool) async throws {
        try await LiveOutbox.open(in: folder) { it in
            let wrote = (Clocks.wall - age) / 1_000
            try await it.scratch.outbox.change { _, tables, _ in
                let event = Self.conversation("+919800000001", at: wrote)
                try tables.people.learn(try #require(PersonNews(event)))
            }
            let standing = try await it.send("msg_a")
            #expect(standing.taken.kept.message.status == .accepted)
            #expect((standing.taken.objection?.code == "outside_window_likely") == isWarned)
            // Who never wrote is not known to be out of reach, and a template may always be sent.
            #expect(try await it.send("msg_b", to: "+919800000002").taken.objection == nil)
            #expect(try await it.sendTemplate("msg_c").taken.objection == nil)
        }
    }
}
