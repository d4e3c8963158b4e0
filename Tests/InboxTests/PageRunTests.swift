import FoundationEssentials
import SQLite
import TestSupport
import Testing
import Wire

@testable import Inbox

@Suite("Reading page by page while messages come")
struct PageRunTests {
    /// Writes in random conversations of some people.
    private struct Chat {
        private var journal = JournalDouble(.ingress)
        private var shipped = 0

        mutating func write(_ count: Int, people: Range<Int>, _ random: inout Seeded) {
            for _ in 0..<count {
                let index = journal.entries.count
                let person = Int.random(in: people, using: &random)
                // At times late: older than what is there.
                let late = Int64.random(in: 0..<5, using: &random)
                journal.add(
                    .webhook,
                    Sample.body(
                        Sample.text(
                            "hello", wamid: "wamid.\(index)", from: "4366055503\(10 + person)",
                            name: "Name \(person)", number: "30020010040060\(person % 2)",
                            at: Sample.start + Int64(index) - late)),
                    at: Sample.startAt + Int64(index))
            }
        }

        mutating func ship(to inbox: StoreDouble) async throws {
            try await inbox.append(journal.batch(shipped..<journal.entries.count, completeTo: 1))
            shipped = journal.entries.count
        }
    }

    @Test(
        "a run of pages has every conversation that was there at its start once, in order",
        arguments: 1...8 as ClosedRange<UInt64>)
    func runsAreWhole(seed: UInt64) async throws {
        var random = Seeded(seed)
        let inbox = try await StoreDouble()
        var chat = Chat()
        chat.write(60, people: 0..<20, &random)
        try await chat.ship(to: inbox)
        for query in [nil, "name", "hello"] {
            for number in [nil, "300200100400601"] {
                let there = try await inbox.conversations(
                    limit: 200, query: query, number: number
                ).conversations.map(\.id)
                #expect(!there.isEmpty)
                var (found, cursor): ([String], String?) = ([], nil)
                repeat {
                    let page = try await inbox.conversations(
                        limit: Int.random(in: 1...4, using: &random), cursor: cursor, query: query,
                        number: number)
                    found += page.conversations.map(\.id)
                    cursor = page.nextCursor
                    chat.write(Int.random(in: 0...4, using: &random), people: 0..<30, &random)
                    try await chat.ship(to: inbox)
                } while cursor != nil
                #expect(found == there)
            }
        }
    }

    @Test("after more moves than are looked at, nothing is doubled, and what did not move is there")
    func manyMoves() async throws {
        var random = Seeded(3)
        let inbox = try await StoreDouble()
        var chat = Chat()
        for person in 0..<8 { chat.write(1, people: person..<person + 1, &random) }
        try await chat.ship(to: inbox)
        let first = try await inbox.conversations(limit: 3)
        try await inbox.store.inspect { sql in
            // As if conversations had moved on and on: the first of these moves are not kept any more.
            let moves = Moves(sql)
            for _ in 0..<Moves.kept * 2 { try moves.note("conv_other", was: 1) }
        }
        let second = try await inbox.conversations(limit: 200, cursor: first.nextCursor)
        let ids = (first.conversations + second.conversations).map(\.id)
        #expect(Set(ids).count == 8 && ids.count == 8)
    }

    @Test("only what is unread, what may be answered, and what is of a time")
    func filters() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for index in 0..<4 {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        "hello", wamid: "wamid.\(index)", from: "43660555041\(index)",
                        number: "30020010040060\(index % 2)", at: Sample.start + Int64(index))),
                at: Sample.startAt + Int64(index))
        }
        try journal.add(
            JournalCommand(id: "c", verb: .markRead, contact: "436605550411", phoneNumberID: nil),
            at: Sample.startAt + 9)
        try await inbox.append(journal.whole(completeTo: 1))
        /// The last digits of those in the list; a search by number or by words filters alike.
        func people(
            _ only: [ListConversations.Trait] = [], number: String? = nil, since: Int64? = nil,
            before: Int64? = nil, now: Int64 = Sample.startAt
        ) async throws -> String {
            var lists: Set<String> = []
            for query in [nil, "hello", "43660"] {
                let found = try await inbox.conversations(
                    query: query, number: number, only: only, since: since, before: before,
                    now: now)
                lists.insert(String(found.conversations.compactMap(\.contact.last)))
            }
            return lists.sorted().joined(separator: " or ")
        }
        #expect(try await people() == "3210")
        #expect(try await people([.unread]) == "320")
        #expect(try await people([.unread], number: "300200100400601") == "3")
        #expect(try await people(number: "300200100400601") == "31")
        let end = Sample.startAt + 86_400_000
        #expect(try await people([.openWindow], now: end + 1_000) == "32")
        #expect(try await people([.openWindow], now: end + 999) == "321")
        #expect(try await people([.openWindow, .unread], now: end + 999) == "32")
        #expect(try await people(since: Sample.startAt + 2_000) == "32")
        #expect(try await people(before: Sample.startAt + 2_000) == "10")
        #expect(
            try await people(since: Sample.startAt + 1_000, before: Sample.startAt + 2_001) == "21")
        func messages(since: Int64, before: Int64) async throws -> ListMessages.Answer {
            try await inbox.store.messages(
                ListMessages(
                    contact: "436605550412", limit: 9, cursor: nil, phoneNumberID: nil,
                    since: Timestamp(milliseconds: since), before: Timestamp(milliseconds: before),
                    seen: []))
        }
        let at = Sample.startAt + 2_000
        #expect(try await messages(since: at, before: at + 1).messages.count == 1)
        #expect(try await messages(since: at + 1, before: at + 9).messages.isEmpty)
        let earlier = try await messages(since: at - 9, before: at)
        #expect(earlier.known && earlier.messages.isEmpty)
    }

    @Test("the middle and the slow end of the latest reads")
    func readTimes() {
        var times = ReadTimes()
        #expect(times.figures.isEmpty)
        for time in 1...(ReadTimes.kept + 100) { times.note(.search, .microseconds(time)) }
        #expect(times.figures == ["search_p50_us": 301, "search_p99_us": 497])
    }
}
