import FoundationEssentials
import JSON
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("A day's mixed traffic ends in one database, however it comes")
struct MixedTrafficTests {
    /// One webhook or transition in a journal of its own, so that any order of them can be applied.
    private func apply(
        _ entries: [JournalEntry], of process: Service, named prefix: String, to inbox: StoreDouble
    ) async throws {
        for entry in entries {
            let batch = AppendEntries(
                origin: "\(prefix)-\(entry.position.mark)", process: process, after: nil,
                entries: [entry])
            #expect(try await inbox.append(batch).outcome == .applied)
        }
    }

    private func compare(_ found: [String], _ expected: [String]) {
        #expect(Set(found).subtracting(expected).sorted() == [])
        #expect(Set(expected).subtracting(found).sorted() == [])
    }

    @Test("every fixture, shuffled and delivered again, gives the same tables", arguments: 1...4)
    func fixtures(seed: UInt64) async throws {
        let bodies = try Self.fixtures()
        #expect(bodies.count > 140)
        let entries = bodies.enumerated().map { index, body in
            JournalEntry(
                position: JournalPosition(seq: 1, mark: UInt64(index) + 1),
                at: Sample.startAt + Int64(index), kind: .webhook, body: body)
        }
        let inOrder = try await StoreDouble()
        try await apply(entries, of: .ingress, named: "a", to: inOrder)
        let expected = try await inOrder.dump()
        // All that cannot be read is a body for another product and two broken elements.
        #expect(try await inOrder.count("unparsed") == 3)

        var random = Seeded(seed)
        let shuffled = try await StoreDouble()
        try await apply(entries.shuffled(using: &random), of: .ingress, named: "a", to: shuffled)
        compare(try await shuffled.dump(), expected)
        // Delivered again, in another order: nothing is news, and nothing is told.
        let told = try await shuffled.events().count
        try await apply(entries.shuffled(using: &random), of: .ingress, named: "b", to: shuffled)
        compare(try await shuffled.dump(), expected)
        #expect(try await shuffled.events().count == told)
    }

    /// The payloads of CloudAPITests: one case a file.
    private static func fixtures() throws -> [Data] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "CloudAPITests/Fixtures")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { try Data(contentsOf: folder.appending(path: $0)) }
    }

    @Test("all kinds about the same few messages and people, in any order", arguments: 1...10)
    func mixed(seed: UInt64) async throws {
        var random = Seeded(seed)
        var talk = Talk()
        let webhooks = (0..<90).map { index in
            JournalEntry(
                position: JournalPosition(seq: 1, mark: UInt64(index) + 1),
                at: Sample.startAt + Int64(index), kind: .webhook,
                body: Sample.body(talk.change(&random)))
        }
        var outbox = JournalDouble(.provider)
        try talk.send(into: &outbox)
        let transitions = outbox.entries.map {
            JournalEntry(
                position: JournalPosition(seq: 1, mark: $0.position.mark), at: $0.at,
                kind: $0.kind, body: $0.body)
        }
        let one = try await StoreDouble()
        try await apply(webhooks, of: .ingress, named: "a", to: one)
        try await apply(transitions, of: .provider, named: "p", to: one)
        let expected = try await one.dump()

        for _ in 0..<3 {
            let inbox = try await StoreDouble()
            // In batches of one journal each, cut at random, and webhooks delivered twice.
            let all =
                webhooks.map { (Service.ingress, "a", $0) }
                + webhooks.map { (Service.ingress, "b", $0) }
                + transitions.map { (Service.provider, "p", $0) }
            for (process, prefix, entry) in all.shuffled(using: &random) {
                try await apply(
                    [entry], of: process, named: prefix, to: inbox)
            }
            compare(try await inbox.dump(), expected)
        }
    }
}

/// Everything that Meta may tell about a few messages, people and sends.
struct Talk {
    private static let people = ["436600000001", "436600000002", "436600000003"]
    private static let users = ["AT.1", "AT.2", "AT.3"]
    private static let number = "300200100400600"
    private static let group = "Z3JvdXA="
    private var count = 0

    /// A few wamids, so that what is said about a message often finds it, and often comes before it.
    private func wamid(_ random: inout Seeded) -> String {
        "wamid.\(Int.random(in: 0..<12, using: &random))"
    }

    /// Of the business's own app.
    private func own(_ random: inout Seeded) -> String {
        "wamid.app\(Int.random(in: 0..<6, using: &random))"
    }

    private func sent(_ random: inout Seeded) -> String {
        "wamid.msg_\(Int.random(in: 0..<4, using: &random))"
    }

    mutating func change(_ random: inout Seeded) -> JSONValue {
        count += 1
        let name = "wamid.said\(count)"
        let person = Int.random(in: 0..<3, using: &random)
        let (phone, user) = (Self.people[person], Self.users[person])
        let named = Int.random(in: 0..<3, using: &random)
        let from = named == 1 ? nil : phone
        let id = named == 0 ? nil : user
        let at = Sample.start + Int64.random(in: 0..<40, using: &random)
        let target =
            [wamid(&random), sent(&random), own(&random)].randomElement(using: &random) ?? ""
        let number = Self.number
        switch Int.random(in: 0..<17, using: &random) {
        case 0, 1, 2: return text(wamid(&random))
        case 3, 4:
            return Sample.reaction(
                ["👍", "❤️", nil].randomElement(using: &random) ?? nil, to: target, wamid: name,
                from: from, user: id, number: number, at: at)
        case 5:
            return Sample.edit(
                of: target, to: "edit \(count)", wamid: name, from: from, user: id, number: number,
                at: at)
        case 6:
            return Sample.revoke(
                target, wamid: name, from: from, user: id, number: number, at: at)
        case 7: return Sample.echo(wamid: own(&random), to: phone, number: number, at: at)
        case 8:
            return Sample.echo(
                "edit",
                [
                    "original_message_id": .string(target),
                    "message": ["type": "text", "text": ["body": "e"]],
                ],
                wamid: name, to: phone, number: number, at: at)
        case 9:
            return Sample.history(
                [
                    (wamid(&random), "old", nil), (own(&random), "older", "READ"),
                    (own(&random), nil, "ERROR"), (sent(&random), "ours", "SENT"),
                ], of: phone, number: number, at: at)
        case 10:
            return Sample.value(
                "user_id_update",
                [
                    "user_id_update": [
                        [
                            "user_id": [
                                "previous": .string(user), "current": .string(user + "n"),
                            ], "timestamp": .string("\(at)"),
                        ]
                    ]
                ], number: number)
        case 11:
            return Sample.value(
                "user_preferences",
                [
                    "user_preferences": [
                        [
                            "wa_id": .string(phone), "category": "marketing_messages",
                            "value": Bool.random(using: &random) ? "stop" : "resume",
                            "timestamp": .integer(at),
                        ]
                    ]
                ], number: number)
        case 12:
            return Sample.value(
                "calls",
                [
                    "calls": [
                        [
                            "id": .string("wacid.\(person)"), "from": .string(phone),
                            "event": "connect", "timestamp": .string("\(at)"),
                        ]
                    ]
                ], number: number)
        case 13:
            return Sample.status(
                ["sent", "delivered", "failed", "tomorrow"].randomElement(using: &random) ?? "",
                wamid: target, at: at, member: Self.people.randomElement(using: &random) ?? "",
                group: Self.group, number: number)
        case 14:
            return Sample.account(
                "message_template_status_update",
                [
                    "event": Bool.random(using: &random) ? "PAUSED" : "APPROVED",
                    "message_template_id": .integer(Int64(person)),
                    "message_template_name": "t", "message_template_language": "de",
                ])
        default:
            return Sample.status(
                ["sent", "delivered", "read", "failed"].randomElement(using: &random) ?? "",
                wamid: target, at: at, to: phone, number: number)
        }
    }

    /// One wamid is one message: who wrote it, when and how follow from it.
    private func text(_ wamid: String) -> JSONValue {
        var fixed = Seeded(UInt64(wamid.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
        let person = Int.random(in: 0..<3, using: &fixed)
        let named = Int.random(in: 0..<3, using: &fixed)
        var more: [String: JSONValue] = [:]
        if Bool.random(using: &fixed) { more["referral"] = ["source_type": "ad"] }
        if Bool.random(using: &fixed) { more["colour"] = "blue" }
        return Sample.message(
            "text", ["body": .string("text of \(wamid)")], wamid: wamid,
            from: named == 1 ? nil : Self.people[person],
            user: named == 0 ? nil : Self.users[person],
            group: Int.random(in: 0..<5, using: &fixed) == 0 ? Self.group : nil,
            number: Self.number, at: Sample.start + Int64.random(in: 0..<40, using: &fixed), more)
    }

    /// Four sends, one of them a reaction, each taken by Meta but the last.
    func send(into journal: inout JournalDouble) throws {
        for index in 0..<4 {
            let at = Sample.startAt + Int64(index) * 1_000
            var queued = Sample.queued(
                "msg_\(index)", at: at, to: Self.people[index % 3], number: Self.number)
            if index == 1 {
                queued.message?.type = "reaction"
                queued.message?.content = ["message_id": "wamid.3", "emoji": "🙏"]
            }
            try journal.add(queued)
            guard index < 3 else { continue }
            try journal.add(
                OutboxTransition(
                    id: "msg_\(index)", mode: .stub, status: .accepted, at: at + 1,
                    wamid: "wamid.msg_\(index)", attempt: 1))
        }
    }
}
