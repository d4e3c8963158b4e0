internal import Daemon
internal import Journal
internal import Wire

/// What provider is told at its start.
struct ProviderSettings: Hashable, Sendable {
    /// The account that statuses of stub mode come from.
    let businessAccountID: String
    /// The account whose templates sends are checked against; nil in stub, and when none is named.
    let templateAccount: String?
    /// The numbers that may send: in live the configured ones, the first by default; in stub any.
    let numbers: Numbers
    /// How Graph is reached; nil in stub.
    let graph: GraphSettings?
    /// How fast, how long and to whom messages go out in live.
    let sending: MessageSender.Rules
    /// How long shipped entries and settled messages stay.
    let journalDays: Int
    /// Bytes that files may have together.
    let mediaLimit: Int64

    private static let token = "WHATSAPP_ACCESS_TOKEN"
    private static let number = "WHATSAPP_PHONE_NUMBER_ID"
    private static let account = "WHATSAPP_BUSINESS_ACCOUNT_ID"

    /// Reads and checks them.
    ///
    /// - Throws: `SettingError`.
    init(_ surroundings: Surroundings) throws(SettingError) {
        let hasToken = surroundings.has(Self.token)
        let hasNumber = surroundings.has(Self.number)
        guard hasToken == hasNumber else {
            let (given, missing) = hasToken ? (Self.token, Self.number) : (Self.number, Self.token)
            throw SettingError(
                missing, "is not set, but \(given) is", cure: "set both for live, none for stub")
        }
        guard try surroundings.mode() == (hasToken ? .live : .stub) else {
            throw SettingError(
                "GATEWAY_MODE", "contradicts \(Self.token) and \(Self.number)",
                cure: "leave it to ./run.sh: both of them select live, neither stub")
        }
        let account = surroundings.value(Self.account)
        businessAccountID = account ?? StubAccount.businessAccountID
        templateAccount = hasToken ? account : nil
        if let templateAccount, !templateAccount.isGraphID {
            throw SettingError(
                Self.account, "is \"\(templateAccount)\"",
                cure: "use the id of the WhatsApp account, digits only")
        }
        numbers = try surroundings.value(Self.number).map(Self.numbers) ?? .any
        graph = hasToken ? try GraphSettings(surroundings) : nil
        sending = try MessageSender.Rules(surroundings)
        // 10 GiB by default: at 200 KB a file some 50,000 of them.
        mediaLimit =
            Int64(try surroundings.integer("GATEWAY_MEDIA_MB", default: 10_240, in: 1...10_000_000))
            << 20
        journalDays = try surroundings.integer("GATEWAY_JOURNAL_DAYS", default: 7, in: 1...3_650)
    }

    /// A comma-separated list of ids.
    private static func numbers(_ list: String) throws(SettingError) -> Numbers {
        let ids = list.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        // Meta's ids are digits; anything else is a number with its +, or a name.
        let areIDs = ids.allSatisfy {
            !$0.isEmpty && $0.utf8.count <= SendBody.longestNumberID
                && $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        }
        guard areIDs, Set(ids).count == ids.count else {
            throw SettingError(
                number, "is \"\(list)\"",
                cure: "give the phone number id as Meta's dashboard shows it, several with commas")
        }
        return .these(ids)
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

/// The phone number ids that a message may be sent from.
enum Numbers: Hashable, Sendable {
    case any
    /// At least one.
    case these([String])

    /// Those that are named; none in stub.
    var configured: [String] {
        switch self {
        case .any: []
        case .these(let ids): ids
        }
    }

    /// The number that sends: the one that was asked for, else the default.
    ///
    /// - Throws: `Problem` of status 400 for one that is not ours.
    func sender(_ wanted: String?) throws(Problem) -> String {
        switch self {
        case .any: return wanted ?? StubAccount.phoneNumberID
        case .these(let ids):
            guard let wanted else { return ids.first ?? "" }
            guard ids.contains(wanted) else {
                throw .invalid(
                    "from", "from is not one of the configured numbers.",
                    hint: "Use an id of WHATSAPP_PHONE_NUMBER_ID, or leave from out.")
            }
            return wanted
        }
    }
}
