/// How long the latest reads took, by kind: a value without a clock.
struct ReadTimes {
    enum Kind: String, CaseIterable {
        case conversations, messages, search
    }

    /// Reads of one kind that are remembered.
    static let kept = 400

    private struct Latest {
        var microseconds: [Int64] = []
        var next = 0
    }

    private var latest: [Kind: Latest] = [:]

    mutating func note(_ kind: Kind, _ duration: Duration) {
        let time = Int64(duration / .microseconds(1))
        var times = latest[kind] ?? Latest()
        if times.microseconds.count < Self.kept {
            times.microseconds.append(time)
        } else {
            times.microseconds[times.next] = time
        }
        times.next = (times.next + 1) % Self.kept
        latest[kind] = times
    }

    /// `<kind>_p50_us` and `<kind>_p99_us` of each kind that was read: the middle, and the slowest but for one
    /// in a hundred.
    var figures: [String: Int64] {
        var figures: [String: Int64] = [:]
        for (kind, times) in latest {
            let sorted = times.microseconds.sorted()
            figures["\(kind.rawValue)_p50_us"] = sorted[sorted.count / 2]
            figures["\(kind.rawValue)_p99_us"] = sorted[sorted.count * 99 / 100]
        }
        return figures
    }
}
