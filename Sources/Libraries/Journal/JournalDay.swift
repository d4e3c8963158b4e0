internal import SQLite
package import Wire

/// The entries of one day, by UTC and the clock of whoever wrote them.
///
/// A clock that is set back adds to the last day there was: the days follow the order of the entries.
package struct JournalDay: Hashable, Sendable {
    static let milliseconds: Int64 = 24 * 3_600 * 1_000

    /// Days since 1970.
    package let day: Int64
    /// Empty when nothing was written.
    package let entries: Range<Int64>
    /// How often somebody was answered 200 for one, as far as that was noted.
    package let answered: Int64
}

extension JournalTable {
    /// Adds to how often callers were answered 200 on the last day that has entries.
    ///
    /// - Throws: `DatabaseError`.
    package func noteAnswered(_ count: Int64) throws {
        try tally.run(.integer(count))
    }

    /// All days since the journal was made, pruned ones too.
    ///
    /// - Throws: `DatabaseError`.
    package func allDays() throws -> [JournalDay] {
        let end = (try extent().newest?.seq ?? 0) + 1
        return try days.all { row in
            let first = row.integer(1)
            return JournalDay(
                day: row.integer(0), entries: first..<max(first, row.optionalInteger(3) ?? end),
                answered: row.integer(2))
        }
    }
}

extension JournalTable {
    /// The journal as an audit sees it.
    ///
    /// - Throws: `DatabaseError`.
    package func ledger(of process: Service) throws -> JournalLedger {
        let extent = try extent()
        let oldest = try extent.oldest.flatMap { seq in
            try mark(at: seq).map { JournalPosition(seq: seq, mark: $0) }
        }
        return JournalLedger(
            process: process, origin: extent.origin, oldest: oldest, newest: extent.newest,
            days: try allDays().map { day in
                JournalLedger.Day(
                    day: String(
                        Timestamp(milliseconds: day.day * JournalDay.milliseconds).text.prefix(10)),
                    first: EntryNumber(day.entries.lowerBound), entries: Int64(day.entries.count),
                    answered: day.answered)
            })
    }
}
