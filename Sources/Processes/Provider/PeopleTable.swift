internal import CloudAPI
internal import SQLite

/// Who is who, and when they wrote to which of our numbers, as inbox's changes tell it.
///
/// Persons are the connected parts of their keys, named by the smallest, and times only grow: the same
/// news in any order and any number of times give the same rows. Whoever is not in it is one person by
/// one key who never wrote, so that a table that was lost costs order and defaults, and no message.
final class PeopleTable {
    private let find, add, rename, collect, forget, note, latest, time: Statement

    /// Takes over the tables that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        find = try database.prepare("SELECT person FROM people WHERE key = ?")
        add = try database.prepare(
            """
            INSERT INTO people VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE
            SET person = excluded.person WHERE person <> excluded.person
            """)
        rename = try database.prepare("UPDATE people SET person = ?2 WHERE person = ?1")
        collect = try database.prepare(
            """
            INSERT INTO wrote SELECT ?2, phone_number_id, at FROM wrote WHERE person = ?1
            ON CONFLICT (person, phone_number_id) DO UPDATE SET at = max(at, excluded.at)
            """)
        forget = try database.prepare("DELETE FROM wrote WHERE person = ?")
        note = try database.prepare(
            """
            INSERT INTO wrote VALUES (?, ?, ?) ON CONFLICT (person, phone_number_id) DO UPDATE
            SET at = excluded.at WHERE excluded.at > at
            """)
        latest = try database.prepare(
            """
            SELECT phone_number_id FROM wrote WHERE person = ?
            ORDER BY at DESC, phone_number_id LIMIT 20
            """)
        time = try database.prepare("SELECT at FROM wrote WHERE person = ? AND phone_number_id = ?")
    }

    /// Takes in what an event says.
    func learn(_ news: PersonNews) throws {
        let person = try join(news.keys)
        guard let wrote = news.wrote else { return }
        try note.run(.text(person), .text(wrote.phoneNumberID), .integer(wrote.at))
    }

    /// Makes all keys name one person, and answers which.
    private func join(_ keys: [String]) throws -> String {
        let known = Set(try keys.map(person(of:)))
        guard let person = known.min() else { return "" }
        guard keys.count > 1 else { return person }
        for other in known where other != person {
            try rename.run(.text(other), .text(person))
            try collect.run(.text(other), .text(person))
            try forget.run(.text(other))
        }
        for key in keys { try add.run(.text(key), .text(person)) }
        return person
    }

    /// The key that stands for whoever has this one.
    func person(of key: String) throws -> String {
        try find.first(.text(key)) { $0.text(0) } ?? key
    }

    /// What messages to this recipient have in common: they go one after the other.
    func person(of recipient: Recipient) throws -> String { try person(of: recipient.partyKey) }

    /// The numbers that a person wrote to, the latest first.
    func numbers(of person: String) throws -> [String] {
        try latest.all(.text(person)) { $0.text(0) }
    }

    /// When a person last wrote to a number (Meta's clock, ms); nil when that is not known.
    func lastWrote(_ person: String, to phoneNumberID: String) throws -> Int64? {
        try time.first(.text(person), .text(phoneNumberID)) { $0.integer(0) }
    }
}
