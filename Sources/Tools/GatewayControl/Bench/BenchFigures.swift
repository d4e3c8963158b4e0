/// What one run of a benchmark, or the median of several, came to.
struct BenchFigures: Hashable {
    var perSecond: Double
    /// Milliseconds that half of the answers, and all but one in a hundred, took at most.
    var median, slow: Double

    /// Nil when nothing was answered.
    init?(took: [Duration], within time: Duration) {
        let sorted = took.map { $0 / .milliseconds(1) }.sorted()
        guard !sorted.isEmpty else { return nil }
        perSecond = Double(sorted.count) / (time / .seconds(1))
        median = sorted[sorted.count / 2]
        slow = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }

    /// Each figure's own median over several runs; nil of none.
    init?(of runs: [BenchFigures]) {
        guard !runs.isEmpty else { return nil }
        func middle(_ figure: KeyPath<BenchFigures, Double>) -> Double {
            runs.map { $0[keyPath: figure] }.sorted()[runs.count / 2]
        }
        perSecond = middle(\.perSecond)
        median = middle(\.median)
        slow = middle(\.slow)
    }

    var line: String {
        "\(Int(perSecond.rounded())) per second, p50 \(Self.tenths(median)) ms, p99 \(Self.tenths(slow)) ms"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
