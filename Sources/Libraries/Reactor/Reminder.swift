/// Says whether it is time to say again what lasts: at once, and then once a minute.
package struct Reminder: Sendable {
    /// Often enough to be found in a log, seldom enough to fill none.
    package static let interval = Duration.seconds(60)

    private var last: ContinuousClock.Instant?

    package init() {}

    /// True when it has not been true for a minute; then the minute begins anew.
    package mutating func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
        if let last, now - last < Self.interval { return false }
        last = now
        return true
    }
}
