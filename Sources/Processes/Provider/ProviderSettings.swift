internal import Daemon
internal import Journal
internal import Wire

/// What provider is told at its start.
struct ProviderSettings: Hashable, Sendable {
    /// The account that statuses of stub mode come from.
    let businessAccountID: String
    /// The number that sends when a caller names none.
    let defaultNumber: String
    /// How long shipped entries and settled messages stay.
    let journalDays: Int

    private static let token = "WHATSAPP_ACCESS_TOKEN"
    private static let number = "WHATSAPP_PHONE_NUMBER_ID"

    /// Reads and checks them.
    ///
    /// - Throws: `SettingError`; only mode stub is in this release.
    init(_ surroundings: Surroundings) throws(SettingError) {
        let hasToken = surroundings.has(Self.token)
        let hasNumber = surroundings.has(Self.number)
        guard hasToken == hasNumber else {
            let (given, missing) = hasToken ? (Self.token, Self.number) : (Self.number, Self.token)
            throw SettingError(
                missing, "is not set, but \(given) is", cure: "set both for live, none for stub")
        }
        guard try surroundings.mode() == .stub, !hasToken else {
            throw SettingError(
                "\(Self.token) + \(Self.number)",
                "select live, and live sending is not in this release",
                cure: "unset them for stub")
        }
        businessAccountID =
            surroundings.value("WHATSAPP_BUSINESS_ACCOUNT_ID") ?? StubAccount.businessAccountID
        defaultNumber = StubAccount.phoneNumberID
        journalDays = try surroundings.integer("GATEWAY_JOURNAL_DAYS", default: 7, in: 1...3_650)
    }

    var retention: Retention {
        Retention(age: Int64(journalDays) * 24 * 3_600 * 1_000)
    }
}

extension Surroundings {
    /// Whether a secret is given, in either form.
    fileprivate func has(_ name: String) -> Bool {
        value(name) != nil || value("\(name)_FILE") != nil
    }
}
