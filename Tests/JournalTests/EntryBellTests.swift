import Reactor
import TestSupport
import Testing
import Wire

@testable import Journal

@Suite("The bell of a journal")
struct EntryBellTests {
    @Test(
        "since when entries wait is known before anybody has read them, and until all are shipped")
    func waitingSince() async throws {
        try await onLoop { loop in
            let bell = EntryBell(on: loop)
            #expect(bell.waitingSince == nil)
            let before = Clocks.wall
            bell.ring(JournalHead(origin: "o", seq: 1))
            let since = try #require(bell.waitingSince)
            #expect(since >= before)
            bell.ring(newest: 2)
            #expect(bell.waitingSince == since)
            bell.shipped(upTo: 1)
            #expect(bell.waitingSince == since)
            bell.shipped(upTo: 2)
            #expect(bell.waitingSince == nil)
        }
    }
}
