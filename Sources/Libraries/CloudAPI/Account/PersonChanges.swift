import JSON

/// An element of `user_preferences[]`: a person does, or does not, want marketing.
package struct UserPreference: Hashable, Sendable {
    package let person: Sender
    /// `marketing_messages`; others may come.
    package let category: String
    /// `stop`, `resume` or `signup`.
    package let value: String
    package let timestamp: Int64?

    /// The only category there is (WA §6).
    package static let marketing = "marketing_messages"

    init(_ value: JSONValue, among contacts: [Sender]) {
        person = Sender(named: value, among: contacts)
        category = value["category"]?.nonEmptyString ?? ""
        self.value = value["value"]?.nonEmptyString ?? ""
        timestamp = UnixSeconds.read(value["timestamp"])
    }
}

/// An element of `user_id_update[]`: a person's user id changed, as it does with their phone number.
package struct UserIDChange: Hashable, Sendable {
    /// Under the new ids, as far as they are told.
    package let person: Sender
    package let previousUserID: String?
    package let previousParentUserID: String?
    package let timestamp: Int64?

    init(_ value: JSONValue, among contacts: [Sender]) {
        var person = Sender(named: value, among: contacts)
        person.userID = value["user_id"]?["current"]?.identifier ?? person.userID
        person.parentUserID = value["parent_user_id"]?["current"]?.identifier ?? person.parentUserID
        self.person = person
        previousUserID = value["user_id"]?["previous"]?.identifier
        previousParentUserID = value["parent_user_id"]?["previous"]?.identifier
        timestamp = UnixSeconds.read(value["timestamp"])
    }
}

/// An element of `state_sync[]`: a card of the app's address book.
package struct AddressBookChange: Hashable, Sendable {
    package let person: Sender
    package let isRemoved: Bool
    package let timestamp: Int64?

    /// Nil when it is no card.
    init?(_ value: JSONValue) {
        guard let card = value["contact"], card.members != nil else { return nil }
        var contact: [String: JSONValue] = [:]
        contact["wa_id"] = card["phone_number"]
        contact["user_id"] = card["user_id"]
        contact["parent_user_id"] = card["parent_user_id"]
        var profile: [String: JSONValue] = [:]
        profile["name"] = card["full_name"] ?? card["first_name"]
        profile["username"] = card["username"]
        contact["profile"] = .object(profile)
        person = Sender(contact: .object(contact))
        isRemoved = value["action"]?.text == "remove"
        timestamp = UnixSeconds.read(value["metadata"]?["timestamp"])
    }
}

extension Sender {
    /// Reads whom `wa_id` and `user_id` name, and what `contacts[]` adds to it.
    init(named value: JSONValue, among contacts: [Sender]) {
        var from: [String: JSONValue] = [:]
        from["from"] = value["wa_id"]
        // Where it is an object it has the old id and the new one.
        from["from_user_id"] = value["user_id"]
        from["from_parent_user_id"] = value["parent_user_id"]
        self.init(of: .object(from), among: contacts)
    }
}
