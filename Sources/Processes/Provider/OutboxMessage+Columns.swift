internal import CloudAPI
internal import Wire

// How a message's state and recipient stand in columns.

extension OutboxMessage {
    /// Whether it is listed among the dead letters.
    var isDeadLetter: Bool {
        switch state {
        case .unknown(let isDeadLetter): isDeadLetter
        case .failed: true
        case .held(let problem): problem.isForAPerson
        case .queued, .sending, .accepted, .refused: false
        }
    }
}

extension OutboxMessage.State {
    /// The state that the columns tell; nil when they contradict each other.
    init?(_ status: MessageStatus, isDeadLetter: Bool, wamid: String?, problem: Problem?) {
        switch (status, wamid, problem) {
        case (.queued, _, nil): self = .queued
        case (.sending, _, nil): self = .sending
        case (.accepted, let wamid?, nil): self = .accepted(wamid: wamid)
        case (.unknown, _, nil): self = .unknown(isDeadLetter: isDeadLetter)
        case (.held, _, let problem?): self = .held(problem)
        case (.refused, _, let problem?): self = .refused(problem)
        case (.failed, _, let problem?): self = .failed(problem)
        default: return nil
        }
    }
}

extension Recipient {
    /// The kind as its column says it.
    enum Kind: String { case phone, user, group }

    init(_ kind: Kind, _ value: String) {
        switch kind {
        case .phone: self = .phone(value)
        case .user: self = .user(value)
        case .group: self = .group(value)
        }
    }

    var kind: Kind {
        switch self {
        case .phone: .phone
        case .user: .user
        case .group: .group
        }
    }

    /// Digits, or the id.
    var value: String {
        switch self {
        case .phone(let value), .user(let value), .group(let value): value
        }
    }

    /// The same in the words of the journal.
    var journaled: OutboxTransition.Recipient {
        switch self {
        case .phone(let digits): OutboxTransition.Recipient(phone: digits)
        case .user(let id): OutboxTransition.Recipient(userID: id)
        case .group(let id): OutboxTransition.Recipient(groupID: id)
        }
    }
}
