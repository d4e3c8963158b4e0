import FoundationEssentials
import JSON
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("Who is erased is gone, in whatever order things come")
struct ErasureTests {
    private static let other = "436605550133"
    private static let erasedAt = Sample.startAt + 20_000

    private static func erase(_ contact: String = "+" + Sample.person) -> JournalCommand {
        JournalCommand(id: "c1", verb: .erase, contact: contact, phoneNumberID: nil)
    }

    /// One journal for each entry, so that they may come in any order.
    private static func talk() throws -> [JournalDouble] {
        var journals: [JournalDouble] = []
        func add(
            _ process: Service = .ingress, _ fill: (inout JournalDouble) throws -> Void
        ) rethrows {
            var journal = JournalDouble(process, origin: "origin-\(journals.count)")
            try fill(&journal)
            journals.append(journal)
        }
        func webhook(_ second: Int64, _ changes: JSONValue...) {
            add { $0.add(.webhook, Sample.body(changes), at: (Sample.start + second) * 1_000) }
        }
        let start = Sample.start
        webhook(
            10, Sample.text("a secret", wamid: "wamid.1", name: "Jana", at: start + 9),
            Sample.text("of another", wamid: "wamid.2", from: other, name: "Kim", at: start + 9))
        webhook(11, Sample.image("M1", wamid: "wamid.3", at: start + 10))
        webhook(12, Sample.text("both keys", wamid: "wamid.4", user: Sample.user, at: start + 11))
        webhook(
            13,
            Sample.text("hidden", wamid: "wamid.5", from: nil, user: Sample.user, at: start + 12))
        webhook(
            14, Sample.edit(of: "wamid.1", to: "better words", wamid: "wamid.6", at: start + 13))
        webhook(15, Sample.reaction("🫶", to: "wamid.out", wamid: "wamid.7", at: start + 14))
        webhook(15, Sample.echo(wamid: "wamid.8", at: start + 14))
        webhook(
            16, Sample.status("delivered", wamid: "wamid.out", at: start + 15, callback: "msg_1.1"))
        webhook(
            17,
            Sample.text(
                "in the group", wamid: "wamid.9", name: "Jana", group: "Z3JvdXA=", at: start + 16)
        )
        try add(.provider) {
            try $0.add(Sample.queued("msg_1", at: Sample.startAt + 13_500, text: "an answer"))
        }
        try add(.provider) {
            try $0.add(
                OutboxTransition(
                    id: "msg_1", mode: .stub, status: .accepted, at: Sample.startAt + 13_600,
                    wamid: "wamid.out", attempt: 1))
        }
        try add(.provider) {
            try $0.add(
                MediaTransition(
                    mediaID: "M1", phoneNumberID: Sample.number, state: .stored,
                    at: Sample.startAt + 12_000, size: 4, filename: "secret.jpg"))
        }
        try add {
            try $0.add(
                JournalCommand(
                    id: "c0", verb: .markRead, contact: Sample.person, phoneNumberID: nil),
                at: Sample.startAt + 18_000)
        }
        try add { try $0.add(erase(), at: erasedAt) }
        // Told again after the erasure, and something new.
        webhook(30, Sample.text("a secret", wamid: "wamid.1", name: "Jana", at: start + 9))
        webhook(31, Sample.text("a new start", wamid: "wamid.10", at: start + 31))
        return journals
    }

    @Test("in every order the same is left: others, and what came afterwards", arguments: 1...12)
    func anyOrder(seed: UInt64) async throws {
        let journals = try Self.talk()
        var random = Seeded(seed)
        var expected: [String]?
        for order in [journals, journals.shuffled(using: &random), journals.reversed()] {
            let inbox = try await StoreDouble()
            for journal in order { try await inbox.append(journal.whole()) }
            let found = try await inbox.dump()
            let tables = expected ?? found
            expected = tables
            #expect(Set(found).subtracting(tables).sorted() == [])
            #expect(Set(tables).subtracting(found).sorted() == [])
            #expect(try await inbox.searchFaults() == 0)
            #expect(
                try await inbox.messages(Sample.person).messages.map(\.text) == ["a new start"])
            #expect(try await inbox.messages(Self.other).messages.map(\.text) == ["of another"])
        }
    }

    @Test("nothing of theirs is in any table or event, and a replay brings nothing back")
    func nothingLeft() async throws {
        let journals = try Self.talk().dropLast(2)
        let inbox = try await StoreDouble()
        for journal in journals { try await inbox.append(journal.whole()) }
        for round in 0..<2 {
            #expect(try await inbox.messages(Sample.person).known == false)
            #expect(try await inbox.search("secret") == [])
            #expect(try await inbox.conversations().conversations.map(\.name) == ["Kim"])
            #expect(try await inbox.message(.id("msg_1")).message == nil)
            let text = try await inbox.everything()
            for word in [
                "secret", "hidden", "better words", "answer", "Jana", "from the app",
                "in the group",
                "🫶", Sample.person, Sample.user, "wamid.out",
            ] {
                let isThere = text.contains(word)
                #expect(!isThere, "\(word), round \(round)")
            }
            let told = try #require(try await inbox.events(["person.erased"]).first?.data)
            #expect(told["media"] == ["M1"] || round > 0)
            for journal in journals {
                var again = JournalDouble(journal.process, origin: journal.origin + "-again")
                for entry in journal.entries { again.add(entry.kind, entry.body, at: entry.at) }
                try await inbox.append(again.whole())
            }
        }
    }

    @Test("a key that is linked late, by an entry from before, is erased too")
    func lateLink() async throws {
        let inbox = try await StoreDouble()
        var journals = [JournalDouble(.ingress, origin: "a"), JournalDouble(.ingress, origin: "b")]
        journals[0].add(
            .webhook,
            Sample.body(Sample.text("hidden", wamid: "wamid.5", from: nil, user: Sample.user)),
            at: Sample.startAt)
        try journals[0].add(Self.erase(), at: Self.erasedAt)
        journals[1].add(
            .webhook, Sample.body(Sample.text("both", wamid: "wamid.4", user: Sample.user)),
            at: Sample.startAt + 1_000)
        try await inbox.append(journals[0].whole())
        #expect(try await inbox.count("messages") == 1)
        try await inbox.append(journals[1].whole())
        #expect(try await inbox.count("messages") == 0)
        #expect(try await inbox.count("identities") == 0)
    }
}

extension StoreDouble {
    /// All rows of all tables but the index of words, as one text.
    fileprivate func everything() async throws -> String {
        try await store.inspect { sql in
            let tables = try sql.database.prepare(
                """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_words%'
                    ESCAPE '\\' AND name NOT LIKE 'sqlite%'
                """
            ).all { $0.text(0) }
            var text = ""
            for table in tables {
                let columns =
                    try sql.database.prepare(
                        "SELECT group_concat('CAST(' || name || ' AS TEXT)', ' || ''|'' || ') FROM pragma_table_info('\(table)')"
                    ).first { $0.text(0) } ?? ""
                text += try sql.database.prepare("SELECT \(columns) FROM \(table)").all {
                    $0.text(0)
                }.joined(separator: "\n")
            }
            return text
        }
    }
}
