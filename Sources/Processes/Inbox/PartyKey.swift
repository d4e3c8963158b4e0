internal import CloudAPI

/// The keys under which a person or a group is found; all spellings of a number share one.
///
/// The smallest key of a person is the person's own. `phone:` sorts before `user:`, so that somebody
/// who was known by number keeps their conversation's id when their user id becomes known.
enum PartyKey {
    static func phone(_ digits: String) -> String {
        "phone:" + (PhoneNumber(digits: digits)?.matchKey ?? digits)
    }

    static func user(_ id: String) -> String { "user:" + id }

    static func group(_ id: String) -> String { "group:" + id }

    static func isGroup(_ key: String) -> Bool { key.hasPrefix("group:") }

    /// Whom a reader means: the keys to try, the likeliest first.
    static func forReading(_ contact: String) -> [String] {
        switch Recipient.forReading(contact) {
        case .phone(let digits)?: [phone(digits), group(contact)]
        case .user(let id)?: [user(id), group(contact)]
        // An opaque id of a group, or a user id of a form that is new to us.
        case .group?, nil: [group(contact), user(contact)]
        }
    }
}
