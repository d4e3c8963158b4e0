/// When the list of templates is asked for: each hour, and sooner when it may be old.
///
/// A value without I/O or clock; times are the boot clock in ms. Meta's limit is 200 calls an hour for
/// all that manages an account (Meta, "Rate limits"), and a page of the list is one.
struct TemplateRefresh: Hashable, Sendable {
    /// Between two that nobody asked for.
    static let interval: Int64 = 3_600_000
    /// Between two that webhooks or refusals of Graph's ask for: they come in swarms.
    static let pause: Int64 = 30_000
    /// Between the beginnings of any two.
    static let grain: Int64 = 1_000
    /// Calls that may be made within an hour; the rest of Meta's limit is for others of the account.
    static let callsPerHour = 150
    /// Those of them that callers can use up by what they send.
    static let callsForCallers = 100
    /// After failures: twice as long each time, at most this.
    static let longestBackoff: Int64 = 15 * 60_000
    private static let hour: Int64 = 3_600_000

    private(set) var isUnderWay = false
    /// When the last one began.
    private var begun: Int64?
    /// When the last one began that was wanted.
    private var begunForWant: Int64?
    /// When the next one begins by itself.
    private var next: Int64
    private var isWanted = false
    private var isAsked = false
    private var failures = 0
    /// When calls were made, within the last hour and in order.
    private var calls: [Int64] = []
    /// Calls that the longest of them took, half ones too.
    private var length = 1
    private var callsBefore = 0

    /// The first one begins at `first`.
    init(first: Int64) { next = first }

    /// When it is time for one.
    func due(now: Int64) -> Int64 {
        let earliest = begun.map { $0 + Self.grain } ?? now
        if isAsked { return max(now, earliest) }
        var time = next
        if isWanted {
            time = min(time, max(earliest, begunForWant.map { $0 + Self.pause } ?? now))
        }
        return max(time, affordable(Self.callsPerHour, now: now))
    }

    /// Something says that the list is old.
    mutating func want() { isWanted = true }

    /// Somebody waits for a list that is asked for from now on; answers whether one will be.
    mutating func ask(now: Int64) -> Bool {
        isAsked = isAsked || affordable(Self.callsForCallers, now: now) <= now
        return isAsked
    }

    mutating func begin(now: Int64) {
        if isWanted { begunForWant = now }
        (isUnderWay, isWanted, isAsked, begun) = (true, false, false, now)
        calls.removeAll { $0 <= now - Self.hour }
        callsBefore = calls.count
    }

    /// A call is about to be made.
    mutating func called(now: Int64) { calls.append(now) }

    mutating func succeeded(now: Int64) {
        ended()
        failures = 0
        next = now + Self.interval
    }

    /// `random` spreads what failed together.
    mutating func failed(now: Int64, random: Backoff.Random) {
        ended()
        failures += 1
        let ceiling = min(Self.longestBackoff, Self.pause << Int64(min(failures, 10)))
        next = now + random(ceiling / 2...ceiling)
    }

    private mutating func ended() {
        isUnderWay = false
        length = max(length, calls.count - callsBefore)
    }

    /// Calls within the last hour.
    func calls(now: Int64) -> Int { calls.count { $0 > now - Self.hour } }

    /// When as many calls as one takes are left of `limit` in an hour.
    private func affordable(_ limit: Int, now: Int64) -> Int64 {
        let recent = calls.filter { $0 > now - Self.hour }
        let excess = recent.count + min(length, limit) - limit
        return excess > 0 ? recent[excess - 1] + Self.hour : now
    }
}
