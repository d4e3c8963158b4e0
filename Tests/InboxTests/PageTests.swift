import FoundationEssentials
import Testing
import Wire

@testable import Inbox

@Suite("Pages")
struct PageTests {
    /// A conversation a person, two messages each, in two business numbers.
    private func filled(_ people: Int) async throws -> (StoreDouble, JournalDouble) {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        for index in 0..<(people * 2) {
            let person = index % people
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        "text \(index)", wamid: "wamid.\(index)", from: "4366000000\(10 + person)",
                        name: "Name_\(person)%", number: "30000000000000\(index / people)",
                        at: Sample.start + Int64(index / 3))), at: Sample.startAt + Int64(index))
        }
        try await inbox.append(journal.whole(completeTo: 1))
        return (inbox, journal)
    }

    @Test(
        "pages of conversations hold each once, newest first, whatever the limit",
        arguments: [1, 3, 7, 200])
    func conversationPages(limit: Int) async throws {
        let (inbox, _) = try await filled(7)
        let all = try await inbox.conversations(limit: 200).conversations
        #expect(all.count == 14)
        let times = all.compactMap(\.lastMessageAt)
        #expect(times == times.sorted(by: >))
        var (found, cursor): ([Conversation], String?) = ([], nil)
        repeat {
            let page = try await inbox.conversations(limit: limit, cursor: cursor)
            #expect(page.conversations.count <= limit)
            found += page.conversations
            cursor = page.nextCursor
        } while cursor != nil
        #expect(found == all)
    }

    @Test("a page never holds more than a frame can carry, and goes on where it ended")
    func largePages() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.ingress)
        let long = String(repeating: "a", count: 1 << 20)
        for index in 0..<9 {
            journal.add(
                .webhook,
                Sample.body(
                    Sample.text(
                        long, wamid: "wamid.\(index)", from: "436600000010",
                        at: Sample.start + Int64(index))), at: Sample.startAt + Int64(index))
            try await inbox.append(journal.batch(index..<index + 1))
        }
        var (sizes, cursor): ([Int], String?) = ([], nil)
        repeat {
            let page = try await inbox.messages("+436600000010", cursor: cursor)
            sizes.append(page.messages.count)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(sizes == [3, 3, 3])
    }

    @Test("a cursor goes on where it stood, whatever comes meanwhile")
    func cursorsAreStable() async throws {
        let (inbox, ingress) = try await filled(3)
        var journal = ingress
        let contact = "+436600000010"
        let all = try await inbox.messages(contact).messages.map(\.id)
        #expect(all.count == 2)
        let first = try await inbox.messages(contact, limit: 1)
        journal.add(
            .webhook,
            Sample.body(
                Sample.text(
                    "newer", wamid: "wamid.new", from: "436600000010", at: Sample.start + 999)),
            at: Sample.startAt)
        try await inbox.append(journal.batch(6..<7))
        let second = try await inbox.messages(contact, limit: 1, cursor: first.nextCursor)
        #expect(first.messages.map(\.id) + second.messages.map(\.id) == all)
        #expect(second.nextCursor == nil)
    }

    @Test(
        "one person is found under every form of the number",
        arguments: [
            "+436600000011", "436600000011", " 436600000011", "00436600000011", "+43 660 0000-011",
        ])
    func readingForms(contact: String) async throws {
        let (inbox, _) = try await filled(3)
        let answer = try await inbox.messages(contact)
        #expect(answer.known)
        #expect(answer.contact == "+436600000011")
        #expect(answer.messages.count == 2)
        #expect(try await inbox.messages(contact, number: "300000000000001").messages.count == 1)
    }

    @Test("somebody nobody knows is no error", arguments: ["+49 30 1", "AT.1", "nobody", ""])
    func unknownContacts(contact: String) async throws {
        let (inbox, _) = try await filled(1)
        let answer = try await inbox.messages(contact)
        #expect(!answer.known && answer.messages.isEmpty && answer.nextCursor == nil)
    }

    @Test("conversations of one business number only")
    func filterByNumber() async throws {
        let (inbox, _) = try await filled(3)
        let found = try await inbox.conversations(number: "300000000000001").conversations
        #expect(found.map(\.phoneNumberID) == Array(repeating: "300000000000001", count: 3))
    }

    @Test("the window closes 24 hours after the person wrote, to the millisecond")
    func windows() async throws {
        let (inbox, _) = try await filled(1)
        let end = Sample.startAt + 86_400_000
        for (now, open) in [(end - 1, true), (end, false), (Sample.startAt - 5, true)] {
            let found = try await inbox.conversations(now: now).conversations
            #expect(found.map(\.window.open) == [open, open])
        }
    }

    @Test("a message is found by id, wamid and reference, with its story")
    func oneMessage() async throws {
        let inbox = try await StoreDouble()
        var journal = JournalDouble(.provider)
        try journal.add(Sample.queued("msg_a", at: 5, reference: "order 7"))
        try journal.add(Sample.queued("msg_b", at: 6, reference: "order 7"))
        try journal.add(
            OutboxTransition(
                id: "msg_b", mode: .stub, status: .failed, at: 7, attempt: 1,
                error: Problem(.throttled, status: 429, "no", hint: "wait")))
        try journal.add(
            OutboxTransition(
                id: "msg_b", mode: .stub, status: .accepted, at: 8, wamid: "wamid.b", attempt: 2))
        try await inbox.append(journal.whole())
        let found = try await inbox.message(.reference("order 7"))
        #expect(found.message?.id == "msg_b")
        #expect(found.message?.status == .accepted)
        #expect(found.timeline.map(\.status) == [.queued, .failed, .accepted])
        #expect(found.timeline[1].error?.code == .throttled)
        #expect(try await inbox.message(.id("wamid.b")) == found)
        #expect(try await inbox.message(.id("msg_b")) == found)
        #expect(try await inbox.message(.id("msg_c")).message == nil)
        #expect(try await inbox.message(.reference("")).message == nil)
    }

    @Test("a cursor reads what it wrote, and nothing else")
    func cursors() throws {
        for id in ["", "msg_1", "a b", "ü"] {
            for began in [nil, RunStart(moves: 0, messages: 7)] {
                let cursor = Cursor(at: -5, id: id, began: began)
                #expect(try Cursor(cursor.text) == cursor)
                let place = Cursor(at: 5, id: id, order: .place, began: began)
                #expect(try Cursor(place.text, order: .place) == place)
                // Each list takes its own ones only.
                #expect(throws: Problem.self) { try Cursor(place.text) }
                #expect(throws: Problem.self) { try Cursor(cursor.text, order: .place) }
            }
        }
        for text in ["", "x", "%%", "1790000000", "MQ", "IG1zZw"] {
            #expect(throws: Problem.self) { try Cursor(text) }
        }
    }
}
