internal import Wire

/// The place of a journal entry in time: what is "first" and "last" is decided by it, never by the
/// order in which entries were applied.
///
/// Entries of one journal are ordered by it as they were written, unless the clock was set back;
/// entries of two journals are ordered by the clock. An entry that is shipped again keeps it.
struct Moment: Hashable, Comparable, Sendable {
    /// Wall clock, milliseconds since 1970.
    let at: Int64
    let seq: Int64

    static let distantPast = Moment(at: 0, seq: 0)

    static func < (left: Moment, right: Moment) -> Bool {
        (left.at, left.seq) < (right.at, right.seq)
    }
}

/// One journal entry with whose journal it came from.
struct Arrival: Sendable {
    let origin: String
    let process: Service
    let entry: JournalEntry

    var moment: Moment { Moment(at: entry.at, seq: entry.position.seq) }
}
