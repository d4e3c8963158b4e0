import JSON

/// One card of a message of type contacts; every part may be missing.
package struct ContactCard: Hashable, Sendable {
    package let name: String?
    /// The numbers as WhatsApp knows them where it says so, else as they stand on the card: digits.
    package let phones: [String]
    /// The first number as it is written on the card.
    package let writtenPhone: String?
    /// Whether the person was asked for their own number and gave it by this.
    package let isOwnNumber: Bool
    /// The card as the sender's phone wrote it (2026 and later).
    package let vcard: String?

    init(_ card: JSONValue) {
        let name = card["name"]
        self.name =
            name?["formatted_name"]?.nonEmptyString ?? name?["first_name"]?.nonEmptyString
        let entries = card["phones"]?.elements ?? []
        phones = entries.compactMap { entry in
            entry["wa_id"]?.identifier
                ?? entry["phone"]?.identifier.flatMap { PhoneNumber.forReading($0)?.digits }
        }
        writtenPhone = entries.first?["phone"]?.nonEmptyString
        isOwnNumber = card["origin"]?.text == Self.ownOrigin
        vcard = card["vcard"]?.nonEmptyString
    }

    /// Meta's word, on the card or, in earlier payloads, on the message.
    static let ownOrigin = "contact_request"

    /// The person's name; their number where the card has none (they were asked for it).
    package var label: String { name ?? writtenPhone ?? phones.first ?? "Contact" }
}

extension InboundMessage {
    /// The number that a person gave as their own, digits; nil for all other messages.
    package var sharedOwnNumber: String? {
        guard case .contacts(let cards) = kind, cards.count == 1, let card = cards.first,
            card.isOwnNumber || origin == ContactCard.ownOrigin
        else { return nil }
        return card.phones.first
    }
}
