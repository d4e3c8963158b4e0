/// The keys under which a person or a group is found; all spellings of a number share one.
///
/// The smallest key of a person is the person's own. `phone:` sorts before `user:`, so that somebody
/// who was known by number keeps their conversation's id when their user id becomes known.
package enum PartyKey {
    package static func phone(_ digits: String) -> String {
        "phone:" + (PhoneNumber(digits: digits)?.matchKey ?? digits)
    }

    package static func user(_ id: String) -> String { "user:" + id }

    package static func group(_ id: String) -> String { "group:" + id }

    package static func isGroup(_ key: String) -> Bool { key.hasPrefix("group:") }

    /// What a key is of: digits, or an id.
    package static func address(of key: String) -> String {
        String(key.drop { $0 != ":" }.dropFirst())
    }

    /// Whom a reader means: the keys to try, the likeliest first.
    package static func forReading(_ contact: String) -> [String] {
        switch Recipient.forReading(contact) {
        case .phone(let digits)?: [phone(digits), group(contact)]
        case .user(let id)?: [user(id), group(contact)]
        // An opaque id of a group, or a user id of a form that is new to us.
        case .group?, nil: [group(contact), user(contact)]
        }
    }
}

extension Recipient {
    /// The key under which everything that is known of them is found.
    package var partyKey: String {
        switch self {
        case .phone(let digits): PartyKey.phone(digits)
        case .user(let id): PartyKey.user(id)
        case .group(let id): PartyKey.group(id)
        }
    }
}
