import Daemon
import FoundationEssentials
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

extension StoreDouble {
    /// Whether the file or its log has these bytes.
    fileprivate func has(_ text: String) throws -> Bool {
        try ["inbox.db", "inbox.db-wal"].contains { name in
            let bytes = try Data(contentsOf: URL(filePath: folder.file(name)))
            return bytes.firstRange(of: Data(text.utf8)) != nil
        }
    }
}

/// Messages that are older than they may be.
@Suite("Retention")
struct RetentionTests {
    private static let day: Int64 = 24 * 3_600
    private static let other = "919800000002"

    /// Takes out all that is from before a time; answers how much went.
    @discardableResult
    private static func retire(_ inbox: StoreDouble, before seconds: Int64) async throws -> Int64 {
        var total: Int64 = 0
        while true {
            let (count, _) = try await inbox.store.retire(
                before: seconds * 1_000, now: Sample.startAt)
            guard count > 0 else { return total }
            total += count
        }
    }

    private static func texts(_ inbox: StoreDouble, with contact: String) async throws -> [String] {
        try await inbox.store.messages(
            ListMessages(
                contact: "+\(contact)", limit: 50, cursor: nil, phoneNumberID: nil, seen: [])
        ).messages.map { $0.text ?? "" }
    }

    private static func count(_ inbox: StoreDouble, _ table: String) async throws -> Int64 {
        try await inbox.store.inspect { sql in
            try sql.database.prepare("SELECT count(*) FROM \(table)").first { $0.integer(0) } ?? -1
        }
    }

    @Test("what is older goes with its words, and who has nothing left; the rest stays as it is")
    func oldGoes() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let old = Sample.start - 30 * Self.day
        for (text, wamid, from, at) in [
            ("ancient bill", "wamid.1", Sample.person, old),
            ("new bill", "wamid.2", Sample.person, Sample.start),
            ("only old", "wamid.3", Self.other, old + 1),
        ] {
            let body = Sample.body([
                Sample.text(text, wamid: wamid, from: from, name: "N", at: at)
            ])
            journal.add(.webhook, body, at: at * 1_000)
        }
        try await inbox.append(journal.whole())
        #expect(try await inbox.search("bill") == ["new bill", "ancient bill"])
        try await Self.retire(inbox, before: Sample.start - Self.day)
        #expect(try await Self.texts(inbox, with: Sample.person) == ["new bill"])
        #expect(try await Self.texts(inbox, with: Self.other) == [])
        #expect(try await inbox.search("bill") == ["new bill"])
        #expect(try await inbox.searchFaults() == 0)
        let page = try await inbox.conversations()
        #expect(page.conversations.map(\.contact) == ["+\(Sample.person)"])
        #expect(page.conversations.first?.unreadCount == 1)
        #expect(try await Self.count(inbox, "persons") == 1)
        #expect(try await Self.count(inbox, "identities") == 1)
        #expect(try await inbox.store.figures()["messages"] == 1)
    }

    @Test("a message of exactly that age stays, and one older by a second goes")
    func boundary() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for n in -1...1 {
            let at = Sample.start + Int64(n)
            let body = Sample.body([Sample.text("t\(n)", wamid: "wamid.\(n)", at: at)])
            journal.add(.webhook, body, at: at * 1_000)
        }
        try await inbox.append(journal.whole())
        try await Self.retire(inbox, before: Sample.start)
        #expect(try await Self.texts(inbox, with: Sample.person) == ["t1", "t0"])
    }

    @Test(
        "more than one transaction holds goes in several, and then nothing more",
        arguments: [199, 200, 201])
    func inSteps(count: Int) async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let updates = (0..<count).map { n in
            Sample.text("t\(n)", wamid: "wamid.\(n)", at: Sample.start - Int64(n))
        }
        journal.add(.webhook, Sample.body(updates), at: Sample.startAt)
        try await inbox.append(journal.whole())
        let first = try await inbox.store.retire(before: .max, now: Sample.startAt)
        #expect(first.count >= Int64(min(count, 200)))
        try await Self.retire(inbox, before: Sample.start + 1)
        #expect(try await Self.count(inbox, "messages") == 0)
        #expect(try await Self.count(inbox, "conversations") == 0)
    }

    @Test("its words are in the file for a day more, and then nowhere")
    func wordsAreSwept() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for (text, at) in [("forgettable", Sample.start - Self.day), ("kept", Sample.start)] {
            let body = Sample.body([Sample.text(text, wamid: "wamid.\(text)", at: at)])
            journal.add(.webhook, body, at: at * 1_000)
        }
        try await inbox.append(journal.whole())
        for _ in 1...2 { try await Self.retire(inbox, before: Sample.start) }
        #expect(try await Self.count(inbox, "remains") == 1, "one is enough for all of a day")
        let due = Sample.startAt + InboxStore.sweepingPause
        #expect(try await inbox.store.remains(now: due - 1) == nil)
        let number = try #require(try await inbox.store.remains(now: due))
        #expect(try inbox.has("forgettable"))
        var next: InboxStore.Sweep? = .words(begins: true)
        while let step = next { next = try await inbox.store.sweep(step, upTo: number) }
        #expect(try !inbox.has("forgettable"))
        #expect(try inbox.has("kept"))
        #expect(try await inbox.store.remains(now: .max) == nil)
    }

    @Test("a status whose message went before it, or never came, goes by the time it came")
    func statusesGo() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for n in -1...1 {
            let at = Sample.start + Int64(n)
            let body = Sample.body(Sample.status("read", wamid: "wamid.\(n)", at: at))
            journal.add(.webhook, body, at: at * 1_000)
        }
        try await inbox.append(journal.whole())
        #expect(try await Self.count(inbox, "statuses") == 3)
        try await Self.retire(inbox, before: Sample.start)
        #expect(try await Self.count(inbox, "statuses") == 2)
        #expect(try await Self.count(inbox, "remains") == 0, "no word went")
    }

    @Test("old events go, but who follows never loses their place to it")
    func eventsGo() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        journal.add(.webhook, Sample.body(Sample.text("a", wamid: "wamid.1")), at: Sample.startAt)
        let applied = try await inbox.store.append(journal.whole())
        try await Self.retire(inbox, before: Sample.start + Self.day)
        let found = try await inbox.store.events(
            after: applied.newestEvent, of: KindFilter([]), limit: 10, scanned: 10)
        #expect(found != nil)
        let oldest = try await inbox.store.oldestEvent()
        #expect(oldest >= applied.newestEvent - 1)
    }

    @Test(
        "days that a journal outlives, and what is no number of days, are refused by name",
        arguments: [("6", nil), ("0", nil), ("a week", nil), ("29", "30")] as [(String, String?)])
    func refused(keep: String, journal: String?) {
        var environment = ["GATEWAY_KEEP_DAYS": keep]
        environment["GATEWAY_JOURNAL_DAYS"] = journal
        #expect {
            try InboxSettings(Surroundings(environment))
        } throws: { error in
            (error as? SettingError)?.name == "GATEWAY_KEEP_DAYS"
        }
    }

    @Test("as many days as the journals are enough; without any all is kept")
    func taken() throws {
        #expect(try InboxSettings(Surroundings(["GATEWAY_KEEP_DAYS": "7"])).keepDays == 7)
        let both = ["GATEWAY_KEEP_DAYS": "2", "GATEWAY_JOURNAL_DAYS": "2"]
        #expect(try InboxSettings(Surroundings(both)).keepDays == 2)
        #expect(try InboxSettings(Surroundings([:])).keepDays == nil)
    }
}
