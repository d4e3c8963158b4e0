import JSON

/// What WhatsApp itself tells about a person: a new number, a new user id, a new key.
package struct SystemNotice: Hashable, Sendable {
    /// Meta's word, as received.
    package let type: String
    package let kind: Kind
    /// A sentence of WhatsApp's.
    package let body: String?
    /// Where the person is now, as far as it is told: digits.
    package let newWaID: String?
    package let newUserID: String?
    package let newParentUserID: String?
    /// Not on Meta's page, seen in payloads.
    package let previousUserID: String?

    package enum Kind: Hashable, Sendable {
        /// Also told in the form of user ids.
        case numberChanged
        case identityChanged
        /// A word that is new to us.
        case other
    }

    init(_ content: JSONValue) {
        type = content["type"]?.nonEmptyString ?? ""
        kind =
            switch type {
            case "user_changed_number", "customer_changed_number", "user_changed_user_id":
                .numberChanged
            case "customer_identity_changed", "user_identity_changed": .identityChanged
            default: .other
            }
        body = content["body"]?.nonEmptyString
        let address = (content["wa_id"] ?? content["new_wa_id"])?.identifier
        newWaID = address.flatMap { UserID.looksLikeOne($0) ? nil : $0 }
        newUserID =
            content["user_id"]?.identifier
            ?? address.flatMap { UserID.looksLikeOne($0) ? $0 : nil }
        newParentUserID = content["parent_user_id"]?.identifier
        previousUserID = content["previous_user_id"]?.identifier
    }

    /// What is shown where WhatsApp wrote no sentence.
    var label: String {
        switch kind {
        case .numberChanged: "Number changed"
        case .identityChanged: "Security code changed"
        case .other: type.isEmpty ? "System message" : type
        }
    }
}
