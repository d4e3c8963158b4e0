import CloudAPI
import JSON
import Testing

@Suite("Events of the account, its templates, numbers, people and groups")
struct AccountEventTests {
    private func event(_ fixture: String) throws -> AccountEvent {
        let events = try Fixture(fixture).updates().compactMap {
            if case .account(let event) = $0 { event } else { nil as AccountEvent? }
        }
        return try #require(events.first)
    }

    @Test("a preference says who wants marketing, and since when")
    func preferences() throws {
        guard case .preferences(let changes) = try event("preference-stop").news else {
            Issue.record("no preference")
            return
        }
        let stop = try #require(changes.first)
        #expect(stop.value == "stop" && stop.category == UserPreference.marketing)
        #expect(stop.person.waID == "436605550122" && stop.person.name == "Jana K.")
        #expect(stop.timestamp == 1_790_000_800)
        // Without entry.time, its own time stands in.
        #expect(try event("preference-stop").time == 1_790_000_800)
    }

    @Test("a new user id is told with the old one, the parents' too")
    func userIDs() throws {
        guard case .userIDs(let changes) = try event("user-id-update").news else {
            Issue.record("no change")
            return
        }
        let change = try #require(changes.first)
        #expect(change.previousUserID == "AT.70011223344556677")
        #expect(change.person.userID == "AT.99887766554433221")
        #expect(change.previousParentUserID == "AT.ENT.5544")
        #expect(change.person.parentUserID == "AT.ENT.6655")
        #expect(change.person.waID == "436605550122")
    }

    @Test("cards of the address book come and go")
    func addressBook() throws {
        func change(_ fixture: String) throws -> AddressBookChange? {
            guard case .addressBook(let changes) = try event(fixture).news else { return nil }
            return changes.first
        }
        let added = try #require(try change("state-sync-add"))
        #expect(added.person.name == "Jana Kovar" && added.person.waID == "436605550122")
        #expect(added.person.username == "jana.k" && !added.isRemoved)
        #expect(try change("state-sync-remove")?.isRemoved == true)
    }

    @Test(
        "the four fields about groups name their group",
        arguments: [
            ("group-lifecycle-update", "group_create"),
            ("group-participants-update", "group_participants_add"),
            ("group-settings-update", "group_settings_update"),
            ("group-status-update", "group_suspend"),
        ])
    func groups(fixture: String, type: String) throws {
        guard case .groups(let changes) = try event(fixture).news else {
            Issue.record("no groups")
            return
        }
        #expect(changes.map(\.groupID) == ["Y2FwaV9ncm91cDpERU1P"])
        #expect(changes.map(\.type) == [type])
    }

    @Test(
        "of a call one knows who called, and whom",
        arguments: [
            ("call-from-user", "connect", true), ("call-from-business", "terminate", false),
            ("call-status", "RINGING", false),
        ])
    func calls(fixture: String, event name: String, isFromUser: Bool) throws {
        guard case .calls(let calls) = try event(fixture).news, let call = calls.first else {
            Issue.record("no call")
            return
        }
        #expect(call.event == name && call.isFromUser == isFromUser)
        if name != "RINGING" { #expect(call.person.waID == "436605550122") }
    }

    @Test("templates are named by an id that no double could hold")
    func templates() throws {
        guard case .templateStatus(let paused) = try event("template-paused").news,
            case .templateContent(let content) = try event("template-components").news,
            case .templateCategory(let category) = try event("template-category").news,
            case .templateCategory(let announced) = try event("template-category-announced").news
        else {
            Issue.record("not read")
            return
        }
        #expect(paused.template.id == "910020030040050061")
        #expect(paused.title == "FIRST_PAUSE" && paused.reason == nil)
        #expect(content.body == "Your order {{1}} is ready." && content.footer == "Thank you")
        #expect(category.new == "MARKETING" && category.old == "UTILITY")
        #expect(announced.new == "UTILITY" && announced.correct == "MARKETING")
    }

    @Test("limits are read in the old and the new form")
    func capabilities() throws {
        func limit(_ fixture: String) throws -> String? {
            guard case .capability(let capability) = try event(fixture).news else { return nil }
            return capability.dailyLimit
        }
        #expect(try limit("capability") == "2000")
        #expect(try limit("capability-tier") == "TIER_10K")
        guard case .numberQuality(let quality) = try event("number-quality-upgrade").news,
            case .businessUsername(let name) = try event("business-username").news
        else {
            Issue.record("not read")
            return
        }
        #expect(quality.limit == "TIER_UNLIMITED" && quality.event == "THROUGHPUT_UPGRADE")
        #expect(name.username == "teahouse" && name.status == "approved")
    }

    @Test(
        "an event and its opposite are about one subject; what alarms says what for",
        arguments: [
            ("template-paused", "template_stopped"), ("template-approved", ""),
            ("template-rejected", "template_stopped"), ("template-disabled", "template_stopped"),
            ("template-quality-red", "quality_low"), ("template-quality-green", ""),
            ("account-restricted", "account_blocked"), ("account-violation", "account_alert"),
            ("account-disabled", "account_blocked"), ("account-reinstated", ""),
            ("account-deleted", "account_blocked"), ("account-offboarded", "account_alert"),
            ("account-reconnected", ""), ("account-pricing-tier", nil),
            ("account-alert", "account_alert"), ("account-alert-over", ""),
            ("account-alert-informational", nil), ("account-review-rejected", "account_blocked"),
            ("account-review-approved", ""), ("capability", nil),
            ("number-quality-flagged", "quality_low"), ("number-quality-upgrade", ""),
            ("number-name-rejected", "account_alert"), ("number-name-approved", ""),
            ("security-pin-changed", "number_security"),
            ("security-pin-reset", "number_security"), ("flow-blocked", "account_alert"),
            ("flow-published", ""), ("flow-endpoint-errors", "account_alert"),
            ("field-of-tomorrow", nil), ("preference-stop", nil), ("history-declined", nil),
        ] as [(String, String?)])
    func alarms(fixture: String, kind: String?) throws {
        let alarm = try event(fixture).alarm
        switch alarm?.state {
        case .raised(let trouble)?:
            #expect(trouble.kind.rawValue == kind)
            #expect(trouble.text.hasSuffix(".") || fixture == "account-alert" || kind != nil)
        case .cleared?: #expect(kind == "")
        case nil: #expect(kind == nil)
        }
    }

    @Test(
        "a pair of opposites shares its subject",
        arguments: [
            ("template-paused", "template-approved"),
            ("template-quality-red", "template-quality-green"),
            ("account-disabled", "account-reinstated"),
            ("account-deleted", "account-reinstated"),
            ("account-offboarded", "account-reconnected"), ("account-alert", "account-alert-over"),
            ("account-review-rejected", "account-review-approved"),
            ("number-quality-flagged", "number-quality-upgrade"),
            ("number-name-rejected", "number-name-approved"), ("flow-blocked", "flow-published"),
        ])
    func opposites(trouble: String, end: String) throws {
        #expect(try event(trouble).alarm?.subject == event(end).alarm?.subject)
    }

    @Test("what ends by itself says when: the longest restriction, a week after a PIN was touched")
    func ends() throws {
        func until(_ fixture: String) throws -> Int64? {
            guard case .raised(let trouble)? = try event(fixture).alarm?.state else { return nil }
            return trouble.until
        }
        #expect(try until("account-restricted") == 1_790_172_800)
        #expect(try until("security-pin-changed") == 1_790_001_180 + 604_800)
        #expect(try until("account-disabled") == nil)
    }

    @Test("a field that is new is known as such, and so is one that is kept on purpose")
    func known() throws {
        #expect(try !event("field-of-tomorrow").isKnown)
        #expect(try event("payment-configuration").isKnown)
        #expect(try event("field-of-tomorrow").raw["value"]?["destination"] == "Wien")
    }
}
