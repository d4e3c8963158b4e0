import Testing
import Wire

@testable import Ingress

/// What the journals and inbox say of themselves, held against each other.
struct AuditTests {
    private static let origin = "00112233445566778899aabbccddeeff"

    /// A journal of two days: entries 1 to 10, and 11 to 15.
    private static func journal(answered: Int64 = 10) -> JournalLedger {
        JournalLedger(
            process: .ingress, origin: origin, oldest: JournalPosition(seq: 1, mark: 1),
            newest: JournalPosition(seq: 15, mark: 15),
            days: [
                .init(day: "2026-09-20", first: EntryNumber(1), entries: 10, answered: answered),
                .init(day: "2026-09-21", first: EntryNumber(11), entries: 5, answered: 5),
            ])
    }

    private static func inbox(
        at seq: Int64?, holes: [ClosedRange<Int64>] = [], of origin: String = origin,
        unparsed: [(seq: Int64, path: String)] = []
    ) -> AuditInbox.Answer {
        AuditInbox.Answer(
            applied: seq.map {
                [
                    AppliedJournal(
                        process: .ingress, origin: Self.origin,
                        position: JournalPosition(seq: $0, mark: 1))
                ]
            } ?? [],
            holes: holes.map {
                AuditInbox.Hole(
                    origin: origin, first: EntryNumber($0.lowerBound),
                    last: EntryNumber($0.upperBound))
            },
            unparsed: unparsed.map {
                AuditInbox.Unparsed(
                    origin: origin, seq: EntryNumber($0.seq), at: Timestamp(milliseconds: 0),
                    kind: "webhook", path: $0.path, error: "no id")
            }, unparsedCount: Int64(unparsed.count))
    }

    @Test("all applied: every day adds up, and nothing is named")
    func whole() {
        let audit = AuditReport([Self.journal()], Self.inbox(at: 15), day: nil)
        #expect(audit.whole)
        #expect(audit.days.map(\.applied) == [10, 5])
        #expect(audit.days.allSatisfy { $0.waiting == 0 && $0.lost == 0 && $0.setAside == 0 })
    }

    @Test("what inbox has not got yet waits, and is no gap", arguments: [nil, 0, 3, 10, 11, 15])
    func waiting(position: Int64?) {
        let audit = AuditReport([Self.journal()], Self.inbox(at: position), day: nil)
        let reached = position ?? 0
        #expect(audit.whole)
        #expect(audit.days.map(\.applied) == [min(reached, 10), max(reached - 10, 0)])
        #expect(audit.days.map(\.waiting) == [10 - min(reached, 10), 5 - max(reached - 10, 0)])
    }

    @Test("a hole over midnight is lost on both days, by its share")
    func hole() {
        let audit = AuditReport([Self.journal()], Self.inbox(at: 15, holes: [9...12]), day: nil)
        #expect(audit.days.map(\.lost) == [2, 2])
        #expect(audit.days.map(\.applied) == [8, 3])
        #expect(audit.gaps.map(\.kind) == [.lost, .lost])
    }

    @Test("an entry that was set aside is not applied; a part of one leaves the entry applied")
    func unparsed() {
        let inbox = Self.inbox(at: 15, unparsed: [(3, ""), (4, "entry[0]"), (4, "entry[1]")])
        let audit = AuditReport([Self.journal()], inbox, day: nil)
        #expect(audit.days[0].setAside == 1)
        #expect(audit.days[0].applied == 9)
        #expect(audit.gaps.map(\.kind) == [.setAside, .unreadPart, .unreadPart])
    }

    @Test("more answers than entries are named; fewer are not", arguments: [9, 10, 11])
    func answered(count: Int64) {
        let audit = AuditReport([Self.journal(answered: count)], Self.inbox(at: 15), day: nil)
        #expect(audit.gaps.map(\.kind) == (count > 10 ? [.unjournaled] : []))
    }

    @Test("one day is looked at alone; what is of no known day is named for all of them only")
    func oneDay() {
        let foreign = Self.inbox(at: 15, holes: [1...4], of: "another", unparsed: [(1, "")])
        let audit = AuditReport([Self.journal()], foreign, day: "2026-09-21")
        #expect(audit.days.map(\.day) == ["2026-09-21"])
        #expect(audit.whole)
        #expect(
            AuditReport([Self.journal()], foreign, day: nil).gaps.map(\.kind) == [.lost, .setAside])
    }
}
