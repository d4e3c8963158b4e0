import FoundationEssentials
import JSON
import SQLite
import Testing
import Wire

@testable import Inbox

@Suite("Search")
struct SearchTests {
    private static let texts = [
        "Where is my invoice 2026-17?", "Größe 42, bitte!", "Die Straße ist gesperrt",
        "CAFÉ au lait", "cafe\u{301} noir", "हिन्दी में नमस्ते", "مرحبا كَيْفَ حالك",
        "Привет, ещё раз", "我想订一张去东京的机票", "東京タワーで会いましょう", "ขอใบเสร็จด้วยครับ",
        "안녕하세요 여러분", "Γειά σου Κόσμε", "great 👍🏽 thanks",
        "naïve “quotes” AND NOT words*", "Call +43 660 555-0123",
    ]

    private func filled() async throws -> StoreDouble {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for (index, text) in Self.texts.enumerated() {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        text, wamid: "wamid.\(index)", from: "4366055501\(10 + index % 3)",
                        name: ["Jana Nováková", "Østen O'Neill", "田中 さくら"][index % 3],
                        number: "30020010040060\(index % 2)", at: Sample.start + Int64(index))),
                at: Sample.startAt + Int64(index))
        }
        try await inbox.append(journal.whole(completeTo: 1))
        return inbox
    }

    @Test(
        "a message is found by its words, in any script, without accents and case",
        arguments: [
            ("invoice", [0]), ("INVO", [0]), ("inv", [0]), ("in", []), ("my invoice", [0]),
            ("invoice my", [0]), ("2026-17", [0]), ("2026 17", [0]), ("invoice street", []),
            ("grosse", [1]), ("GRÖS", [1]), ("strasse", [2]), ("straße", [2]),
            ("cafe", [4, 3]), ("café lait", [3]), ("नमस्ते", [5]), ("हिन्द", [5]),
            ("كيف", [6]), ("ПРИВЕТ", [7]), ("еще", [7]), ("东京", [8]), ("東京", [9]),
            ("去东京的机票", [8]), ("京", [9, 8]), ("タワー", [9]), ("東京タワー", [9]), ("东票", []),
            ("ใบเสร็จ", [10]), ("안녕", [11]), ("γεια", [12]), ("κοσμε", [12]),
            ("👍", [13]), ("👍 thanks", [13]), ("quotes", [14]), ("not words*", [14]),
            ("\"naive", [14]), ("NEAR(a b)", []), ("*", []), ("\"", []), ("words : x", []),
            ("-", []), ("660 555-0123", [15]), ("\0", []),
        ])
    func messagesAreFound(query: String, indices: [Int]) async throws {
        let inbox = try await filled()
        let wanted = indices.map { Self.texts[$0] }
        #expect(try await inbox.search(query) == wanted)
        #expect(try await inbox.search(query, limit: 1) == wanted)
    }

    @Test(
        "a conversation is found by name, number, and by what was written in it",
        arguments: [
            ("jana", [0]), ("NOVAKOVA", [0]), ("nov", [0]), ("j", [0]), ("osten", [1]),
            ("o'neill", [1]), ("neill", [1]), ("田中", [2]), ("さく", [2]), ("田", [2]),
            ("+43 660 555-0111", [1]), ("0660 5550112", [2]), ("0043660", [2, 1, 0]),
            ("5550", [2, 1, 0]), ("invoice", [0]), ("cafe", [1, 0]), ("jana cafe", []),
            ("tanaka", []), ("%", []), ("_", []), ("", [2, 1, 0]),
        ])
    func conversationsAreFound(query: String, people: [Int]) async throws {
        let inbox = try await filled()
        let query = query.isEmpty ? nil : query
        var (found, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await inbox.conversations(limit: 1, cursor: cursor, query: query)
            found += page.conversations.map(\.contact)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(Set(found) == Set(people.map { "+4366055501\(10 + $0)" }))
        let whole = try await inbox.conversations(query: query).conversations
        #expect(whole.map(\.contact) == found)
        #expect(Set(whole.map(\.id)).count == found.count)
    }

    @Test("messages of one person, one number, one time")
    func filters() async throws {
        let inbox = try await filled()
        #expect(try await inbox.search("cafe", contact: "+43 660 555 0111") == [Self.texts[4]])
        #expect(try await inbox.search("cafe", contact: "nobody") == [])
        #expect(try await inbox.search("cafe", number: "300200100400601") == [Self.texts[3]])
        #expect(
            try await inbox.search("cafe", contact: "436605550110", number: "300200100400600")
                == [])
        let at = Sample.startAt + 4_000
        #expect(try await inbox.search("cafe", since: at) == [Self.texts[4]])
        #expect(try await inbox.search("cafe", since: at + 1) == [])
        #expect(try await inbox.search("cafe", before: at) == [Self.texts[3]])
        #expect(try await inbox.search("cafe", before: at + 1) == [Self.texts[4], Self.texts[3]])
    }

    @Test("a person who is called otherwise is found by the new name only")
    func namesChange() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for (index, name) in ["Jana", "Johanna"].enumerated() {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        "hello", wamid: "wamid.\(index)", name: name,
                        at: Sample.start + Int64(index))), at: Sample.startAt + Int64(index))
            try await inbox.append(journal.batch(index..<index + 1, completeTo: 1))
        }
        #expect(try await inbox.conversations(query: "jana").conversations.isEmpty)
        #expect(try await inbox.conversations(query: "johanna").conversations.count == 1)
        #expect(try await inbox.searchFaults() == 0)
    }

    @Test(
        "a conversation whose name and messages match comes once, also over pages",
        arguments: [1, 2, 9])
    func matchesAreMerged(limit: Int) async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for index in 0..<60 {
            let person = index * 7 % 10
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        index % 3 == 0 ? "about Ada" : "hello", wamid: "wamid.\(index)",
                        from: "4366055502\(10 + person)",
                        name: person % 4 == 0 ? "Ada \(person)" : "Other",
                        at: Sample.start + Int64(index / 2))), at: Sample.startAt + Int64(index))
        }
        try await inbox.append(journal.whole(completeTo: 1))
        var (found, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await inbox.conversations(limit: limit, cursor: cursor, query: "ada")
            found += page.conversations.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil
        let whole = try await inbox.conversations(limit: 200, query: "ada").conversations
        #expect(found == whole.map(\.id))
        #expect(found.count == 10 && Set(found).count == 10)
    }

    @Test("messages of one moment have places of their own, however many there are")
    func placesAreApart() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let count = Int(SearchIndex.perMillisecond) + 5
        let messages = (0..<count).map { Sample.text("same second", wamid: "wamid.\($0)") }
        journal.add(.webhook, Sample.body(messages), at: Sample.startAt)
        try await inbox.append(journal.whole(completeTo: 1))
        #expect(try await inbox.search("same", limit: 200).count == count)
        #expect(try await inbox.searchFaults() == 0)
    }

    @Test("what was kept before there was an index is brought in at the next start, once")
    func olderFiles() async throws {
        let before = try await filled()
        let found = try await before.search("cafe")
        try await before.store.inspect { sql in
            // As the migration leaves a file of the version before.
            try sql.database.execute(
                """
                UPDATE messages SET place = 0;
                INSERT INTO message_words(message_words) VALUES ('delete-all');
                DELETE FROM parties;
                INSERT INTO party_words(party_words) VALUES ('rebuild');
                INSERT INTO search_pending VALUES (0);
                """)
        }
        #expect(try await before.search("cafe") == [])
        await before.store.close()
        let after = try await StoreDouble(in: before.folder)
        #expect(try await after.search("cafe") == found)
        #expect(try await after.conversations(query: "jana").conversations.count == 2)
        #expect(try await after.searchFaults() == 0)
        #expect(try await after.count("search_pending") == 0)
    }
}
