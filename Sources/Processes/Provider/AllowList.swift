internal import CloudAPI
internal import Daemon
internal import Wire

/// Whom messages may go to in live: everybody, or those alone whom a setting names.
enum AllowList: Hashable, Sendable {
    static let setting = "GATEWAY_SEND_ONLY_TO"

    case everybody
    /// By what two spellings of one number have in common.
    case only(Set<String>)

    /// Reads a comma-separated list of phone numbers in international form and user ids.
    ///
    /// - Throws: `SettingError`, which says the place of the wrong one and not the number.
    init(_ list: String?) throws(SettingError) {
        guard let list else {
            self = .everybody
            return
        }
        var people: Set<String> = []
        let entries = list.split(separator: ",", omittingEmptySubsequences: false)
        for (index, entry) in entries.enumerated() {
            do throws(RecipientError) {
                people.insert(try PhoneNumber.forSending(String(entry)).partyKey)
            } catch {
                throw SettingError(
                    Self.setting, "entry \(index + 1) of \(entries.count): \(error.message)",
                    cure: "give numbers with + and country code, or user ids, between commas")
            }
        }
        self = .only(people)
    }

    /// Whether a message may go to whoever has that key (`partyKey`).
    func allows(_ key: String) -> Bool {
        switch self {
        case .everybody: true
        case .only(let keys): keys.contains(key)
        }
    }

    /// What health says of it; nil when nobody is left out.
    var condition: Condition? {
        guard case .only(let people) = self else { return nil }
        return Condition(
            "send_only_to", "\(Self.setting) is set: \(people.count) recipients may be sent to",
            hint: "Unset it when the tests are over, then ./run.sh restart provider.")
    }
}

extension MessageSender {
    /// - Throws: `Problem` of status 403 for a message to somebody who may not be sent to.
    nonisolated func check(_ wanted: SendRequest) throws(Problem) {
        // A read mark reaches only whoever wrote to us.
        guard case .message(let body) = wanted else { return }
        guard rules.allowList.allows(body.message.to.partyKey) else { throw .notOnAllowList }
    }
}

extension Problem {
    /// The operator lets messages go to some people only, and this is none of them.
    static var notOnAllowList: Problem {
        Problem(
            .notOnAllowList, status: 403, "This recipient may not be sent to.",
            hint: "Add the recipient to \(AllowList.setting), or unset it; "
                + "then ./run.sh restart provider.",
            field: "to")
    }
}
