internal import Wire

// What the outcome of a try means for the queue: for its message, and for all in the same scope.

extension Dispatch {
    /// Why a message did not go and goes again.
    enum Cause: Hashable, Sendable {
        /// Graph could not be reached; no message is to blame.
        case unreachable
        /// Graph has trouble, with this message or with all.
        case trouble
        /// One of the few tries that Meta grants it (code 1).
        case strike
    }

    /// What failed of a number since its last success.
    struct Outage: Sendable {
        /// Failures in a row that make a number "down".
        private static let certain = 3

        private var failures = 0
        private var messages: Set<Int64> = []
        private var isUnreachable = false

        mutating func add(_ number: Int64, because cause: Cause) {
            failures += 1
            messages.insert(number)
            isUnreachable = cause == .unreachable
        }

        /// Whether the next success calls back what waits.
        var isDown: Bool { failures >= Self.certain }
        /// Whether it is more than the trouble of one or two messages.
        var isOfAll: Bool { isUnreachable || messages.count >= Self.certain }
    }

    /// The scopes that a message is in, the widest first.
    func scopes(of ticket: Ticket) -> [SendScope] {
        [.token, .account, .number(ticket.from), .pair(ticket.from, ticket.person)]
            + (ticket.template.map { [.template($0)] } ?? [])
    }

    /// Meta took it: what was in the way of it is gone.
    ///
    /// - Returns: what was held for its template and may go now.
    mutating func accepted(_ number: Int64, now: Int64) -> [Ticket] {
        guard let ticket = entries[number]?.ticket else { return [] }
        // Only by its probe: another one may have left before the pause began.
        let reopened = scopes(of: ticket).filter { gates[$0]?.pause?.probe == number }
        remove(number, now: now)
        var released: [Ticket] = []
        for scope in reopened { released += open(scope, now: now) }
        for scope in scopes(of: ticket) {
            guard let gate = gates[scope], gate.pause == nil, gate.slowUntil <= now else {
                continue
            }
            gates[scope] = nil
        }
        if outages.removeValue(forKey: ticket.from)?.isDown == true {
            bringForward(ticket.from, now: now)
        }
        return released
    }

    /// It did not go, and goes again after `delay` ms.
    mutating func retry(_ number: Int64, after delay: Int64, because cause: Cause, now: Int64) {
        guard var entry = entries[number] else { return }
        entry.failures += 1
        switch cause {
        case .unreachable, .trouble:
            outages[entry.ticket.from, default: Outage()].add(number, because: cause)
        case .strike: entry.strikes += 1
        }
        entries[number] = entry
        putBack(number, readyAt: now + delay, now: now)
    }

    /// The answer to it was lost: Graph may have it.
    mutating func lost(_ number: Int64, now: Int64, random: Backoff.Random) {
        guard let from = entries[number]?.ticket.from else { return }
        doubts[from, default: Doubt()].add(number, now: now, random: random)
    }

    /// Graph answered to it, whatever it said.
    mutating func answered(_ number: Int64) {
        if let from = entries[number]?.ticket.from { doubts[from] = nil }
    }

    /// How often it failed and was to be tried again.
    func failures(of number: Int64) -> Int { entries[number]?.failures ?? 0 }

    /// Whether it was heard so often of it that the request must be what is wrong; this time included.
    func isStruckOut(_ number: Int64, tries: Int?) -> Bool {
        tries.map { (entries[number]?.strikes ?? 0) + 1 >= $0 } ?? false
    }

    /// How long it could have gone and did not, in ms.
    func age(of number: Int64, now: Int64) -> Int64 {
        entries[number].map { age(of: $0, now: now) } ?? 0
    }

    private func age(of entry: Entry, now: Int64) -> Int64 {
        entry.aged + (entry.agesSince.map { max(0, now - $0) } ?? 0)
    }

    /// Meta wants less of a scope: nothing of it goes for a while.
    ///
    /// - Returns: for how long, in ms.
    @discardableResult
    mutating func throttle(
        _ scope: SendScope, atLeast: Int64 = 0, now: Int64, random: Backoff.Random
    ) -> Int64 {
        var gate = gates[scope] ?? Gate()
        if now >= gate.slowUntil {
            gate.throttles += 1
            let delay =
                if case .pair = scope { Self.pairDelay(gate.throttles) } else {
                    Backoff.delay(after: gate.throttles, random)
                }
            gate.slowUntil = now + max(atLeast, delay)
        } else {
            // Those that were under way together are one throttle.
            gate.slowUntil = max(gate.slowUntil, now + atLeast)
        }
        gates[scope] = gate
        return gate.slowUntil - now
    }

    /// What Meta asks for after code 131056: 4^n seconds, n = 0, 1, 2, and so on.
    private static func pairDelay(_ throttles: Int) -> Int64 {
        min(Backoff.longest, 1_000 << Int64(2 * min(throttles - 1, 8)))
    }

    // MARK: Pauses

    /// Nothing of a scope goes until a probe does.
    ///
    /// The first one goes in `atLeast` ms or later.
    mutating func pause(
        _ scope: SendScope, for problem: Problem, atLeast: Int64 = 0, now: Int64
    ) {
        let isNew = gates[scope]?.pause == nil
        var gate = gates[scope] ?? Gate()
        gate.pause = Gate.Pause(
            problem: problem, nextProbe: now + max(atLeast, rules.probeInterval(of: scope)))
        gates[scope] = gate
        guard isNew else { return }
        for (number, entry) in entries where scope.contains(entry.ticket) {
            guard entry.agesSince != nil else { continue }
            let age = age(of: entry, now: now)
            entries[number]?.aged = age
            entries[number]?.agesSince = nil
        }
    }

    /// Ends the pause of a scope: what waits goes on.
    ///
    /// - Returns: what was held for a template and is to be let go.
    mutating func open(_ scope: SendScope, now: Int64) -> [Ticket] {
        guard gates[scope]?.pause != nil else { return [] }
        gates[scope] = nil
        for (number, entry) in entries where scope.contains(entry.ticket) {
            guard entry.agesSince == nil, pause(of: entry.ticket) == nil else { continue }
            entries[number]?.agesSince = now
        }
        guard case .template(let name) = scope else { return [] }
        return parked.removeValue(forKey: name) ?? []
    }

    /// Why a message of that kind would not go, the widest scope first.
    func pause(of ticket: Ticket) -> Gate.Pause? {
        for scope in scopes(of: ticket) {
            if let pause = gates[scope]?.pause { return pause }
        }
        return nil
    }

    /// Why a caller who waits would wait in vain; nil too when its message is the next probe.
    func obstacle(to ticket: Ticket, now: Int64) -> Problem? {
        for scope in scopes(of: ticket) {
            guard let pause = gates[scope]?.pause else { continue }
            let isProbe = pause.probe == nil && pause.nextProbe <= now
            guard isProbe, !entries.values.contains(where: { scope.contains($0.ticket) }) else {
                return pause.problem
            }
        }
        return nil
    }

    /// All that is paused.
    var pauses: [(scope: SendScope, problem: Problem)] {
        gates.compactMap { scope, gate in gate.pause.map { (scope, $0.problem) } }
    }

    /// Messages of a scope that wait, in the order of intake.
    func waiting(in scope: SendScope) -> [Ticket] {
        entries.values.filter { !$0.isInFlight && scope.contains($0.ticket) }.map(\.ticket)
            .sorted { $0.number < $1.number }
    }

    /// The probe brought no acceptance: another one in a while.
    mutating func endProbe(_ number: Int64, now: Int64) {
        for (from, doubt) in doubts where doubt.probe == number { doubts[from]?.probe = nil }
        for (scope, gate) in gates where gate.pause?.probe == number {
            gates[scope]?.pause?.probe = nil
            // What Meta asked for just now may be longer.
            gates[scope]?.pause?.nextProbe = max(
                gate.pause?.nextProbe ?? 0, now + rules.probeInterval(of: scope))
        }
    }

    /// After an outage what waits for its next try need not wait any longer; pacing still holds.
    private mutating func bringForward(_ from: String, now: Int64) {
        for (number, entry) in entries
        where entry.ticket.from == from && !entry.isInFlight && entry.readyAt > now {
            entries[number]?.readyAt = now
            offer(number, now: now)
        }
    }
}
