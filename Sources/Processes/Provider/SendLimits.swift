internal import Daemon

// How far sending may go, as the settings say it.

extension MessageSender.Rules {
    private static let age = "GATEWAY_SEND_MAX_AGE_HOURS"
    private static let attempts = "GATEWAY_SEND_MAX_ATTEMPTS"
    private static let rate = "GATEWAY_NUMBER_RATE"
    private static let pacing = "GATEWAY_PACING"

    /// Meta itself gives up on delivering a message after 30 days.
    private static let hours = 1...(30 * 24)
    /// Meta's highest throughput of a number, messages a second.
    private static let highestRate = 1_000

    private enum Pacing: String, CaseIterable { case on, off }

    /// Reads and checks them.
    ///
    /// - Throws: `SettingError`.
    init(_ surroundings: Surroundings) throws(SettingError) {
        self.init()
        dispatch.isPaced = try surroundings.choice(Self.pacing, default: Pacing.on) == .on
        dispatch.perSecond = Int64(
            try surroundings.integer(Self.rate, default: 80, in: 1...Self.highestRate))
        let hours = try surroundings.integer(Self.age, default: 24, in: Self.hours)
        longestAge = Int64(hours) * 3_600 * 1_000
        let attempts = try surroundings.integer(Self.attempts, default: 0, in: 0...1_000)
        mostFailures = attempts == 0 ? nil : attempts
        allowList = try AllowList(surroundings.value(AllowList.setting))
    }
}
