package import JSON

/// What became of a message of ours, as one element of `statuses[]` tells it.
package struct MessageStatusUpdate: Hashable, Sendable {
    package let phoneNumberID: String
    /// Empty when it was not said.
    package let wabaID: String
    /// The message; perhaps one that this gateway did not send.
    package let wamid: String
    package let status: CloudStatus
    /// Meta's clock, Unix seconds; nil when absent or unreadable.
    package let timestamp: Int64?
    package let recipient: StatusRecipient
    /// What the send put into `biz_opaque_callback_data`.
    package let callbackData: String?
    package let errors: [CloudError]
    /// `{billable, pricing_model, type, category}`, whole.
    package let pricing: JSONValue?
    /// `{id, expiration_timestamp, origin}`, whole; of free-entry-point messages only since v24.
    package let conversation: JSONValue?
    /// Names that this release does not know.
    package let unknownNames: [UnknownName]
}

/// Meta's word for what happened.
package enum CloudStatus: Hashable, Sendable {
    case sent, delivered, read, played, failed
    /// Only in older payloads; without effect on the state.
    case deleted
    /// A word that is new to us; kept, without effect.
    case other(String)

    package init(name: String) {
        switch name {
        case "sent": self = .sent
        case "delivered": self = .delivered
        case "read": self = .read
        case "played": self = .played
        case "failed": self = .failed
        case "deleted": self = .deleted
        default: self = .other(name)
        }
    }

    package var name: String {
        switch self {
        case .sent: "sent"
        case .delivered: "delivered"
        case .read: "read"
        case .played: "played"
        case .failed: "failed"
        case .deleted: "deleted"
        case .other(let name): name
        }
    }

    /// The state it proves; nil when it proves none.
    package var deliveryState: DeliveryState? {
        switch self {
        case .sent: .sent
        case .delivered: .delivered
        case .read: .read
        case .played: .played
        case .failed: .failed
        case .deleted, .other: nil
        }
    }
}

/// Whom a status is about; every part may be missing.
package struct StatusRecipient: Hashable, Sendable {
    /// Digits, or a group's id when ``isGroup``.
    package let id: String?
    package let userID: String?
    package let parentUserID: String?
    package let isGroup: Bool
    /// The group's member.
    package let participantID: String?
    package let participantUserID: String?

    /// What tells the members of a group apart; empty outside of groups.
    package var participant: String { participantUserID ?? participantID ?? "" }

    init(_ status: JSONValue) {
        let address = status["recipient_id"]?.identifier
        let isUserID = address.map(UserID.looksLikeOne) ?? false
        id = isUserID ? nil : address
        userID = status["recipient_user_id"]?.identifier ?? (isUserID ? address : nil)
        // Meta's page had the second name until 5 May 2026.
        parentUserID =
            status["recipient_parent_user_id"]?.identifier
            ?? status["parent_recipient_user_id"]?.identifier
        isGroup = status["recipient_type"]?.text == "group"
        participantID =
            status["recipient_participant_id"]?.identifier
            ?? status["participant_recipient_id"]?.identifier
        participantUserID = status["recipient_participant_user_id"]?.identifier
    }
}

extension MessageStatusUpdate {
    /// Reads an element of `statuses[]`.
    ///
    /// - Throws: only when its key cannot be made: no object, no id, no status, no number.
    init(_ value: JSONValue, of number: BusinessNumber) throws(ElementError) {
        guard value.members != nil else { throw ElementError(reason: "a status is an object") }
        guard let wamid = value["id"]?.identifier else {
            throw ElementError(reason: "a status has the id of its message")
        }
        guard let name = value["status"]?.nonEmptyString else {
            throw ElementError(reason: "a status says which it is")
        }
        guard let phoneNumberID = number.id else {
            throw ElementError(reason: "metadata names the phone_number_id a status is of")
        }
        self.phoneNumberID = phoneNumberID
        wabaID = number.wabaID
        self.wamid = wamid
        status = CloudStatus(name: name)
        timestamp = UnixSeconds.read(value["timestamp"])
        recipient = StatusRecipient(value)
        callbackData = value["biz_opaque_callback_data"]?.identifier
        errors = CloudError.list(value["errors"])
        pricing = value["pricing"]
        conversation = value["conversation"]
        unknownNames = UnknownName.all(inStatus: value, word: status)
    }
}
