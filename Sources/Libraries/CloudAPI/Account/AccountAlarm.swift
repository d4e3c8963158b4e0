/// What an event of the account means for whoever runs it: trouble with a cure, or the end of one.
///
/// Events of one subject supersede one another by Meta's time.
package struct AccountAlarm: Hashable, Sendable {
    /// What the trouble is with; the same for an event and its opposite.
    package let subject: String
    package let state: State

    package enum State: Hashable, Sendable {
        case cleared
        case raised(Trouble)
    }

    package struct Trouble: Hashable, Sendable, Codable {
        package let kind: Kind
        /// One sentence.
        package let text: String
        /// Unix seconds after which it is over by itself.
        package let until: Int64?
    }

    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing, or not everything, can be sent.
        case accountBlocked = "account_blocked"
        case accountAlert = "account_alert"
        case templateStopped = "template_stopped"
        case qualityLow = "quality_low"
        case numberSecurity = "number_security"
    }

    /// How long an event without an opposite is shown, in seconds: a week, so that a weekend hides none.
    package static let shownFor: Int64 = 7 * 24 * 60 * 60

    private init(_ subject: String, _ state: State) {
        self.subject = subject
        self.state = state
    }

    fileprivate static func cleared(_ subject: String) -> AccountAlarm {
        AccountAlarm(subject, .cleared)
    }

    fileprivate static func raised(
        _ subject: String, _ kind: Kind, _ text: String, until: Int64? = nil
    ) -> AccountAlarm {
        AccountAlarm(subject, .raised(Trouble(kind: kind, text: text, until: until)))
    }
}

extension AccountEvent {
    /// Nil when it neither raises nor clears anything.
    package var alarm: AccountAlarm? {
        switch news {
        case .templateStatus(let change): Self.alarm(change)
        case .templateQuality(let change):
            change.new == "RED"
                ? .raised(
                    "template quality \(change.template.key)", .qualityLow,
                    "The quality of \(change.template.text) is RED.")
                : .cleared("template quality \(change.template.key)")
        case .account(let update): alarm(update)
        case .alert(let alert): Self.alarm(alert)
        case .review(let decision):
            decision == "REJECTED"
                ? .raised(
                    "review \(wabaID)", .accountBlocked,
                    "Meta rejected the account in its review.")
                : .cleared("review \(wabaID)")
        case .numberQuality(let quality): Self.alarm(quality)
        case .numberName(let name):
            name.decision == "REJECTED"
                ? .raised(
                    "name \(name.displayNumber)", .accountAlert,
                    "Meta rejected the name that a number shows"
                        + (name.reason.map { ": \($0)." } ?? "."))
                : .cleared("name \(name.displayNumber)")
        case .security(let notice):
            .raised(
                "security \(notice.displayNumber)", .numberSecurity,
                "The two-step PIN of a number: \(notice.event).",
                until: time.map { $0 + AccountAlarm.shownFor })
        case .flow(let alert): Self.alarm(alert)
        case .templateContent, .templateCategory, .capability, .businessUsername, .preferences,
            .userIDs, .addressBook, .groups, .calls, .history, .other:
            nil
        }
    }

    private static func alarm(_ change: TemplateStatusChange) -> AccountAlarm? {
        let subject = "template \(change.template.key)"
        switch change.event {
        case "PAUSED", "DISABLED", "REJECTED", "FLAGGED", "LIMIT_EXCEEDED", "LOCKED":
            let why = [change.title, change.reason, change.details].compactMap { $0 }
            let reason = why.isEmpty ? "" : ": " + why.joined(separator: ", ")
            return .raised(
                subject, .templateStopped, "\(change.template.text) is \(change.event)\(reason).")
        case "APPROVED", "REINSTATED", "UNPAUSED", "ARCHIVED", "UNARCHIVED", "DELETED",
            "PENDING_DELETION", "PENDING", "IN_APPEAL":
            return .cleared(subject)
        default: return nil
        }
    }

    private func alarm(_ update: AccountUpdate) -> AccountAlarm? {
        switch update.event {
        case "DISABLED_UPDATE":
            let subject = "ban \(wabaID)"
            switch update.banState {
            case "REINSTATE"?: return .cleared(subject)
            case let state?:
                let day = update.banDate.map { " (\($0))" } ?? ""
                return .raised(
                    subject, .accountBlocked, "Meta disables the account: \(state)\(day).")
            case nil: return nil
            }
        case "ACCOUNT_DELETED":
            return .raised("ban \(wabaID)", .accountBlocked, "The account was deleted.")
        case "ACCOUNT_RESTRICTION":
            let types = update.restrictions.map(\.type).filter { !$0.isEmpty }
            // One that never ends outlasts all others.
            let ends = update.restrictions.map(\.expiresAt)
            return .raised(
                "restriction \(wabaID)", .accountBlocked,
                "Meta restricts the account"
                    + (types.isEmpty ? "." : ": \(types.joined(separator: ", "))."),
                until: ends.contains(nil) ? nil : ends.compactMap { $0 }.max())
        case "ACCOUNT_VIOLATION":
            return .raised(
                "violation \(wabaID)", .accountAlert,
                "The account broke a rule of Meta's"
                    + (update.violation.map { ": \($0)." } ?? "."),
                until: time.map { $0 + AccountAlarm.shownFor })
        case "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED":
            return .raised(
                "link \(wabaID)", .accountAlert,
                "The account was taken from this app: \(update.event).")
        case "ACCOUNT_RECONNECTED", "PARTNER_ADDED", "PARTNER_APP_INSTALLED":
            return .cleared("link \(wabaID)")
        default: return nil
        }
    }

    private static func alarm(_ alert: AccountAlert) -> AccountAlarm? {
        let subject = "alert \(alert.entityID) \(alert.type)"
        guard alert.status != "NONE" else { return .cleared(subject) }
        guard alert.severity == "CRITICAL" else { return nil }
        return .raised(
            subject, .accountAlert,
            "Meta alerts: \(alert.type)" + (alert.details.map { ", \($0)" } ?? "."))
    }

    private static func alarm(_ quality: NumberQuality) -> AccountAlarm? {
        let subject = "quality \(quality.displayNumber)"
        switch quality.event {
        case "FLAGGED", "DOWNGRADE":
            return .raised(
                subject, .qualityLow, "The quality of a number is low: \(quality.event).")
        case "UNFLAGGED", "UPGRADE", "ONBOARDING", "THROUGHPUT_UPGRADE": return .cleared(subject)
        default: return nil
        }
    }

    private static func alarm(_ alert: FlowAlert) -> AccountAlarm? {
        if let status = alert.newStatus {
            let subject = "flow \(alert.flowID)"
            guard ["BLOCKED", "THROTTLED"].contains(status) else { return .cleared(subject) }
            return .raised(subject, .accountAlert, "Flow \(alert.flowID) is \(status).")
        }
        let subject = "flow \(alert.flowID) \(alert.event)"
        switch alert.state {
        case "ACTIVATED"?:
            return .raised(
                subject, .accountAlert, "Flow \(alert.flowID): \(alert.message ?? alert.event)")
        case "DEACTIVATED"?: return .cleared(subject)
        default: return nil
        }
    }
}
