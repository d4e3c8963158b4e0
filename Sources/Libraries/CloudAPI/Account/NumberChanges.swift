import JSON

/// `phone_number_quality_update`: the number's rating or limit changed.
package struct NumberQuality: Hashable, Sendable {
    package let displayNumber: String
    /// ONBOARDING, THROUGHPUT_UPGRADE; older: FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE.
    package let event: String
    /// `TIER_…`, as received.
    package let limit: String?
    package let oldLimit: String?

    init?(_ value: JSONValue) {
        guard let event = value["event"]?.nonEmptyString else { return nil }
        self.event = event
        displayNumber = value["display_phone_number"]?.identifier ?? ""
        limit =
            (value["max_daily_conversations_per_business"] ?? value["current_limit"])?.identifier
        oldLimit = value["old_limit"]?.identifier
    }
}

/// `phone_number_name_update`: how a review of the shown name ended.
package struct NumberName: Hashable, Sendable {
    package let displayNumber: String
    /// APPROVED, DEFERRED, PENDING or REJECTED.
    package let decision: String
    package let name: String?
    package let reason: String?

    init?(_ value: JSONValue) {
        guard let decision = value["decision"]?.nonEmptyString else { return nil }
        self.decision = decision
        displayNumber = value["display_phone_number"]?.identifier ?? ""
        name = value["requested_verified_name"]?.nonEmptyString
        reason = value["rejection_reason"]?.nonEmptyString
    }
}

/// `business_username_update`.
package struct BusinessUsername: Hashable, Sendable {
    package let displayNumber: String
    package let username: String?
    /// approved, deleted or reserved.
    package let status: String

    init?(_ value: JSONValue) {
        guard let status = value["status"]?.nonEmptyString else { return nil }
        self.status = status
        displayNumber = value["display_phone_number"]?.identifier ?? ""
        username = value["username"]?.nonEmptyString
    }
}

/// `security`: somebody touched the number's two-step PIN.
package struct SecurityNotice: Hashable, Sendable {
    package let displayNumber: String
    /// PIN_CHANGED, PIN_RESET_REQUEST or PIN_REQUEST_SUCCESS.
    package let event: String
    /// Meta's id of who asked for it.
    package let requester: String?

    init?(_ value: JSONValue) {
        guard let event = value["event"]?.nonEmptyString else { return nil }
        self.event = event
        displayNumber = value["display_phone_number"]?.identifier ?? ""
        requester = value["requester"]?.identifier
    }
}
