internal import Wire

/// What is done to the group; a row of the table each.
enum FaultKind: Hashable, Sendable {
    /// SIGKILL for one process.
    case kill(Service)
    /// `./run.sh restart NAME`.
    case restart(Service)
    /// SIGSTOP for one process, and SIGCONT before anybody's patience ends.
    case stop(Service)
    /// The same, but for longer than a process is waited for.
    case hang(Service)
    /// SIGKILL for one process after the other, faster than they come back.
    case chain
    /// SIGKILL for all four at once.
    case all
    /// SIGKILL for supervisord, and `./run.sh --detach`, as the machine's init would.
    case supervisord
    /// SIGKILL for supervisord, the four and the holder of the address, and `./run.sh --detach`.
    case everything

    /// As people read it.
    var name: String {
        switch self {
        case .kill(let service): "kill \(service.rawValue)"
        case .restart(let service): "restart \(service.rawValue)"
        case .stop(let service): "stop \(service.rawValue)"
        case .hang(let service): "hang \(service.rawValue)"
        case .chain: "kills that chain"
        case .all: "kill all four"
        case .supervisord: "kill supervisord"
        case .everything: "kill everything"
        }
    }

    /// In the order of the table.
    static let allCases: [FaultKind] =
        Service.allCases.map { .kill($0) } + Service.allCases.map { .restart($0) }
        + Service.allCases.map { .stop($0) } + Service.allCases.map { .hang($0) }
        + [.chain, .all, .supervisord, .everything]

    /// Whether it is the kill of a single process, whose wait is promised.
    var isOneKill: Bool { if case .kill = self { true } else { false } }

    /// Whether what a caller met is owed to this fault.
    ///
    /// A kill of one process, its restart or a short stop refuses nobody: all that ingress's own end may do is to
    /// break off what is under way on it. In a restart that is only a call over a kept connection that crosses with
    /// the end of that connection, which HTTP has no way around (RFC 9112 §9.5).
    func explains(_ outcome: CallOutcome) -> Bool {
        switch (self, outcome) {
        case (_, .answered(200)), (_, .answered(202)): true
        case (.kill(.ingress), .reset), (.restart(.ingress), .reset): true
        case (.hang(.signer), .answered(503)), (.hang(.inbox), .answered(503)),
            (.hang(.provider), .answered(503)), (.hang(.provider), .answered(504)):
            true
        // Whoever comes back beside others that are down may find its peers away for over 3 s.
        case (.chain, .reset), (.chain, .answered(503)), (.chain, .answered(504)),
            (.all, .reset), (.all, .answered(503)), (.all, .answered(504)):
            true
        case (.supervisord, .refused), (.supervisord, .reset), (.supervisord, .answered(503)),
            (.supervisord, .answered(504)), (.everything, .refused), (.everything, .reset),
            (.everything, .answered(503)), (.everything, .answered(504)):
            true
        default: false
        }
    }
}

/// What one try of a caller came to.
enum CallOutcome: Hashable, Sendable {
    /// The status of a whole answer.
    case answered(Int)
    /// Nobody listened.
    case refused
    /// The connection ended before the answer did.
    case reset
    /// Nothing came for longer than a caller waits.
    case silent

    /// Whether the gateway has promised something.
    var isAcknowledged: Bool { self == .answered(200) || self == .answered(202) }
}
