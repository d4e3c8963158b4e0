/// How long to wait before trying again: doubled with every failure, up to a limit.
///
/// Without jitter: one journal has one shipper, so that there is no herd to spread.
struct Backoff: Equatable {
    /// A peer that restarts is usually back within this.
    private static var first: Duration { .milliseconds(100) }
    /// A peer that is back after hours is noticed within this.
    private static var longest: Duration { .seconds(2) }

    private var next = first

    /// Answers the next wait.
    mutating func failed() -> Duration {
        defer { next = min(next * 2, Self.longest) }
        return next
    }

    mutating func succeeded() { next = Self.first }
}
