import Testing
import Wire

@testable import Inbox

@Suite("How far a read is behind")
struct PositionsTests {
    private let head = JournalHead(origin: "o", seq: 10)

    @Test("an origin that was never seen is behind only if it has entries")
    func unseen() {
        let positions = Positions()
        #expect(positions.behind([JournalHead(origin: "o", seq: 0)], now: 0) == nil)
        #expect(positions.behind([head], now: 0) == Behind(entries: 10, seconds: 0))
        #expect(!positions.isLate([head], now: 0))
    }

    @Test("entries of all journals count, seconds are those of the latest")
    func sums() {
        var positions = Positions()
        positions.start("o", at: 7)
        positions.start("p", at: 5)
        let heads = [head, JournalHead(origin: "p", seq: 6), JournalHead(origin: "p", seq: 4)]
        positions.want(heads, now: 1_000)
        #expect(positions.behind(heads, now: 4_500) == Behind(entries: 4, seconds: 3))
    }

    @Test(
        "somebody waited for it over 2 s in vain: nobody waits again",
        arguments: [(2_000, false), (2_001, true)])
    func waitedInVain(passed: Int64, isLate: Bool) {
        var positions = Positions()
        positions.want([head], now: 50)
        positions.want([head], now: 50 + passed)
        #expect(positions.isLate([head], now: 50 + passed) == isLate)
        positions.applied("o", of: .ingress, to: 10, writtenAt: 0, completeTo: 1, now: 0)
        #expect(positions.behind([head], now: 9_999) == nil)
        let next = JournalHead(origin: "o", seq: 11)
        positions.want([next], now: 9_999)
        #expect(!positions.isLate([next], now: 9_999))
    }

    @Test("while old entries are still coming in, nobody waits; once all are here, everybody does")
    func catchingUp() {
        var positions = Positions()
        positions.applied("o", of: .ingress, to: 3, writtenAt: 10_000, completeTo: nil, now: 12_001)
        #expect(positions.isLate([head], now: 0))
        #expect(positions.behind([head], now: 0) == Behind(entries: 7, seconds: 2))
        positions.applied(
            "o", of: .ingress, to: 4, writtenAt: 10_001, completeTo: 12_002, now: 12_002)
        #expect(!positions.isLate([head], now: 0))
        #expect(positions.completeTo == [.ingress: 12_002])
        positions.applied("o", of: .ingress, to: 4, writtenAt: 10_001, completeTo: 5, now: 12_002)
        #expect(positions.completeTo == [.ingress: 12_002])
    }
}
