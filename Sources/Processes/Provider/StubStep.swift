internal import CloudAPI

/// What Meta would tell of a message after it took it: the life of a message in mode stub.
///
/// The delays are short enough for a test and long enough to be seen apart.
enum StubStep: String, CaseIterable, Sendable {
    case sent, delivered, read

    /// Milliseconds after the acceptance.
    var delay: Int64 {
        switch self {
        case .sent: 50
        case .delivered: 300
        case .read: 1_500
        }
    }

    /// The longest delay; a due time further away can only be a clock that was set back.
    static let longestDelay = StubStep.read.delay

    var status: CloudStatus {
        switch self {
        case .sent: .sent
        case .delivered: .delivered
        case .read: .read
        }
    }

    /// What comes after it; nil at the end.
    var next: StubStep? {
        switch self {
        case .sent: .delivered
        case .delivered: .read
        case .read: nil
        }
    }
}
