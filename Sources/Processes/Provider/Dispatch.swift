internal import Wire

/// Which message goes next, and when: order, pacing, pauses and backoff of the queue.
///
/// A value without I/O or clock: `now` is the boot clock in ms. It holds a ticket for every message that is
/// to go, in flight ones included; what was settled is taken out by its owner.
struct Dispatch: Sendable {
    struct Rules: Hashable, Sendable {
        /// Meta: 80 messages a second and number by default.
        var perSecond: Int64 = 80
        /// Meta: 1 message per 6 s to the same person, and 45 at once that borrow from the future.
        var pair = Pace.Rate(interval: 6_000_000, burst: 45)
        var isPaced = true
        /// A message that doesn't go holds back those behind it for no longer, in ms.
        var longestHoldingBack: Int64 = 60_000
        /// Between two probes of a paused scope, in ms.
        var probeInterval: Int64 = 60_000
        /// Between two probes of a held template, in ms: Meta cures one in hours.
        var templateProbeInterval: Int64 = 15 * 60_000
        /// Messages that may be under way at once: more gains nothing, and loses more when we die.
        var inFlight = 64

        func probeInterval(of scope: SendScope) -> Int64 {
            if case .template = scope { templateProbeInterval } else { probeInterval }
        }

        /// A tenth of a second's worth may go at once: Meta counts by the second.
        var number: Pace.Rate {
            Pace.Rate(interval: 1_000_000 / perSecond, burst: max(1, perSecond / 10))
        }
    }

    enum Choice: Hashable, Sendable {
        /// Claim it, and send it once that is synced.
        case send(Ticket)
        /// Its template is held: hold it too.
        case hold(Ticket, Problem)
        /// Nothing until then (boot clock, ms), or until something happens.
        case wait(until: Int64)
        /// Nothing until something happens.
        case idle
    }

    /// One message of the queue.
    struct Entry: Sendable {
        let ticket: Ticket
        /// Not before; boot clock, ms.
        var readyAt: Int64
        var isInFlight = false
        /// Failed tries that are made again, those of earlier processes too.
        var failures = 0
        /// Those among them that Meta repeats only a few times (code 1).
        var strikes = 0
        /// Since when it holds back those behind it: its first claim.
        var holdsBackSince: Int64?
        /// Whether it lost its place in the order.
        var isLoose = false
        /// Milliseconds that it could have gone and did not.
        var aged: Int64
        /// Since when that counts again; nil during a pause.
        var agesSince: Int64?
    }

    /// Messages that go one after the other.
    struct Lane: Hashable, Sendable {
        let from: String
        let person: String
        let priority: Int

        init(_ ticket: Ticket) {
            (from, person, priority) = (ticket.from, ticket.person, ticket.priority)
        }
    }

    /// Something to look at, in the order of its key.
    struct Key: Comparable, Sendable {
        let first: Int64
        let number: Int64

        static func < (left: Key, right: Key) -> Bool {
            (left.first, left.number) < (right.first, right.number)
        }
    }

    let rules: Rules
    var entries: [Int64: Entry] = [:]
    /// Each lane's messages in their order; the loose ones are not in it.
    var lanes: [Lane: [Int64]] = [:]
    /// By number: what can go as far as order and backoff are concerned; may name what no longer can.
    var ready: [String: ReadyQueue] = [:]
    /// What is to be looked at again, by the time.
    private var later = Heap<Key>()
    var gates: [SendScope: Gate] = [:]
    /// What is used of Meta's limits, where that slows anything down.
    var usages: [SendScope: UsageLimit] = [:]
    private var numberPaces: [String: Pace] = [:]
    private var pairPaces: [SendScope: Pace] = [:]
    /// By number: what failed since its last success.
    var outages: [String: Outage] = [:]
    /// By number: what was lost since Graph's last answer.
    var doubts: [String: Doubt] = [:]
    /// Held for their template, by it.
    var parked: [String: [Ticket]] = [:]
    private(set) var inFlight = 0

    /// Pair buckets that are kept before the full ones are dropped.
    private static let keptPairs = 10_000

    init(_ rules: Rules = Rules()) { self.rules = rules }

    /// Messages that wait or are under way.
    var count: Int { entries.count }

    // MARK: The queue

    /// Takes a message in; `delay` in ms is what is left of an earlier backoff.
    mutating func add(_ ticket: Ticket, now: Int64, delay: Int64 = 0) {
        guard entries[ticket.number] == nil else { return }
        let entry = Entry(
            ticket: ticket, readyAt: now + min(max(delay, 0), Backoff.longest),
            failures: ticket.failures, aged: ticket.aged,
            agesSince: pause(of: ticket) == nil ? now : nil)
        entries[ticket.number] = entry
        var lane = lanes[Lane(ticket)] ?? []
        // Behind what is under way already.
        let movable = lane.firstIndex { entries[$0]?.isInFlight != true } ?? lane.count
        let place = lane[movable...].firstIndex { $0 > ticket.number } ?? lane.count
        lane.insert(ticket.number, at: place)
        lanes[Lane(ticket)] = lane
        offer(ticket.number, now: now)
    }

    /// Takes a message out for good: it was settled.
    mutating func remove(_ number: Int64, now: Int64) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        if entry.isInFlight { inFlight -= 1 }
        endProbe(number, now: now)
        leaveLane(entry, now: now)
    }

    /// The same, unless it is under way.
    mutating func removeWaiting(_ number: Int64, now: Int64) {
        if entries[number]?.isInFlight == false { remove(number, now: now) }
    }

    /// Puts back what was chosen: it waits again from `readyAt`.
    mutating func putBack(_ number: Int64, readyAt: Int64, now: Int64) {
        guard entries[number]?.isInFlight == true else { return }
        entries[number]?.isInFlight = false
        entries[number]?.readyAt = readyAt
        inFlight -= 1
        endProbe(number, now: now)
        offer(number, now: now)
    }

    /// Looks when the message may go, if it is its turn.
    mutating func offer(_ number: Int64, now: Int64) {
        guard let entry = entries[number], !entry.isInFlight, isItsTurn(entry) else { return }
        if entry.readyAt > now {
            later.insert(Key(first: entry.readyAt, number: number))
        } else {
            ready[entry.ticket.from, default: ReadyQueue()].insert(
                number, priority: entry.ticket.priority)
        }
    }

    private func isItsTurn(_ entry: Entry) -> Bool {
        entry.isLoose || lanes[Lane(entry.ticket)]?.first == entry.ticket.number
    }

    private mutating func leaveLane(_ entry: Entry, now: Int64) {
        guard !entry.isLoose else { return }
        let key = Lane(entry.ticket)
        guard var lane = lanes[key], let place = lane.firstIndex(of: entry.ticket.number) else {
            return
        }
        lane.remove(at: place)
        lanes[key] = lane.isEmpty ? nil : lane
        if place == 0, let next = lane.first { offer(next, now: now) }
    }

    // MARK: Choosing

    /// What to do next; call it until it answers `wait` or `idle`.
    mutating func next(now: Int64) -> Choice {
        // Those that are gone are dropped on the way, so that nobody is woken for them.
        while let key = later.first, key.first <= now || entries[key.number] == nil {
            _ = later.removeFirst()
            wake(key.number, now: now)
        }
        guard inFlight < rules.inFlight else { return waiting(for: nil) }
        var earliest = callForProbes(now: now)
        // The oldest first, of whichever number: a probe is one message of many numbers.
        let order = ready.filter { !$0.value.isEmpty }.sorted {
            ($0.value.first ?? 0) < ($1.value.first ?? 0)
        }
        for (from, _) in order {
            while let number = ready[from]?.first {
                guard let entry = entries[number], !entry.isInFlight, isItsTurn(entry),
                    entry.readyAt <= now
                else {
                    ready[from]?.removeFirst()
                    continue
                }
                if let time = closed(for: entry.ticket, now: now) {
                    earliest = min(earliest ?? time, time)
                    break
                }
                ready[from]?.removeFirst()
                if let time = closedForPair(entry.ticket, now: now) {
                    later.insert(Key(first: time, number: number))
                    continue
                }
                if let problem = heldTemplate(entry.ticket, now: now) {
                    park(number, now: now)
                    return .hold(entry.ticket, problem)
                }
                go(number, now: now)
                return .send(entry.ticket)
            }
        }
        return waiting(for: earliest)
    }

    private func waiting(for time: Int64?) -> Choice {
        let times = [time, later.first?.first].compactMap { $0 }
        return times.min().map { .wait(until: $0) } ?? .idle
    }

    /// Until when nothing of that number goes; nil when it may.
    private func closed(for ticket: Ticket, now: Int64) -> Int64? {
        var until = max(usageAllows(now: now), doubts[ticket.from]?.closedUntil ?? 0)
        for scope in [SendScope.token, .account, .number(ticket.from)] {
            guard let gate = gates[scope] else { continue }
            until = max(until, gate.slowUntil)
            if let pause = gate.pause {
                until = max(until, pause.probe == nil ? pause.nextProbe : .max)
            }
        }
        if rules.isPaced, let pace = numberPaces[ticket.from] {
            until = max(until, pace.earliest(rules.number).milliseconds)
        }
        return until > now ? until : nil
    }

    private func closedForPair(_ ticket: Ticket, now: Int64) -> Int64? {
        let pair = SendScope.pair(ticket.from, ticket.person)
        var until = gates[pair]?.slowUntil ?? 0
        if rules.isPaced, let pace = pairPaces[pair] {
            until = max(until, pace.earliest(rules.pair).milliseconds)
        }
        return until > now ? until : nil
    }

    private func heldTemplate(_ ticket: Ticket, now: Int64) -> Problem? {
        guard let template = ticket.template, let pause = gates[.template(template)]?.pause,
            pause.probe != nil || pause.nextProbe > now
        else { return nil }
        return pause.problem
    }

    /// Puts a message with the others that are held for its template.
    mutating func park(_ number: Int64, now: Int64) {
        guard let ticket = entries[number]?.ticket, let template = ticket.template else { return }
        remove(number, now: now)
        parked[template, default: []].append(ticket)
    }

    /// Takes a message out of those that are held for its template.
    mutating func forget(_ ticket: Ticket) {
        guard let template = ticket.template else { return }
        parked[template]?.removeAll { $0.number == ticket.number }
        if parked[template]?.isEmpty == true { parked[template] = nil }
    }

    private mutating func go(_ number: Int64, now: Int64) {
        guard var entry = entries[number] else { return }
        let ticket = entry.ticket
        entry.isInFlight = true
        if entry.holdsBackSince == nil {
            entry.holdsBackSince = now
            later.insert(Key(first: now + rules.longestHoldingBack, number: number))
        }
        entries[number] = entry
        inFlight += 1
        ready[ticket.from]?.went(priority: ticket.priority)
        takeUsage(now: now)
        if doubts[ticket.from]?.isOutage == true { doubts[ticket.from]?.probe = number }
        for scope in scopes(of: ticket) where gates[scope]?.pause != nil {
            gates[scope]?.pause?.probe = number
        }
        guard rules.isPaced else { return }
        numberPaces[ticket.from, default: Pace()].take(rules.number, now: now * 1_000)
        if pairPaces.count > Self.keptPairs {
            pairPaces = pairPaces.filter { $0.value.fullAt > now * 1_000 }
        }
        pairPaces[.pair(ticket.from, ticket.person), default: Pace()]
            .take(rules.pair, now: now * 1_000)
    }

    /// Lets one of those that are held for a template try whether it is cured; answers when that is next due.
    private mutating func callForProbes(now: Int64) -> Int64? {
        var earliest: Int64?
        for (template, tickets) in parked {
            guard let pause = gates[.template(template)]?.pause, pause.probe == nil,
                let ticket = tickets.first
            else { continue }
            if pause.nextProbe > now {
                earliest = min(earliest ?? .max, pause.nextProbe)
            } else if !entries.values.contains(where: { $0.ticket.template == template }) {
                parked[template]?.removeFirst()
                add(ticket, now: now)
            }
        }
        return earliest
    }

    /// The time of a message has come: of its backoff, or of holding others back.
    private mutating func wake(_ number: Int64, now: Int64) {
        guard var entry = entries[number] else { return }
        if !entry.isLoose, let since = entry.holdsBackSince,
            now - since >= rules.longestHoldingBack
        {
            if fareAlike(with: entry.ticket, now: now) {
                tryInstead(&entry, now: now)
            } else {
                leaveLane(entry, now: now)
                entry.isLoose = true
            }
            entries[number] = entry
        }
        offer(number, now: now)
    }

    /// Lets a message keep its place: those behind it wait for its next try, which comes at once.
    private mutating func tryInstead(_ entry: inout Entry, now: Int64) {
        entry.holdsBackSince = now
        later.insert(Key(first: now + rules.longestHoldingBack, number: entry.ticket.number))
        // What holds nobody back has time.
        guard !entry.isInFlight, lanes[Lane(entry.ticket)]?.count ?? 0 > 1 else { return }
        entry.readyAt = min(entry.readyAt, now)
    }

    /// Whether no message of that number would go: none is to blame for those behind it.
    private func fareAlike(with ticket: Ticket, now: Int64) -> Bool {
        if outages[ticket.from]?.isOfAll == true || doubts[ticket.from]?.isOutage == true {
            return true
        }
        return scopes(of: ticket).contains { scope in
            gates[scope].map { $0.pause != nil || $0.slowUntil > now } ?? false
        }
    }

    // MARK: When it may go

    /// About when a message will go (boot clock, ms), as far as pacing, pauses and backoff tell.
    func expected(_ number: Int64, now: Int64) -> Int64? {
        guard let entry = entries[number], !entry.isInFlight else { return nil }
        let ticket = entry.ticket
        var time = max(entry.readyAt, usageAllows(now: now), doubts[ticket.from]?.until ?? 0)
        for scope in scopes(of: ticket) {
            time = max(time, gates[scope]?.slowUntil ?? 0, gates[scope]?.pause?.nextProbe ?? 0)
        }
        guard rules.isPaced else { return time }
        let ahead = lanes[Lane(ticket)]?.firstIndex(of: number) ?? 0
        let pair = pairPaces[.pair(ticket.from, ticket.person)] ?? Pace()
        let pace = numberPaces[ticket.from] ?? Pace()
        let queue = Int64(ready[ticket.from]?.ahead(ofPriority: ticket.priority) ?? 0)
        return max(
            time,
            pair.earliest(rules.pair, after: Int64(ahead), now: now * 1_000).milliseconds,
            pace.earliest(rules.number, after: queue, now: now * 1_000).milliseconds)
    }
}

extension Int64 {
    /// Of microseconds, rounded up: never too early.
    fileprivate var milliseconds: Int64 { (self + 999) / 1_000 }
}
