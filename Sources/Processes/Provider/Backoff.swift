/// How long to wait before the next try: exponential, with full jitter, so that what failed together
/// does not come back together (reliability: 1 s × 2ⁿ, at most 15 minutes).
enum Backoff {
    /// Milliseconds.
    static let first: Int64 = 1_000
    static let longest: Int64 = 15 * 60 * 1_000

    /// A number of the range, evenly.
    typealias Random = (ClosedRange<Int64>) -> Int64

    /// Milliseconds to wait after that many failures in a row, the first one being 1.
    static func delay(after failures: Int, _ random: Random) -> Int64 {
        random(0...ceiling(after: failures))
    }

    /// The most it can be.
    static func ceiling(after failures: Int) -> Int64 {
        // 2^20 s is beyond the longest already.
        min(longest, first << Int64(min(max(failures, 1) - 1, 20)))
    }
}
