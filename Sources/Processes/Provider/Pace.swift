/// A bucket that refills evenly: when the next may go, in microseconds of any steady clock.
///
/// Kept as the one moment at which it will be full again (GCRA), so that a burst borrows from the future.
struct Pace: Hashable, Sendable {
    /// How much goes through a bucket.
    struct Rate: Hashable, Sendable {
        /// Microseconds that one takes to refill.
        let interval: Int64
        /// How many may go at once when it is full; at least 1.
        let burst: Int64
    }

    private(set) var fullAt: Int64 = 0

    /// When one may go.
    func earliest(_ rate: Rate) -> Int64 { fullAt - (rate.burst - 1) * rate.interval }

    /// When the one after `others` that go before it may go.
    func earliest(_ rate: Rate, after others: Int64, now: Int64) -> Int64 {
        max(now, max(fullAt, now) + (others - (rate.burst - 1)) * rate.interval)
    }

    /// One goes now.
    mutating func take(_ rate: Rate, now: Int64) { fullAt = max(fullAt, now) + rate.interval }
}
