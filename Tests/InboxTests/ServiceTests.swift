import FoundationEssentials
import Glibc
import IPC
import JSON
import Reactor
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("The process over its socket")
struct ServiceTests {
    private static func journal(_ count: Int) -> JournalDouble {
        var journal = JournalDouble(.ingress)
        for index in 0..<count {
            journal.add(
                .webhook, Sample.body(Sample.text("text \(index)", wamid: "wamid.\(index)")),
                at: Clocks.wall)
        }
        return journal
    }

    @Test("what was shipped is read, and the position is told")
    func shippedAndRead() async throws {
        try await withService { inbox in
            let journal = Self.journal(3)
            #expect(
                try await inbox.ask(AskPosition(origin: journal.origin, process: .ingress)).position
                    == nil)
            let answer = try await inbox.ask(journal.whole(completeTo: 1))
            #expect(answer == .init(.applied, journal.entries[2].position))
            let position = try await inbox.ask(
                AskPosition(origin: journal.origin, process: .ingress))
            #expect(position.position == journal.entries[2].position)
            let conversations = try await inbox.conversations(seen: [journal.head])
            #expect(conversations.conversations.map(\.unreadCount) == [3])
            #expect(conversations.behind == nil)
            let messages = try await inbox.ask(
                ListMessages(
                    contact: Sample.person, limit: 2, cursor: nil, phoneNumberID: nil, seen: []))
            #expect(messages.messages.count == 2 && messages.nextCursor != nil)
            let one = try await inbox.ask(FindMessage(name: .id("wamid.1"), seen: []))
            #expect(one.message?.text == "text 1")
        }
    }

    @Test("a read waits for what was answered before it")
    func readsWait() async throws {
        try await withService { inbox in
            let journal = Self.journal(1)
            async let early = inbox.conversations(seen: [journal.head])
            async let shipped = inbox.ask(journal.whole(completeTo: 1))
            let (answer, _) = try await (early, shipped)
            #expect(answer.conversations.count == 1)
            #expect(answer.behind == nil)
        }
    }

    @Test("a read that waited in vain says how far behind its answer is")
    func readsGiveUp() async throws {
        try await withService { inbox in
            let missing = JournalHead(origin: "never-seen", seq: 5)
            let begin = ContinuousClock.now
            let answer = try await inbox.conversations(
                seen: [missing, JournalHead(origin: "empty", seq: 0)])
            #expect(answer.behind?.entries == 5)
            #expect(ContinuousClock.now - begin >= .milliseconds(990))
        }
    }

    @Test("a follower has each change once, in order, whatever the limit", arguments: [1, 3, 200])
    func followers(limit: Int) async throws {
        try await withService { inbox in
            let start = try await inbox.follow(after: nil)
            #expect(start.events.isEmpty && !start.more)
            let journal = Self.journal(5)
            for index in 0..<5 { _ = try await inbox.ask(journal.batch(index..<(index + 1))) }
            var (events, next): ([Event], String) = ([], start.next)
            while true {
                let page = try await inbox.follow(after: next, limit: limit)
                events += page.events
                next = page.next
                if !page.more { break }
            }
            #expect(
                events.map(\.type)
                    == Array(repeating: ["message.received", "conversation.updated"], count: 5)
                    .flatMap { $0 })
            #expect(Set(events.map(\.id)).count == 10)
            #expect(events.last?.id == next)
            #expect(events[9].data["unread_count"] == .integer(5))
            let received = try await inbox.follow(after: start.next, ["message.*"], limit: limit)
            #expect(received.events.allSatisfy { $0.type == "message.received" })
            #expect(received.events.count == min(5, limit))
        }
    }

    @Test("a follower that waits hears of a change at once, and of nothing after its time")
    func longPoll() async throws {
        try await withService { inbox in
            let start = try await inbox.follow(after: nil).next
            let journal = Self.journal(1)
            let begin = ContinuousClock.now
            async let waiting = inbox.follow(after: start, wait: 8_000)
            _ = try await inbox.ask(journal.whole())
            let page = try await waiting
            #expect(page.events.count == 2)
            #expect(ContinuousClock.now - begin < .seconds(4))
            let nothing = try await inbox.follow(after: page.next, ["account.*"], wait: 50)
            #expect(nothing.events.isEmpty && nothing.next == page.next)
        }
    }

    @Test("many followers that poll while batches come in all see the same, each event once")
    func manyFollowers() async throws {
        try await withService { inbox in
            let start = try await inbox.follow(after: nil).next
            let journal = Self.journal(60)
            // From here on a batch is one transaction.
            _ = try await inbox.ask(journal.batch(0..<0, completeTo: 1))
            let seen = try await withThrowingTaskGroup(of: [String].self) { group in
                for follower in 0..<12 {
                    group.addTask {
                        var (ids, next): ([String], String) = ([], start)
                        // A message each, and at the end of each batch its conversation.
                        while ids.count < 60 + 20 {
                            let page = try await inbox.follow(
                                after: next, limit: follower % 3 + 1, wait: 9_000)
                            ids += page.events.map(\.id)
                            next = page.next
                        }
                        return ids
                    }
                }
                for batch in 0..<20 {
                    let range = (batch * 3)..<(batch * 3 + 3)
                    _ = try await inbox.ask(journal.batch(range, completeTo: 1))
                }
                return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
            }
            #expect(seen.count == 1)
            #expect(seen.first.map { Set($0).count } == 80)
        }
    }

    @Test("an id of another inbox, or of events that are gone, is told where to go on")
    func expiredEvents() async throws {
        try await withService { inbox in
            _ = try await inbox.ask(Self.journal(2).whole())
            let next = try await inbox.follow(after: nil).next
            let epoch = try #require(EventID(next)?.epoch)
            for id in ["0123456789abcdef-1", "\(epoch)-99"] {
                let problem = try await inbox.refusal(
                    of: FollowChanges(after: id, kinds: [], limit: 1, wait: 0))
                #expect(problem?.code == .expired && problem?.httpStatus == 410)
                #expect(problem?.id == "\(epoch)-0")
                #expect(problem?.hint.contains("\(epoch)-0") == true)
            }
            for id in ["", "1", "-1", "a-b", "\(epoch)-01", "\(epoch)--1", "\(epoch)-1-1"] {
                let problem = try await inbox.refusal(
                    of: FollowChanges(after: id, kinds: [], limit: 1, wait: 0))
                #expect(problem?.code == .invalidRequest && problem?.field == "after")
            }
        }
    }

    @Test("a limit outside 1 to 200 is refused", arguments: [0, -1, 201])
    func limits(limit: Int) async throws {
        try await withService { inbox in
            let problem = try await inbox.refusal(
                of: ListConversations(
                    limit: limit, cursor: nil, query: nil, phoneNumberID: nil, seen: []))
            #expect(problem?.field == "limit" && problem?.httpStatus == 400)
            #expect(try await inbox.conversations(limit: 200).conversations.isEmpty)
        }
    }

    @Test(
        "the report says what is the matter with the account: what blocks it, and what to look at")
    func reportOfTroubles() async throws {
        try await withService { inbox in
            var journal = JournalDouble(.ingress)
            let ban = Sample.account(
                "account_update",
                ["event": "DISABLED_UPDATE", "ban_info": ["waba_ban_state": "DISABLE"]])
            let quality = Sample.account(
                "phone_number_quality_update",
                ["display_phone_number": "4930550010001", "event": "FLAGGED"])
            journal.add(
                .webhook, Sample.body(at: Sample.start, ban, quality), at: Sample.startAt)
            journal.add(
                .webhook, Sample.body(Sample.message("hologram", nil, wamid: "wamid.1")),
                at: Sample.startAt + 1)
            _ = try await inbox.ask(journal.whole())
            let report = try await inbox.ask(DescribeInbox())
            #expect(report.reasons.map(\.code) == ["account_blocked"])
            #expect(report.warnings.map(\.code) == ["quality_low", "unknown_names"])
            #expect(report.figures["account_troubles"] == 2)
            #expect(report.figures["unknown_names"] == 1)
        }
    }

    @Test("the report counts what is kept, and warns of what could not be")
    func report() async throws {
        try await withService { inbox in
            var journal = Self.journal(2)
            journal.add("junk", at: 1)
            let batch = AppendEntries(
                origin: journal.origin, process: .ingress, after: nil,
                entries: Array(journal.entries[1...]))
            _ = try await inbox.ask(batch)
            let report = try await inbox.ask(DescribeInbox())
            #expect(report.figures["messages"] == 1)
            #expect(report.figures["conversations"] == 1)
            #expect(report.figures["unparsed"] == 1)
            #expect(report.figures["holes"] == 1)
            #expect(report.figures["changes"] == 2)
            #expect(report.figures["database_bytes"] ?? 0 > 0)
            #expect(Set(report.warnings.map(\.code)) == ["holes", "unparsed"])
            #expect(report.reasons == [])
        }
    }

    @Test("without room nothing is applied and reads go on; with room again, all is")
    func fullStore() async throws {
        try await withService { inbox in
            let journal = Self.journal(400)
            _ = try await inbox.ask(journal.batch(0..<1, completeTo: 7))
            try await inbox.process.store.inspect { sql in
                _ = try sql.database.prepare("PRAGMA max_page_count = 1").first { $0.integer(0) }
            }
            let problem = try await inbox.refusal(of: journal.batch(1..<400))
            #expect(problem?.code == .storeFull && problem?.httpStatus == 503)
            #expect(problem?.retryable == true)
            #expect(try await inbox.conversations().conversations.map(\.unreadCount) == [1])
            // Another journal says that it has nothing new, for which no room is needed.
            let idle = JournalDouble(.provider).batch(0..<0, completeTo: 8)
            #expect(try await inbox.ask(idle).outcome == .applied)
            #expect(try await inbox.ask(DescribeInbox()).reasons.map(\.code) == ["store_full"])

            try await inbox.process.store.inspect { sql in
                _ = try sql.database.prepare("PRAGMA max_page_count = 1000000").first {
                    $0.integer(0)
                }
            }
            #expect(try await inbox.ask(journal.batch(1..<400)).outcome == .applied)
            let report = try await inbox.ask(DescribeInbox())
            #expect(report.reasons == [] && report.figures["messages"] == 400)
            #expect(report.figures["unparsed"] == 0)
            // Told to people by the wall clock: 7 ms after the boot.
            #expect(try #require(report.figures["complete_to_ingress"]) <= Clocks.wall)
        }
    }

    @Test("a damaged file is left as it is: nothing is answered but what is wrong")
    func damagedStore() async throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("inbox"), 0o755)
        let junk = Data("this is no database, but long enough to be looked at".utf8)
        let file = URL(filePath: folder.file("inbox/inbox.db"))
        try (junk + Data(count: 4_096)).write(to: file)
        try await onLoop { loop in
            let inbox = try await ServiceDouble(in: folder, on: loop)
            let problem = try await inbox.refusal(of: Self.journal(1).whole())
            #expect(problem?.code == .unavailable && problem?.httpStatus == 503)
            #expect(
                try await inbox.ask(DescribeInbox()).reasons.map(\.code) == ["store_damaged"])
            await inbox.process.drain()
        }
        #expect(try Data(contentsOf: file).starts(with: junk))
    }
}
