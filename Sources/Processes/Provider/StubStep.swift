internal import CloudAPI

/// What Meta would tell of a message after it took it: a step in its life in mode stub.
///
/// The delays are short enough for a test and long enough to be seen apart.
enum StubStep: String, CaseIterable, Sendable {
    case sent, delivered, read, failed
    /// The first status of a send whose answer was lost.
    case late
    /// No status comes: the wait for one is over.
    case silence

    /// The life of a message to anybody.
    static let usual: [StubStep] = [.sent, .delivered, .read]

    /// Milliseconds after the intake.
    var delay: Int64 {
        switch self {
        case .sent: 50
        case .delivered, .failed: 300
        case .read: 1_500
        case .late: 15_000
        case .silence: OutboxStore.evidenceWait
        }
    }

    /// The longest delay; a due time further away can only be a clock that was set back.
    static let longestDelay = allCases.map(\.delay).max() ?? 0

    /// Nil when nothing is told.
    var status: CloudStatus? {
        switch self {
        case .sent, .late: .sent
        case .delivered: .delivered
        case .read: .read
        case .failed: .failed
        case .silence: nil
        }
    }
}
