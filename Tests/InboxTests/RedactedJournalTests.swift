import FoundationEssentials
import JSON
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("A journal that was written over gives the inbox that there was")
struct RedactedJournalTests {
    private static let people = ["436600000001", "436600000002", "436600000003"]
    private static let erased = people[0]
    private static let number = "300200100400600"
    private static let erasedAt = Sample.startAt + 60_000

    /// The journals of a day, with an erasure in the middle of what comes.
    private static func day(_ seed: UInt64) throws -> [JournalDouble] {
        var random = Seeded(seed)
        var talk = Talk()
        var ingress = JournalDouble(.ingress)
        for minute in 0..<60 {
            var changes = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                talk.change(&random)
            }
            // The talk's name anybody; Meta's name who the message is from or to.
            changes.removeAll { change in
                let field = change["field"]?.text
                return ["history", "smb_message_echoes"].contains(field)
                    || (field == "messages" && change["value"]?["statuses"] != nil)
            }
            let index = Int.random(in: 0..<3, using: &random)
            changes.append(
                Sample.status(
                    ["sent", "delivered", "read"].randomElement(using: &random) ?? "",
                    wamid: "wamid.msg_\(index)", at: Sample.start + 50, callback: "msg_\(index).1",
                    to: people[index], number: number))
            changes.append(
                minute % 2 == 0
                    ? Sample.echo(
                        wamid: "wamid.app\(index)", to: people[index], number: number,
                        at: Sample.start + 20)
                    : Sample.history(
                        [
                            ("wamid.old\(index)", "old", nil),
                            ("wamid.app\(index)", "older", "READ"),
                            ("wamid.msg_\(index)", "ours", "SENT"),
                        ], of: people[index], number: number, at: Sample.start + 5))
            ingress.add(
                .webhook, Sample.body(changes), at: Sample.startAt + Int64(minute) * 1_000)
        }
        try ingress.add(
            JournalCommand(id: "c1", verb: .markRead, contact: "+" + erased, phoneNumberID: nil),
            at: Sample.startAt + 59_500)
        try ingress.add(
            JournalCommand(id: "c2", verb: .erase, contact: "+" + erased, phoneNumberID: nil),
            at: erasedAt)
        for second in 0..<10 {
            let change =
                second % 3 == 0
                ? Sample.text(
                    "a new start \(second)", wamid: "wamid.new\(second)", from: erased,
                    number: number, at: Sample.start + 70 + Int64(second))
                : Sample.status(
                    "read", wamid: "wamid.msg_0", at: Sample.start + 80, callback: "msg_0.1",
                    to: erased, number: number)
            ingress.add(
                .webhook, Sample.body(change), at: Sample.startAt + 70_000 + Int64(second) * 1_000)
        }
        var provider = JournalDouble(.provider)
        try talk.send(into: &provider)
        try provider.add(
            OutboxTransition(
                id: "msg_3", mode: .stub, status: .failed, at: erasedAt + 2_000, attempt: 1))
        return [ingress, provider]
    }

    /// The journals as their owners write them over.
    private static func redacted(
        _ journals: [JournalDouble], by inbox: StoreDouble
    ) async throws -> [JournalDouble] {
        var all: [JournalDouble] = []
        for journal in journals {
            let answer = try await inbox.store.redact(
                RedactEntries(
                    origin: journal.origin, process: journal.process, entries: journal.entries))
            let bodies = Dictionary(
                uniqueKeysWithValues: answer.bodies.map { ($0.position, $0.body) })
            var left = JournalDouble(journal.process, origin: journal.origin)
            for entry in journal.entries {
                left.add(entry.kind, bodies[entry.position] ?? entry.body, at: entry.at)
            }
            all.append(left)
        }
        return all
    }

    private static func state(_ inbox: StoreDouble) async throws -> [String] {
        try await inbox.dump()
            + inbox.store.inspect { sql in
                try sql.database.prepare("SELECT key || ' ' || at || ' ' || seq FROM erased_keys")
                    .all { "erased_keys|" + $0.text(0) }
            }
    }

    private func compare(_ found: [String], _ expected: [String], _ what: String) {
        #expect(Set(found).subtracting(expected).sorted() == [], "\(what): too much")
        #expect(Set(expected).subtracting(found).sorted() == [], "\(what): missing")
    }

    @Test("whatever the day was, and in either order of the journals", arguments: 1...24)
    func sameFold(seed: UInt64) async throws {
        let journals = try Self.day(seed)
        let before = try await StoreDouble()
        for journal in journals { try await before.append(journal.whole()) }
        let left = try await Self.redacted(journals, by: before)
        for entry in left.flatMap(\.entries) where entry.at < Self.erasedAt {
            let text = String(decoding: entry.body, as: UTF8.self)
            #expect(!text.contains(Self.erased) && !text.contains(#""AT.1""#), "\(text)")
        }
        #expect(left[0].entries.contains { !$0.body.starts(with: Data(#"{"erased""#.utf8)) })
        let again = try await Self.redacted(left, by: before)
        #expect(again.map { $0.entries.map(\.body) } == left.map { $0.entries.map(\.body) })

        let expected = try await Self.state(before)
        for order in [left, left.reversed()] {
            let after = try await StoreDouble()
            for journal in order { try await after.append(journal.whole()) }
            compare(try await Self.state(after), expected, "made anew")
            #expect(try await after.searchFaults() == 0)
            // Nothing more is to be taken out of it.
            let more = try await Self.redacted(left, by: after)
            #expect(more.map { $0.entries.map(\.body) } == left.map { $0.entries.map(\.body) })
            // What was told before the erasure and is told again, by Meta or by a copy, is known.
            for journal in journals {
                let copy = journal.renamed("copy of \(journal.origin)")
                try await after.append(copy.whole())
            }
            compare(try await Self.state(after), expected, "told again")
        }
    }

    @Test("an inbox that knew them, from a backup, forgets them by the hashes alone")
    func backup() async throws {
        let journals = try Self.day(3)
        let whole = try await StoreDouble()
        for journal in journals { try await whole.append(journal.whole()) }
        let left = try await Self.redacted(journals, by: whole)
        let restored = try await StoreDouble()
        try await restored.append(journals[0].batch(0..<55))
        try await restored.append(journals[1].whole())
        try await restored.append(left[0].batch(55..<left[0].entries.count))
        compare(
            try await Self.state(restored), try await Self.state(whole), "after the backup")
    }
}

extension JournalDouble {
    /// The same entries in another journal.
    func renamed(_ origin: String) -> JournalDouble {
        var copy = JournalDouble(process, origin: origin)
        for entry in entries { copy.add(entry.kind, entry.body, at: entry.at) }
        return copy
    }
}
