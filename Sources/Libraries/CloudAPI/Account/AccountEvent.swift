package import JSON

/// A change of any field but messages and echoes: `news` says what was read of it, `raw` has all.
package struct AccountEvent: Hashable, Sendable {
    /// Meta's name, such as `message_template_status_update`.
    package let field: String
    /// Empty when it was not said.
    package let wabaID: String
    /// Empty for what is the account's.
    package let phoneNumberID: String
    /// `entry.time`, else the newest time that the change itself tells; Unix seconds.
    package let time: Int64?
    package let news: AccountNews
    /// The `change`, whole.
    package let raw: JSONValue

    package init(_ change: JSONValue, field: String, wabaID: String, time: Int64?) {
        self.field = field
        self.wabaID = wabaID
        phoneNumberID = change["value"]?["metadata"]?["phone_number_id"]?.identifier ?? ""
        raw = change
        news = change["value"].flatMap { AccountNews(field, $0) } ?? .other
        self.time = time ?? news.latestTime
    }

    /// Whether this release knows what the change tells.
    package var isKnown: Bool { news != .other || Self.keptWhole.contains(field) }

    /// Fields that have a name here and nothing that is read of them.
    private static let keptWhole: Set = [
        "messages", "automatic_events", "tracking", "partner_solutions",
        "payment_configuration_update",
    ]
}

/// What a change tells, by its field (Meta, "Webhooks: fields").
package enum AccountNews: Hashable, Sendable {
    case templateStatus(TemplateStatusChange)
    case templateQuality(TemplateQualityChange)
    case templateContent(TemplateContent)
    case templateCategory(TemplateCategoryChange)
    case account(AccountUpdate)
    case alert(AccountAlert)
    /// The word for how a review of the account ended.
    case review(decision: String)
    case capability(BusinessCapability)
    case numberQuality(NumberQuality)
    case numberName(NumberName)
    case businessUsername(BusinessUsername)
    case security(SecurityNotice)
    case preferences([UserPreference])
    case userIDs([UserIDChange])
    case addressBook([AddressBookChange])
    case groups([GroupChange])
    case calls([CallEvent])
    case flow(FlowAlert)
    case history([HistoryProgress])
    /// A field that is new to us, or a known one in a shape that is.
    case other

    /// Nil when `value` has not got what makes up that field.
    init?(_ field: String, _ value: JSONValue) {
        guard value.members != nil else { return nil }
        switch field {
        case "message_template_status_update":
            guard let change = TemplateStatusChange(value) else { return nil }
            self = .templateStatus(change)
        case "message_template_quality_update":
            guard let change = TemplateQualityChange(value) else { return nil }
            self = .templateQuality(change)
        case "message_template_components_update":
            guard let content = TemplateContent(value) else { return nil }
            self = .templateContent(content)
        case "template_category_update":
            guard let change = TemplateCategoryChange(value) else { return nil }
            self = .templateCategory(change)
        case "account_update":
            guard let update = AccountUpdate(value) else { return nil }
            self = .account(update)
        case "account_alerts":
            guard let alert = AccountAlert(value) else { return nil }
            self = .alert(alert)
        case "account_review_update":
            guard let decision = value["decision"]?.nonEmptyString else { return nil }
            self = .review(decision: decision)
        case "business_capability_update": self = .capability(BusinessCapability(value))
        case "phone_number_quality_update":
            guard let quality = NumberQuality(value) else { return nil }
            self = .numberQuality(quality)
        case "phone_number_name_update":
            guard let name = NumberName(value) else { return nil }
            self = .numberName(name)
        case "business_username_update":
            guard let name = BusinessUsername(value) else { return nil }
            self = .businessUsername(name)
        case "security":
            guard let notice = SecurityNotice(value) else { return nil }
            self = .security(notice)
        case "flows":
            guard let alert = FlowAlert(value) else { return nil }
            self = .flow(alert)
        default:
            guard let news = Self.list(field, value) else { return nil }
            self = news
        }
    }

    /// The fields whose value is a list of things that happened.
    private static func list(_ field: String, _ value: JSONValue) -> AccountNews? {
        let contacts = value["contacts"]?.elements?.map { Sender(contact: $0) } ?? []
        switch field {
        case "user_preferences":
            return value["user_preferences"]?.elements.map { changes in
                .preferences(changes.map { UserPreference($0, among: contacts) })
            }
        case "user_id_update":
            return value["user_id_update"]?.elements.map { changes in
                .userIDs(changes.map { UserIDChange($0, among: contacts) })
            }
        case "smb_app_state_sync":
            return value["state_sync"]?.elements.map { changes in
                .addressBook(changes.compactMap(AddressBookChange.init))
            }
        case "group_lifecycle_update", "group_participants_update", "group_settings_update",
            "group_status_update":
            return value["groups"]?.elements.map { .groups($0.map(GroupChange.init)) }
        case "calls":
            let calls = (value["calls"]?.elements ?? []) + (value["statuses"]?.elements ?? [])
            return calls.isEmpty ? nil : .calls(calls.map { CallEvent($0, among: contacts) })
        case "history":
            return value["history"]?.elements.map { .history($0.map(HistoryProgress.init)) }
        default: return nil
        }
    }

    /// The newest moment that the news itself tells; Unix seconds.
    fileprivate var latestTime: Int64? {
        switch self {
        case .preferences(let changes): changes.compactMap(\.timestamp).max()
        case .userIDs(let changes): changes.compactMap(\.timestamp).max()
        case .addressBook(let changes): changes.compactMap(\.timestamp).max()
        case .groups(let changes): changes.compactMap(\.timestamp).max()
        case .calls(let calls): calls.compactMap(\.timestamp).max()
        default: nil
        }
    }
}
