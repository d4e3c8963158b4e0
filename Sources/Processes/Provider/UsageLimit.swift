/// How much of one of Meta's limits is used, and how fast its scope may go for that: a value without clock.
///
/// From 80 % on the rest is shared out: at 90 % half the pace is left, at 95 % a quarter. At 100 % nothing
/// goes until Meta expects to take requests again, and then a trickle until an answer says less.
struct UsageLimit: Hashable, Sendable {
    enum Level: Hashable, Sendable { case free, slowed, stopped }

    /// Percent (WA §11.4).
    static let slowsFrom: Int64 = 80
    private static let full: Int64 = 100
    /// Milliseconds after which a figure says nothing: Meta counts over an hour.
    static let memory: Int64 = 3_600_000
    /// Milliseconds to wait at 100 %: when Meta doesn't say how long, and however long it says, since
    /// an estimate may be wrong and only an answer can correct it.
    static let shortestStop: Int64 = 60_000
    static let longestStop: Int64 = 3_600_000

    private(set) var percent: Int64 = 0
    private var heardAt: Int64 = 0
    private var stoppedUntil: Int64 = 0
    private var pace = Pace()

    /// An answer says what the limit has come to; times are of the boot clock in ms.
    mutating func heard(percent: Int, regainedIn wait: Int64?, now: Int64) {
        (self.percent, heardAt) = (Int64(percent), now)
        stoppedUntil = 0
        guard self.percent >= Self.full else { return }
        stoppedUntil =
            now + min(max(wait ?? Self.shortestStop, Self.shortestStop), Self.longestStop)
    }

    func level(now: Int64) -> Level {
        if stoppedUntil > now { return .stopped }
        return percent >= Self.slowsFrom && now - heardAt < Self.memory ? .slowed : .free
    }

    /// When one may go, in ms; `perSecond` is what would go without the limit.
    func earliest(perSecond: Int64, now: Int64) -> Int64 {
        switch level(now: now) {
        case .free: now
        case .slowed: (pace.earliest(rate(perSecond)) + 999) / 1_000
        case .stopped: stoppedUntil
        }
    }

    /// One goes now.
    mutating func take(perSecond: Int64, now: Int64) {
        guard level(now: now) == .slowed else { return }
        pace.take(rate(perSecond), now: now * 1_000)
    }

    private func rate(_ perSecond: Int64) -> Pace.Rate {
        let left = max(1, Self.full - percent)
        return Pace.Rate(
            interval: 1_000_000 * (Self.full - Self.slowsFrom) / (perSecond * left), burst: 1)
    }
}
