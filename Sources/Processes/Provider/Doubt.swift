/// Answers of Graph's that were lost in a row, of one sending number: a value without clock.
///
/// Each such message waits for a status, and may end with a person: no more of them are risked than it
/// takes to see whether answers come again. After three, one goes at a time, with growing pauses.
struct Doubt: Hashable, Sendable {
    /// One or two may be lost by themselves.
    private static let certain = 3

    private var lost = 0
    /// Nothing goes before; boot clock, ms.
    private(set) var until: Int64 = 0
    /// The message that is being tried meanwhile.
    var probe: Int64?

    /// Whether it is more than bad luck.
    var isOutage: Bool { lost >= Self.certain }

    /// Until when nothing goes: boot clock, ms, and while one is being tried, for ever.
    var closedUntil: Int64 { isOutage && probe != nil ? .max : until }

    /// The answer to one more was lost; of those that were under way with the third that says nothing new.
    mutating func add(_ number: Int64, now: Int64, random: Backoff.Random) {
        guard !isOutage || number == probe else { return }
        lost += 1
        if isOutage { until = now + Backoff.delay(after: lost - Self.certain + 1, random) }
    }
}
