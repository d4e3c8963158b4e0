/// When Graph tells what became of a message that it took; the same for the same seed.
struct StatusPlan {
    struct Step: Hashable, Sendable {
        let word: String
        let after: Duration
    }

    private var random: Seeded

    init(seed: UInt64) { random = Seeded(seed) }

    /// Of ten messages one is never told of, and one late; the words may come in any order.
    mutating func next() -> [Step] {
        let latest: ClosedRange<Int>
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return []
        case 1: latest = 5_000...20_000
        default: latest = 20...1_500
        }
        let words = ["sent", "delivered", "read"].prefix(Int.random(in: 1...3, using: &random))
        return words.map { word in
            Step(word: word, after: .milliseconds(Int.random(in: latest, using: &random)))
        }
    }
}
