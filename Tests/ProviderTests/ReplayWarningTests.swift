import CloudAPI
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("What is said before dead letters go again")
struct ReplayWarningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A letter to somebody whose window is closed, one to a stranger, and a template that is held.
    private func open(
        _ body: @escaping @Sendable (LiveOutbox, [String: Problem]) async throws -> Void
    ) async throws {
        let script: ScriptedGraph.Script = { number, _ in
            number < 3 ? .refusal(100) : .accepted(wamid: "w\(number)", waID: nil)
        }
        try await LiveOutbox.open(in: folder, script) { it in
            _ = try await it.send("msg_closed", wait: 0)
            _ = try await it.send("msg_stranger", to: "+919800000002", wait: 0)
            _ = try await it.sendTemplate("msg_template", wait: 0)
            for id in ["msg_closed", "msg_stranger", "msg_template"] {
                let isDead = try await it.reaches(.failed, id)
                #expect(isDead)
            }
            let yesterday = Timestamp(milliseconds: Clocks.wall - 3_600_000).text
            let event = Event(
                id: "e-1", type: "conversation.updated", at: Timestamp(milliseconds: 0),
                phoneNumberID: "100",
                data: [
                    "contact": "+919800000001", "window": ["expires_at": .string(yesterday)],
                ])
            try await it.scratch.outbox.change { _, tables, _ in
                try tables.people.learn(try #require(PersonNews(event)))
            }
            let held = Problem(
                .templateUnavailable, status: 400, "The template is paused.", hint: "Wait.")
            try await body(it, ["t en": held])
        }
    }

    private static let foreseen = [
        "msg_closed": "outside_window_likely", "msg_template": "template_unavailable",
    ]

    @Test("each letter of the list says why it would be refused now, if that is known")
    func list() async throws {
        try await open { it, held in
            let page = try await it.scratch.outbox.change { store, tables, now in
                try store.deadLetters(
                    ListDeadLetters(cause: nil, limit: 10, cursor: nil), in: tables, held: held,
                    at: now)
            }
            #expect(page.deadLetters.count == 3)
            for letter in page.deadLetters {
                #expect(letter.wouldBeRefused?.code == Self.foreseen[letter.id])
            }
        }
    }

    @Test("a dry run says what would go and be refused, and changes nothing, its key included")
    func dryRun() async throws {
        try await open { it, held in
            let before = try await it.list()
            let entries = try await it.scratch.transitions().count
            let dry = try await it.scratch.outbox.change { store, tables, now in
                try store.retry(
                    RetryDeadLetters(key: "k", choice: .all, dryRun: true), in: tables, held: held,
                    at: now)
            }
            #expect(dry.answer.retried == ["msg_closed", "msg_stranger", "msg_template"])
            #expect(dry.tickets.isEmpty)
            let codes = dry.answer.wouldBeRefused.map { ($0.id, $0.code) }
            #expect(Dictionary(uniqueKeysWithValues: codes) == Self.foreseen)
            let after = try await it.list()
            #expect(after == before)
            #expect(try await it.scratch.transitions().count == entries)
            #expect(await it.graph.requests.count == 3)
            // The same key for real: it goes, and is warned of all the same.
            let real = try await it.retry("k", .ids(["msg_closed"]))
            #expect(real.retried == ["msg_closed"])
            #expect(real.wouldBeRefused.map(\.code) == ["outside_window_likely"])
            let isSent = try await it.reaches(.accepted, "msg_closed")
            #expect(isSent)
        }
    }

    @Test("a template that Meta refuses is held, and known by what it is held for")
    func heldTemplates() async throws {
        try await LiveOutbox.open(in: folder, { _, _ in .refusal(132_015) }) { it in
            _ = try? await it.sendTemplate("msg_a")
            #expect(await it.sender.heldTemplates["t en"]?.code == .templateUnavailable)
            #expect(await it.sender.heldTemplates.count == 1)
        }
    }
}
