/// Which fault was when, so that each call can be booked to what it met.
struct FaultLog {
    typealias Instant = ContinuousClock.Instant

    private struct Span {
        let kind: FaultKind
        let from: Instant
        /// Nil while it goes on.
        var to: Instant?
    }

    /// In their order; they do not overlap.
    private var spans: [Span] = []

    /// The fault that goes on.
    var current: FaultKind? { spans.last.flatMap { $0.to == nil ? $0.kind : nil } }

    mutating func begin(_ kind: FaultKind, at now: Instant) {
        spans.append(Span(kind: kind, from: now))
    }

    mutating func end(at now: Instant) {
        guard let last = spans.indices.last else { return }
        spans[last].to = now
    }

    /// The faults that a call met which began and ended then, the latest first.
    func met(from begin: Instant, to end: Instant) -> [FaultKind] {
        spans.reversed().prefix { $0.to.map { $0 >= begin } ?? true }
            .filter { $0.from <= end }.map(\.kind)
    }
}
