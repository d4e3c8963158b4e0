internal import CloudAPI
internal import SQLite

/// What is known of a person; each part is of the newest message that said it.
struct Profile: Equatable {
    /// A value and Meta's time, in milliseconds, of the message it is from; empty: never said.
    struct Fact: Equatable {
        var value = ""
        var at: Int64 = 0

        /// The newer of the two; of two of one time the larger text, whichever came first.
        mutating func merge(_ other: Fact) {
            guard !other.value.isEmpty else { return }
            if value.isEmpty || (other.at, other.value) > (at, value) { self = other }
        }
    }

    /// Digits, as WhatsApp knows the number.
    var phone = Fact()
    var userID = Fact()
    var username = Fact()
    var name = Fact()
    /// Meta's word for whether they want marketing: `stop`, `resume` or `signup`.
    var marketing = Fact()

    mutating func merge(_ other: Profile) {
        phone.merge(other.phone)
        userID.merge(other.userID)
        username.merge(other.username)
        name.merge(other.name)
        marketing.merge(other.marketing)
    }

    /// Drops what was said before that time, but for how the person is reached, which is as of ever then.
    mutating func forget(before time: Int64) {
        if username.at < time { username = Fact() }
        if name.at < time { name = Fact() }
        if marketing.at < time { marketing = Fact() }
        if phone.at < time { phone.at = 0 }
        if userID.at < time { userID.at = 0 }
    }

    /// Whether that key was told since that time.
    func tells(_ key: String, since time: Int64) -> Bool {
        (phone.at >= time && PartyKey.phone(phone.value) == key && !phone.value.isEmpty)
            || (userID.at >= time && PartyKey.user(userID.value) == key)
    }

    /// Drops addresses that are under none of these keys.
    mutating func keepAddresses(of keys: [String]) {
        if !keys.contains(PartyKey.phone(phone.value)) { phone = Fact() }
        if !keys.contains(PartyKey.user(userID.value)) { userID = Fact() }
    }

    /// Whether people see the same.
    func looksLike(_ other: Profile) -> Bool {
        phone.value == other.phone.value && userID.value == other.userID.value
            && username.value == other.username.value && name.value == other.name.value
            && marketing.value == other.marketing.value
    }
}

/// Who is who: the keys of one person lead to one key, the smallest of them.
///
/// A message that carries two keys joins whoever they belonged to; so the persons are the connected
/// parts of a graph, which do not depend on the order its edges came in. Nothing takes them apart again.
struct People {
    /// What a joining changed.
    struct Joining {
        var person: String
        /// Persons that are now part of it.
        var absorbed: [String] = []
        /// Whether the person has a key more than before, other than at its birth.
        var grew = false
        /// Whether the person has other keys than before.
        var isNews: Bool
    }

    private let sql: StatementCache

    init(_ sql: StatementCache) { self.sql = sql }

    func person(of key: String) throws -> String? {
        try sql("SELECT person FROM identities WHERE key = ?").first(.text(key)) { $0.text(0) }
    }

    func keys(of person: String) throws -> [String] {
        try sql("SELECT key FROM identities WHERE person = ?").all(.text(person)) { $0.text(0) }
    }

    /// All keys that are known of anybody.
    func allKeys() throws -> [String] {
        try sql("SELECT key FROM identities").all { $0.text(0) }
    }

    /// The keys that were said to be of one person with this one, before that moment.
    func linked(to key: String, before moment: Moment) throws -> [String] {
        try sql(
            """
            SELECT iif(one = ?1, other, one) FROM links
            WHERE (one = ?1 OR other = ?1) AND (at, seq) < (?2, ?3)
            """
        ).all(.text(key), .integer(moment.at), .integer(moment.seq)) { $0.text(0) }
    }

    /// Forgets what was said of a person before that moment; of their keys those in `kept` stay, and those that
    /// were linked since.
    ///
    /// - Returns: the person by the keys that are left; nil when none is.
    func forget(_ person: String, before moment: Moment, keeping kept: Set<String>) throws
        -> Joining?
    {
        var profile = try profile(of: person)
        profile.forget(before: moment.at)
        var left: [String] = []
        for key in try keys(of: person).sorted() {
            try sql("DELETE FROM links WHERE (one = ?1 OR other = ?1) AND (at, seq) < (?2, ?3)")
                .run(.text(key), .integer(moment.at), .integer(moment.seq))
            let isLinked = try sql("SELECT 1 FROM links WHERE one = ?1 OR other = ?1 LIMIT 1")
                .first(.text(key)) { _ in true }
            if kept.contains(key) || isLinked == true || profile.tells(key, since: moment.at) {
                left.append(key)
            } else {
                try sql("DELETE FROM identities WHERE key = ?").run(.text(key))
            }
        }
        try sql("DELETE FROM persons WHERE key = ?").run(.text(person))
        guard let name = left.first else { return nil }
        profile.keepAddresses(of: left)
        try sql("UPDATE identities SET person = ? WHERE person = ?").run(
            .text(name), .text(person))
        if profile != Profile() { try write(profile, of: name) }
        return Joining(person: name, absorbed: name == person ? [] : [person], isNews: true)
    }

    /// Makes all `keys` name one person; there is at least one.
    func join(_ keys: [String]) throws -> Joining {
        var known: Set<String> = []
        var new: [String] = []
        for key in keys {
            if let person = try person(of: key) { known.insert(person) } else { new.append(key) }
        }
        let person = known.union(new).min() ?? ""
        var joining = Joining(
            person: person, grew: !new.isEmpty && !known.isEmpty,
            isNews: !new.isEmpty || known.count > 1)
        for key in new {
            try sql("INSERT OR IGNORE INTO identities(key, person) VALUES (?, ?)").run(
                .text(key), .text(person))
        }
        for other in known.sorted() where other != person {
            try sql("UPDATE identities SET person = ? WHERE person = ?").run(
                .text(person), .text(other))
            let merged = try profile(of: other)
            try sql("DELETE FROM persons WHERE key = ?").run(.text(other))
            _ = try learn(merged, of: person)
            joining.absorbed.append(other)
        }
        return joining
    }

    /// Notes why these keys are one person's: of each pair the first entry that said so.
    func link(_ keys: [String], because cause: LinkCause, _ moment: Moment) throws {
        let sorted = Set(keys).sorted()
        for other in sorted.dropFirst() {
            try sql(
                """
                INSERT INTO links(one, other, at, seq, cause) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT(one, other) DO UPDATE SET
                    at = excluded.at, seq = excluded.seq, cause = excluded.cause
                WHERE (excluded.at, excluded.seq, excluded.cause) <
                    (links.at, links.seq, links.cause)
                """
            ).run(
                .text(sorted[0]), .text(other), .integer(moment.at), .integer(moment.seq),
                .text(cause.rawValue))
        }
    }

    func profile(of person: String) throws -> Profile {
        try sql(
            """
            SELECT phone, phone_at, user_id, user_id_at, username, username_at, name, name_at,
                marketing, marketing_at
            FROM persons WHERE key = ?
            """
        ).first(.text(person)) { row in
            Profile(
                phone: .init(value: row.text(0), at: row.integer(1)),
                userID: .init(value: row.text(2), at: row.integer(3)),
                username: .init(value: row.text(4), at: row.integer(5)),
                name: .init(value: row.text(6), at: row.integer(7)),
                marketing: .init(value: row.text(8), at: row.integer(9)))
        } ?? Profile()
    }

    /// Adds what a message says; answers whether people see something new.
    func learn(_ news: Profile, of person: String) throws -> Bool {
        let before = try profile(of: person)
        var after = before
        after.merge(news)
        guard after != before else { return false }
        try write(after, of: person)
        return !after.looksLike(before)
    }

    private func write(_ after: Profile, of person: String) throws {
        try sql(
            """
            INSERT OR REPLACE INTO persons(
                key, phone, phone_at, user_id, user_id_at, username, username_at, name, name_at,
                marketing, marketing_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            .text(person), .text(after.phone.value), .integer(after.phone.at),
            .text(after.userID.value), .integer(after.userID.at), .text(after.username.value),
            .integer(after.username.at), .text(after.name.value), .integer(after.name.at),
            .text(after.marketing.value), .integer(after.marketing.at))
    }
}

/// What said that two keys are one person's.
enum LinkCause: String {
    /// A message, or a status of one, that carries both.
    case message, status
    /// WhatsApp told of a new number or user id.
    case numberChange = "number_change"
    case userIDUpdate = "user_id_update"
    /// The person was asked for their number and gave it.
    case sharedNumber = "shared_number"
    case preference
    case addressBook = "address_book"
    case call
}
