internal import Daemon

/// What inbox is told at its start.
struct InboxSettings: Hashable, Sendable {
    /// Days after which messages go; nil: never.
    let keepDays: Int?

    private static let keep = "GATEWAY_KEEP_DAYS"
    private static let journal = "GATEWAY_JOURNAL_DAYS"
    /// A hundred years.
    private static let most = 36_500

    /// Reads and checks them.
    ///
    /// - Throws: `SettingError`.
    init(_ surroundings: Surroundings) throws(SettingError) {
        let journalDays = try surroundings.integer(Self.journal, default: 7, in: 1...3_650)
        guard let given = surroundings.value(Self.keep) else {
            keepDays = nil
            return
        }
        let days = try surroundings.integer(Self.keep, default: 0, in: 1...Self.most)
        // A journal that has an entry may ship it again: what went would be back.
        guard days >= journalDays else {
            throw SettingError(
                Self.keep, "is \(given), and \(Self.journal) is \(journalDays)",
                cure: "keep at least as long as the journals, or lower \(Self.journal) too")
        }
        keepDays = days
    }
}
