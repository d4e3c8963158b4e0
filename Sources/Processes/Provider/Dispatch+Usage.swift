// What Meta's rate headers say of the scopes: they slow down before Meta has to refuse.

extension Dispatch {
    /// Another level of a limit than the one that was said last.
    struct UsageChange: Hashable, Sendable {
        let scope: SendScope
        let percent: Int64
        let level: UsageLimit.Level
    }

    /// Takes note of what an answer says is used up; answers what that changes.
    mutating func heed(_ usage: GraphUsage, now: Int64) -> [UsageChange] {
        var changes: [UsageChange] = []
        // Which of several accounts it is that we send for, the answer does not say.
        let ofAccount = usage.businesses.values.max { $0.percent < $1.percent }
        for (scope, share) in [(SendScope.token, usage.app), (.account, ofAccount)] {
            guard let share else { continue }
            var limit = usages[scope] ?? UsageLimit()
            let before = limit.level(now: now)
            limit.heard(
                percent: share.percent,
                regainedIn: share.regainedIn.map { Int64($0 / .milliseconds(1)) }, now: now)
            let level = limit.level(now: now)
            usages[scope] = level == .free ? nil : limit
            guard level != before else { continue }
            changes.append(UsageChange(scope: scope, percent: limit.percent, level: level))
        }
        return changes
    }

    /// When the limits let one more go, in ms; they are of everything that is sent.
    func usageAllows(now: Int64) -> Int64 {
        usages.values.map { $0.earliest(perSecond: rules.perSecond, now: now) }.max() ?? now
    }

    mutating func takeUsage(now: Int64) {
        for scope in usages.keys { usages[scope]?.take(perSecond: rules.perSecond, now: now) }
    }

    /// The limits that slow something down.
    func slowed(now: Int64) -> [UsageChange] {
        usages.compactMap { scope, limit in
            let level = limit.level(now: now)
            guard level != .free else { return nil }
            return UsageChange(scope: scope, percent: limit.percent, level: level)
        }
    }
}
