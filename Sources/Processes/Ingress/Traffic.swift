/// How many requests were answered, by route and status, and how long they took; since the start.
///
/// A value without a clock. Requests that were refused by their head alone are not among them.
struct Traffic: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        let route: String
        let status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.status) < (right.route, right.status)
        }
    }

    /// Upper bounds in seconds: Meta wants half of all webhooks answered within 0.25 s and all but 1 %
    /// within 1 s (WA §2.3); 10 s is as long as a send waits by itself.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    /// The times of one route.
    struct Times: Sendable {
        /// One for each of `bounds`, not added up; what took longer is in `count` alone.
        fileprivate(set) var buckets = [Int64](repeating: 0, count: bounds.count)
        fileprivate(set) var count: Int64 = 0
        fileprivate(set) var sum = Duration.zero
    }

    private(set) var answers: [Key: Int64] = [:]
    private(set) var times: [String: Times] = [:]

    mutating func count(_ route: String, _ status: Int, took duration: Duration) {
        answers[Key(route: route, status: status), default: 0] += 1
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 }
        if let bucket { times[route, default: Times()].buckets[bucket] += 1 }
        times[route, default: Times()].count += 1
        times[route, default: Times()].sum += duration
    }
}
