/// How often signatures were refused of late: many mean that the secret is not Meta's, or a forger.
struct Refusals {
    /// So many within a minute are no mistake of somebody who tries the route out.
    static let alarming = 20
    /// Milliseconds.
    static let span: Int64 = 60_000

    /// Boot clock, of the last ones, the newest last.
    private var times: [Int64] = []

    /// Notes one.
    mutating func add(at now: Int64) {
        times.append(now)
        if times.count > Self.alarming + 1 { times.removeFirst() }
    }

    /// Whether there were more than that within the last minute.
    func isAlarming(at now: Int64) -> Bool {
        guard times.count > Self.alarming, let first = times.first else { return false }
        return now - first < Self.span
    }
}
