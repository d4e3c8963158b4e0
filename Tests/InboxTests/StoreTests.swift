import FoundationEssentials
import Glibc
import Reactor
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("Positions, holes and entries that can't be applied")
struct StoreTests {
    private func journal(_ count: Int, mentioning words: [Int: String] = [:]) -> JournalDouble {
        var journal = JournalDouble(.ingress)
        for index in 0..<count {
            journal.add(
                .webhook,
                Sample.body(Sample.text(words[index] ?? "text", wamid: "wamid.\(index)")),
                at: Sample.startAt + Int64(index))
        }
        return journal
    }

    @Test("a batch that does not follow on is not applied, and says where we stand")
    func mismatches() async throws {
        let inbox = try await StoreDouble()
        let journal = journal(4)
        #expect(try await inbox.append(journal.batch(1..<2)) == .init(.mismatch, nil))
        try await inbox.append(journal.batch(0..<2))
        let position = journal.entries[1].position
        for batch in [journal.batch(0..<1), journal.batch(3..<4), journal.batch(0..<2)] {
            #expect(try await inbox.append(batch) == .init(.mismatch, position))
        }
        let other = AppendEntries(
            origin: journal.origin, process: .ingress,
            after: JournalPosition(seq: 2, mark: 1), entries: [journal.entries[2]])
        #expect(try await inbox.append(other) == .init(.mismatch, position))
        #expect(try await inbox.count("messages") == 2)
        #expect(
            try await inbox.append(journal.batch(2..<2, completeTo: 9)) == .init(.applied, position)
        )
    }

    @Test("the position is there again after a new start")
    func positionsAreKept() async throws {
        let journal = journal(3)
        let before = try await StoreDouble()
        try await before.append(journal.whole())
        let epoch = before.opening.epoch
        await before.store.close()
        let after = try await StoreDouble(in: before.folder)
        #expect(await after.store.position(of: journal.origin) == journal.entries[2].position)
        #expect(await after.store.position(of: "another") == nil)
        #expect(after.opening.epoch == epoch && epoch.count == 16)
        // Three messages, and what they changed in the conversation at once.
        #expect(after.opening.newestEvent == 4)
    }

    @Test("entries that were pruned before they came are a visible hole")
    func holes() async throws {
        let inbox = try await StoreDouble()
        let journal = journal(9)
        let batch = AppendEntries(
            origin: journal.origin, process: .ingress, after: nil, entries: [journal.entries[2]])
        try await inbox.append(batch)
        let next = AppendEntries(
            origin: journal.origin, process: .ingress, after: journal.entries[2].position,
            entries: [journal.entries[3], journal.entries[7]], completeTo: 1)
        try await inbox.append(next)
        let holes = try await inbox.store.inspect { sql in
            try sql.database.prepare("SELECT first, last FROM holes ORDER BY first")
                .all { "\($0.integer(0))–\($0.integer(1))" }
        }
        #expect(holes == ["1–2", "5–7"])
        #expect(try await inbox.store.figures()["holes"] == 2)
    }

    @Test("an entry that fails is set aside, everything beside it is applied", arguments: [nil, 1])
    func failingEntries(completeTo: Int64?) async throws {
        let inbox = try await StoreDouble()
        let journal = journal(5, mentioning: [2: CrashPoint.failing, 4: CrashPoint.failing])
        try await inbox.append(journal.batch(0..<1, completeTo: completeTo))
        try await inbox.append(journal.batch(1..<5))
        #expect(try await inbox.count("messages") == 3)
        #expect(try await inbox.count("unparsed") == 2)
        #expect(try await inbox.count("trying") == 0)
        #expect(await inbox.store.position(of: journal.origin) == journal.entries[4].position)
        let raw = try await inbox.store.inspect { sql in
            try sql.database.prepare("SELECT raw FROM unparsed ORDER BY at").all { $0.blob(0) }
        }
        #expect(raw == [journal.entries[2].body, journal.entries[4].body])
    }

    @Test("an entry that was begun three times and never ended is set aside unread")
    func endingEntries() async throws {
        let journal = journal(3, mentioning: [1: CrashPoint.ending])
        let inbox = try await StoreDouble()
        try await inbox.append(journal.batch(0..<1))
        try await inbox.store.inspect { sql in
            try sql.database.execute("INSERT INTO trying VALUES ('\(journal.origin)', 2, 3)")
        }
        try await inbox.append(journal.batch(1..<3))
        #expect(try await inbox.count("messages") == 2)
        #expect(try await inbox.count("unparsed") == 1)
        #expect(try await inbox.count("trying") == 0)
    }

    @Test("after a start a batch is noted before it is applied, and then each entry is counted")
    func trialsAreCounted() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for trial in 0...3 {
            await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
                var journal = JournalDouble(.ingress)
                journal.add(
                    .webhook, Sample.body(Sample.text(CrashPoint.ending, wamid: "wamid.1")), at: 1)
                let store = InboxStore(
                    path: "\(path)/inbox.db", mode: .stub, on: try ThreadExecutor())
                _ = try await store.open()
                _ = try await store.append(journal.whole())
            }
            let inbox = try await StoreDouble(in: folder)
            let counted = try await inbox.store.inspect { sql in
                try sql.database.prepare("SELECT n FROM trying").first { $0.integer(0) }
            }
            #expect(counted == Int64(trial))
            await inbox.store.close()
        }
        var journal = JournalDouble(.ingress)
        journal.add(
            .webhook, Sample.body(Sample.text(CrashPoint.ending, wamid: "wamid.1")), at: 1)
        let inbox = try await StoreDouble(in: folder)
        #expect(try await inbox.append(journal.whole()).outcome == .applied)
        #expect(try await inbox.count("unparsed") == 1)
    }

    /// A store in which the second of three entries, with that text, was begun three times and never ended.
    private func suspecting(_ text: String) async throws -> (StoreDouble, JournalDouble) {
        let journal = journal(3, mentioning: [1: text])
        let inbox = try await StoreDouble()
        try await inbox.append(journal.batch(0..<1))
        try await inbox.store.inspect { sql in
            try sql.database.execute("INSERT INTO trying VALUES ('\(journal.origin)', 2, 3)")
        }
        try await inbox.append(journal.batch(1..<3))
        #expect(try await inbox.count("unparsed") == 1)
        return (inbox, journal)
    }

    @Test("an entry that was taken for the cause of three kills is applied at a second look")
    func secondLook() async throws {
        let (inbox, journal) = try await suspecting("harmless")
        #expect(try await inbox.store.lookAgain(allowed: 0) == nil)
        #expect(try await inbox.count("messages") == 2)
        let looked = try #require(try await inbox.store.lookAgain(allowed: 1))
        #expect(looked.error == nil)
        #expect(try await inbox.count("unparsed") == 0)
        #expect(try await inbox.store.lookAgain(allowed: 5) == nil)
        // As if it had never been set aside.
        let other = try await StoreDouble()
        for index in 0..<3 { try await other.append(journal.batch(index..<index + 1)) }
        #expect(try await inbox.dump() == other.dump())
        #expect(try await inbox.events().count == other.events().count)
        #expect(looked.newestEvent == Int64(try await inbox.events().count))
    }

    @Test("one that cannot be applied stays, with the reason, and is not looked at again")
    func refusedAtSecondLook() async throws {
        let (inbox, _) = try await suspecting(CrashPoint.failing)
        #expect(try await inbox.store.lookAgain(allowed: 1)?.error != nil)
        #expect(try await inbox.count("unparsed") == 1)
        #expect(try await inbox.count("messages") == 2)
        #expect(try await inbox.store.lookAgain(allowed: 5) == nil)
    }

    @Test("one that ends the process is counted before it does, and waits longer for the next look")
    func endsAtSecondLook() async throws {
        let (inbox, _) = try await suspecting(CrashPoint.ending)
        await inbox.store.close()
        let path = inbox.folder.path
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
            let store = InboxStore(
                path: "\(path)/inbox.db", mode: .stub, on: try ThreadExecutor())
            _ = try await store.open()
            _ = try await store.lookAgain(allowed: 1)
        }
        let next = try await StoreDouble(in: inbox.folder)
        #expect(try await next.count("unparsed") == 1)
        #expect(try await next.store.lookAgain(allowed: 1) == nil)
        #expect(try await next.count("unparsed WHERE looks = 1") == 1)
    }

    @Test("second looks come after one quiet minute, four, sixteen, 64 and 256, and then no more")
    func times() {
        for (minutes, looks) in [1: 1, 4: 2, 16: 3, 64: 4, 256: 5] {
            let time = Duration.seconds(60 * minutes)
            #expect(SecondLook.allowed(after: time - .nanoseconds(1)) == Int64(looks) - 1)
            #expect(SecondLook.allowed(after: time) == Int64(looks))
        }
        #expect(SecondLook.allowed(after: .seconds(1_000_000)) == 5)
    }

    @Test("what may have ended a process goes in one transaction first, and then one by one")
    func togetherFirst() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        for (kept, begun) in [(0, "1 0"), (2, "3 1"), (2, "3 2")] {
            await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
                let store = InboxStore(
                    path: "\(path)/inbox.db", mode: .stub, on: try ThreadExecutor())
                _ = try await store.open()
                let journal = StoreTests().journal(4, mentioning: [2: CrashPoint.ending])
                let applied = await store.position(of: journal.origin)?.seq ?? 0
                _ = try await store.append(journal.batch(Int(applied)..<4))
            }
            let inbox = try await StoreDouble(in: folder)
            #expect(try await inbox.count("messages") == kept)
            let trial = try await inbox.store.inspect { sql in
                try sql.database.prepare("SELECT seq, n FROM trying")
                    .first { "\($0.integer(0)) \($0.integer(1))" }
            }
            #expect(trial == begun)
            await inbox.store.close()
        }
    }

    @Test("only the entries up to one batch past the position are tried one by one")
    func cautionEnds() async throws {
        let inbox = try await StoreDouble()
        let journal = journal(4)
        try await inbox.append(journal.batch(0..<1, completeTo: 1))
        try await inbox.store.inspect { sql in
            try sql.database.execute("INSERT INTO trying VALUES ('\(journal.origin)', 2, 3)")
        }
        // Not looked at any more: that entry came after all that was there at the start.
        try await inbox.append(journal.batch(1..<4))
        #expect(try await inbox.count("messages") == 4)
    }

    @Test("after a process that ended in order nothing is tried one by one")
    func endInOrder() async throws {
        let journal = journal(4)
        let first = try await StoreDouble()
        try await first.append(journal.batch(0..<1))
        await first.store.close()
        let second = try await StoreDouble(in: first.folder)
        try await second.store.inspect { sql in
            try sql.database.execute("INSERT INTO trying VALUES ('\(journal.origin)', 2, 3)")
        }
        try await second.append(journal.batch(1..<3))
        #expect(try await second.count("messages") == 3)
        // An entry that is still counted as begun makes the next start careful, in order or not.
        try await second.store.inspect { sql in
            try sql.database.execute("INSERT INTO trying VALUES ('\(journal.origin)', 4, 3)")
        }
        await second.store.close()
        let third = try await StoreDouble(in: first.folder)
        try await third.append(journal.batch(3..<4))
        #expect(try await third.count("messages") == 3)
        #expect(try await third.count("unparsed") == 1)
    }

    @Test("the figure of messages counts those that are there, whatever was removed")
    func messagesAreCounted() async throws {
        let inbox = try await StoreDouble()
        try await inbox.append(journal(4).whole())
        try await inbox.append(journal(4).whole())
        #expect(try await inbox.store.figures()["messages"] == 4)
        try await inbox.store.inspect { sql in
            try sql.database.execute("DELETE FROM messages WHERE rowid < 3")
        }
        #expect(try await inbox.store.figures()["messages"] == 2)
    }

    @Test("entries out of order are refused")
    func outOfOrder() async throws {
        let inbox = try await StoreDouble()
        let journal = journal(2)
        let batch = AppendEntries(
            origin: journal.origin, process: .ingress, after: nil,
            entries: journal.entries.reversed())
        await #expect(throws: Problem.self) { try await inbox.append(batch) }
        #expect(try await inbox.count("messages") == 0)
    }

    @Test("old events are dropped beyond what is kept, and whoever needs them is told")
    func eventsArePruned() async throws {
        let inbox = try await StoreDouble()
        let journal = journal(1)
        let count = Feed.kept + Feed.slack - 2
        try await inbox.store.inspect { sql in
            try sql.database.execute(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                INSERT INTO changes(type, at, phone_number_id, data)
                SELECT 'account.x', 1, '', '{}' FROM n
                """)
        }
        #expect(try await inbox.store.oldestEvent() == 0)
        try await inbox.append(journal.whole())
        #expect(try await inbox.store.oldestEvent() == 0)
        try await inbox.store.inspect { sql in
            try sql.database.execute(
                "INSERT INTO changes(type, at, phone_number_id, data) VALUES ('account.x', 1, '', '{}')"
            )
        }
        try await inbox.append(journal.batch(1..<1, completeTo: 1))
        var next = journal
        next.add(.webhook, Sample.body(Sample.text("x", wamid: "wamid.x")), at: Sample.startAt)
        try await inbox.append(next.batch(1..<2))
        let oldest = try await inbox.store.oldestEvent()
        #expect(oldest == count + 5 - Feed.kept)
        let kinds = KindFilter([])
        let gone = try await inbox.store.events(after: oldest - 1, of: kinds, limit: 1, scanned: 1)
        #expect(gone == nil)
        let kept = try await inbox.store.events(after: oldest, of: kinds, limit: 1, scanned: 1)
        #expect(kept?.last == oldest + 1 && kept?.more == true)
    }
}
