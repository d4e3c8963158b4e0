import JSON

/// `account_update`: something was done to the account.
package struct AccountUpdate: Hashable, Sendable {
    /// Meta's word, such as ACCOUNT_RESTRICTION or DISABLED_UPDATE.
    package let event: String
    package let restrictions: [Restriction]
    /// ACCOUNT_VIOLATION: which rule.
    package let violation: String?
    /// DISABLED_UPDATE: DISABLE, REINSTATE or SCHEDULE_FOR_DISABLE.
    package let banState: String?
    package let banDate: String?

    package struct Restriction: Hashable, Sendable {
        package let type: String
        /// Unix seconds.
        package let expiresAt: Int64?
    }

    init?(_ value: JSONValue) {
        guard let event = value["event"]?.nonEmptyString else { return nil }
        self.event = event
        restrictions = (value["restriction_info"]?.elements ?? []).map { info in
            Restriction(
                type: info["restriction_type"]?.nonEmptyString ?? "",
                expiresAt: UnixSeconds.read(info["expiration"]))
        }
        violation = value["violation_info"]?["violation_type"]?.nonEmptyString
        let ban = value["ban_info"]
        banState = ban?["waba_ban_state"].flatMap { $0.elements?.first ?? $0 }?.nonEmptyString
        banDate = ban?["waba_ban_date"]?.nonEmptyString
    }
}

/// `account_alerts`.
package struct AccountAlert: Hashable, Sendable {
    /// Meta's word, such as BUSINESS or PHONE_NUMBER.
    package let entityType: String
    package let entityID: String
    /// Meta's word for what it is about.
    package let type: String
    /// CRITICAL, WARNING or INFORMATIONAL.
    package let severity: String
    /// ACTIVE, or NONE once it is over.
    package let status: String
    package let details: String?

    init?(_ value: JSONValue) {
        let info = value["alert_info"] ?? value
        guard let type = info["alert_type"]?.nonEmptyString else { return nil }
        self.type = type
        entityType = value["entity_type"]?.nonEmptyString ?? ""
        entityID = value["entity_id"]?.identifier ?? ""
        severity = info["alert_severity"]?.nonEmptyString ?? ""
        status = info["alert_status"]?.nonEmptyString ?? ""
        details = info["alert_description"]?.nonEmptyString
    }
}

/// `business_capability_update`: how many people may be written to in a day.
package struct BusinessCapability: Hashable, Sendable {
    /// A number as text, or `TIER_…`, as received; `-1` is no limit.
    package let dailyLimit: String?
    package let numbersPerBusiness: Int64?
    package let numbersPerAccount: Int64?

    init(_ value: JSONValue) {
        dailyLimit =
            (value["max_daily_conversations_per_business"]
            ?? value["max_daily_conversation_per_phone"])?.identifier
        numbersPerBusiness = value["max_phone_numbers_per_business"]?.integer
        numbersPerAccount = value["max_phone_numbers_per_waba"]?.integer
    }
}

/// `flows`: a flow's status, or how its endpoint does.
package struct FlowAlert: Hashable, Sendable {
    package let flowID: String
    /// Meta's word, such as FLOW_STATUS_CHANGE or ENDPOINT_ERROR_RATE.
    package let event: String
    /// Meta's word, such as PUBLISHED, THROTTLED or BLOCKED.
    package let newStatus: String?
    /// ACTIVATED or DEACTIVATED.
    package let state: String?
    package let message: String?

    init?(_ value: JSONValue) {
        guard let event = value["event"]?.nonEmptyString else { return nil }
        self.event = event
        flowID = value["flow_id"]?.identifier ?? ""
        newStatus = value["new_status"]?.nonEmptyString
        state = value["alert_state"]?.nonEmptyString
        message = value["message"]?.nonEmptyString
    }
}
