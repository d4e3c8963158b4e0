internal import Wire

/// One fault, with all that chance decides of it.
struct Fault: Hashable, Sendable {
    let kind: FaultKind
    /// How long a stop or a hang lasts.
    var length = Duration.zero
    /// Whom a chain kills, one after the other, each so long after the one before.
    var links: [Link] = []
    /// How long it is quiet afterwards.
    let pause: Duration

    struct Link: Hashable, Sendable {
        let victim: Service
        let after: Duration
    }
}

/// The faults of a torture in their order, without an end; the same for the same seed.
///
/// They are dealt from decks that hold each kind, so that none is left to chance.
struct FaultSchedule: Sequence, IteratorProtocol {
    /// Of kills of one process each in a deck: what is promised about them is promised most.
    private static let kills = 4
    private static let chains = 4
    /// What a peer waits for at least is 3 s.
    private static let stops = 200...1_500
    private static let hangs = 3_500...5_000

    private let only: FaultKind?
    private var random: Seeded
    private var deck: [FaultKind] = []

    init(seed: UInt64, only: FaultKind? = nil) {
        self.only = only
        random = Seeded(seed)
    }

    mutating func next() -> Fault? {
        if deck.isEmpty { deck = newDeck() }
        guard let kind = deck.popLast() else { return nil }
        // Long enough for callers to go on, too short for everything that a fault left to be done.
        let pause = milliseconds(200...800)
        return switch kind {
        case .stop: Fault(kind: kind, length: milliseconds(Self.stops), pause: pause)
        case .hang: Fault(kind: kind, length: milliseconds(Self.hangs), pause: pause)
        case .chain: Fault(kind: kind, links: links(), pause: pause)
        case .kill, .restart, .all, .supervisord, .everything: Fault(kind: kind, pause: pause)
        }
    }

    private mutating func newDeck() -> [FaultKind] {
        if let only { return [only] }
        var deck: [FaultKind] = [.all, .all, .supervisord, .everything]
        deck += Array(repeating: .chain, count: Self.chains)
        for service in Service.allCases {
            deck += Array(repeating: .kill(service), count: Self.kills)
            deck += [.restart(service), .stop(service)]
        }
        deck.append(.hang(Service.allCases.randomElement(using: &random) ?? .signer))
        return deck.shuffled(using: &random)
    }

    private mutating func links() -> [Fault.Link] {
        (0..<Int.random(in: 6...10, using: &random)).map { _ in
            Fault.Link(
                victim: Service.allCases.randomElement(using: &random) ?? .ingress,
                after: milliseconds(50...600))
        }
    }

    private mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &random))
    }
}
