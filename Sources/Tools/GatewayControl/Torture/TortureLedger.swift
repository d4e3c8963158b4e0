internal import Wire

/// A promise of the gateway's: what it has to keep once it answered 200 or 202.
enum Item: Hashable, Sendable {
    /// A person's message, by its wamid.
    case message(String)
    /// A message to a person, by its `Idempotency-Key`, which is its `reference` too.
    case send(String)
    /// What became of a message to a person: the key, and Meta's word.
    case status(String, String)
}

/// What callers were told, booked to the faults that their calls met, and the verdict on it.
///
/// A value without I/O: what is stored and what Graph took is given to `judge`.
struct TortureLedger {
    /// The row of the table that a call belongs to.
    enum Row: Hashable {
        /// It met no fault.
        case calm
        case fault(FaultKind)

        /// Whoever meets more than one fault is with those that chain.
        init(_ met: [FaultKind]) {
            self =
                switch met.count {
                case 0: .calm
                case 1: .fault(met[0])
                default: .fault(.chain)
                }
        }
    }

    struct Counts: Hashable {
        var faults = 0
        var kills = 0
        /// Items answered 200 or 202; each is stored or lost.
        var acknowledged = 0
        var stored = 0
        var lost = 0
        /// Items that are stored twice, or that Graph got twice: how often too often.
        var twice = 0
        /// Refused, broken off or failed, and no fault explains it.
        var refused = 0
        /// Broken off by the end of ingress.
        var reset = 0
        /// Turned away for a while, which the fault explains.
        var away = 0
        /// Of a call that was answered 200 or 202.
        var worstWait = Duration.zero
    }

    private(set) var rows: [Row: Counts] = [:]
    private(set) var log = FaultLog()
    private var promises: [Item: Row] = [:]
    /// The message's id, by the key.
    private var ids: [String: String] = [:]
    /// Keys that a caller was told `unknown` of.
    private var doubts: Set<String> = []
    /// What the audit of the group named.
    private(set) var gaps = 0
    /// What was not as promised, as people read it; the first ones.
    private(set) var complaints: [String] = []

    private static let shownComplaints = 20

    // MARK: Faults

    mutating func begin(_ kind: FaultKind, at now: ContinuousClock.Instant) {
        log.begin(kind, at: now)
        rows[.fault(kind), default: Counts()].faults += 1
    }

    mutating func noteKills(_ count: Int, of kind: FaultKind) {
        rows[.fault(kind), default: Counts()].kills += count
    }

    mutating func end(at now: ContinuousClock.Instant) { log.end(at: now) }

    // MARK: Calls

    /// Notes what a call came to.
    mutating func note(
        _ outcome: CallOutcome, of errand: Errand, from begin: ContinuousClock.Instant,
        to end: ContinuousClock.Instant
    ) {
        let met = log.met(from: begin, to: end)
        let row = Row(met)
        var counts = rows[row, default: Counts()]
        if outcome.isAcknowledged {
            counts.worstWait = max(counts.worstWait, end - begin)
            for item in errand.items where promises[item] == nil {
                promises[item] = row
                counts.acknowledged += 1
            }
        } else if !met.contains(where: { $0.explains(outcome) }) {
            counts.refused += 1
            complain("\(errand.path) \(outcome), \(seconds(end - begin)), at: \(row.name)")
        } else if outcome == .reset {
            counts.reset += 1
        } else {
            counts.away += 1
        }
        rows[row] = counts
    }

    /// Notes what an answer to a send says; the same key must always name the same message.
    mutating func noteSend(_ key: String, id: String, status: MessageStatus?) {
        if status == .unknown { doubts.insert(key) }
        guard ids.updateValue(id, forKey: key) ?? id != id else { return }
        rows[promises[.send(key)] ?? .calm, default: Counts()].twice += 1
        complain("\(key) has a second id, \(id)")
    }

    /// Notes an errand that nobody answered although there was time.
    mutating func giveUp(_ errand: Errand) {
        rows[.calm, default: Counts()].refused += 1
        complain("\(errand.path) was never answered")
    }

    /// Notes that the group's own audit is not content.
    mutating func noteGap(_ text: String) {
        gaps += 1
        complain(text)
    }

    private mutating func complain(_ text: String) {
        if complaints.count < Self.shownComplaints { complaints.append(text) }
    }

    var total: Counts {
        rows.values.reduce(into: Counts()) { total, row in
            total.faults += row.faults
            total.kills += row.kills
            total.acknowledged += row.acknowledged
            total.stored += row.stored
            total.lost += row.lost
            total.twice += row.twice
            total.refused += row.refused
            total.reset += row.reset
            total.away += row.away
            total.worstWait = max(total.worstWait, row.worstWait)
        }
    }

    // MARK: Verdict

    /// Compares every promise with what can be read, and with what Graph took: how often, by the key.
    mutating func judge(_ stored: StoredItems, taken: [String: Int]) -> Doubts {
        var doubtful = Doubts()
        for (item, row) in promises {
            var counts = rows[row, default: Counts()]
            if let reason = loss(of: item, stored, taken) {
                counts.lost += 1
                complain("\(item) is lost: \(reason)")
            } else {
                counts.stored += 1
            }
            let extra = extra(of: item, stored, taken)
            if extra > 0 {
                counts.twice += extra
                complain("\(item) is there \(extra + 1) times")
            }
            rows[row] = counts
        }
        for key in doubts {
            if stored.sends[key]?.first?.status != .unknown {
                doubtful.settled += 1
            } else if taken[key] != nil {
                doubtful.taken += 1
            } else {
                doubtful.notTaken += 1
            }
        }
        return doubtful
    }

    /// Why that promise was not kept; nil when it was.
    private func loss(of item: Item, _ stored: StoredItems, _ taken: [String: Int]) -> String? {
        switch item {
        case .message(let wamid):
            stored.messages[wamid] == nil ? "it cannot be read" : nil
        case .send(let key):
            loss(of: key, stored.sends[key]?.first, isTaken: taken[key] != nil)
        case .status(let key, let word):
            stored.sends[key]?.first?.reached.contains(word) == true ? nil : "it cannot be read"
        }
    }

    private func loss(of key: String, _ send: StoredItems.Send?, isTaken: Bool) -> String? {
        guard let send else { return "it cannot be read" }
        guard ids[key] == nil || ids[key] == send.id else { return "its id is another, \(send.id)" }
        return switch send.status {
        case .accepted, .sent, .delivered, .read, .played:
            isTaken ? nil : "it is \(send.status.rawValue), and Graph never got it"
        // It says itself that nobody knows; there is a status or a dead letter, or will be.
        case .unknown: nil
        // Graph refuses nothing here, so that nothing may fail or wait for a person.
        case .received, .queued, .sending, .held, .refused, .failed:
            "it is \(send.status.rawValue) for good"
        }
    }

    private func extra(of item: Item, _ stored: StoredItems, _ taken: [String: Int]) -> Int {
        switch item {
        case .message(let wamid): max(0, (stored.messages[wamid] ?? 1) - 1)
        case .send(let key):
            max(0, (stored.sends[key]?.count ?? 1) - 1) + max(0, (taken[key] ?? 1) - 1)
        case .status: 0
        }
    }

    /// Sends of which a caller was told `unknown`, by how they stand at the end.
    struct Doubts: Hashable {
        /// By a status of Graph's.
        var settled = 0
        /// Still in doubt, or a dead letter by now; Graph has them.
        var taken = 0
        /// The same; Graph has not.
        var notTaken = 0
    }
}

/// All that can be read over the API at the end.
struct StoredItems {
    struct Send: Hashable {
        var id: String
        var status: MessageStatus
        /// The words of its statuses.
        var reached: Set<String>
    }

    /// How often each message of a person is there as it was written, by its wamid.
    var messages: [String: Int] = [:]
    /// Messages to persons, by their reference.
    var sends: [String: [Send]] = [:]
}

extension TortureLedger.Row {
    var name: String {
        switch self {
        case .calm: "no fault"
        case .fault(let kind): kind.name
        }
    }
}
