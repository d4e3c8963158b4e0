import JSON

/// What a webhook says about the person who wrote, each part only if it was there.
///
/// `waID` may be missing (the person has a username and hides the number), so nothing may need it.
package struct Sender: Hashable, Sendable {
    /// Digits, exactly as WhatsApp knows the number: answer to it as it is.
    package var waID: String?
    /// The business-scoped user id.
    package var userID: String?
    package var parentUserID: String?
    /// Without the leading `@`.
    package var username: String?
    /// What the person calls himself; untrusted.
    package var name: String?

    package init(
        waID: String? = nil, userID: String? = nil, parentUserID: String? = nil,
        username: String? = nil, name: String? = nil
    ) {
        self.waID = waID
        self.userID = userID
        self.parentUserID = parentUserID
        self.username = username
        self.name = name
    }
}

extension Sender {
    /// Reads a message's `from…` and what `contacts[]` adds to it.
    init(of message: JSONValue, among contacts: [Sender]) {
        self.init(
            address: message["from"]?.identifier, userID: message["from_user_id"]?.identifier,
            parentUserID: message["from_parent_user_id"]?.identifier)
        guard let contact = Self.match(self, in: contacts) else { return }
        waID = waID ?? contact.waID
        userID = userID ?? contact.userID
        parentUserID = parentUserID ?? contact.parentUserID
        username = contact.username
        name = contact.name
    }

    /// Reads one element of `contacts[]`.
    init(contact: JSONValue) {
        self.init(
            address: contact["wa_id"]?.identifier, userID: contact["user_id"]?.identifier,
            parentUserID: contact["parent_user_id"]?.identifier)
        let profile = contact["profile"]
        name = profile?["name"]?.nonEmptyString
        // Meta's samples show a leading `@`, others do not.
        let handle = profile?["username"]?.nonEmptyString
        username = handle.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }
    }

    /// Sorts out an address that may be a BSUID in the phone number's place.
    private init(address: String?, userID: String?, parentUserID: String?) {
        self.init(userID: userID, parentUserID: parentUserID)
        guard let address else { return }
        if UserID.looksLikeOne(address) {
            self.userID = userID ?? address
        } else {
            waID = PhoneNumber.forReading(address)?.digits ?? address
        }
    }

    /// By user id, else by phone number, else the only one there is.
    private static func match(_ sender: Sender, in contacts: [Sender]) -> Sender? {
        if let id = sender.userID, let match = contacts.first(where: { $0.userID == id }) {
            return match
        }
        if let id = sender.waID, let match = contacts.first(where: { $0.waID == id }) {
            return match
        }
        return contacts.count == 1 ? contacts.first : nil
    }
}
