internal import CloudAPI
internal import Digest
internal import FoundationEssentials
internal import SQLite

/// The tombstones: whose data was erased up to which moment, by hashes of their keys.
///
/// A key stays hashed here for ever, so that what was received before never comes back. Moments only grow
/// and groups only join: the same erasures in any order give the same rows.
final class Erasures {
    private let sql: StatementCache
    /// Nil: to be read from the table.
    private var known: [String: Moment]?
    /// Whether ids were kept, which a journal may tell before it tells whose they were.
    private var hasIDs: Bool?
    private var knownDigest: String?
    private var hasChanged = false

    init(_ sql: StatementCache) { self.sql = sql }

    /// The name of a key here: what is kept of it once its owner is erased.
    static func name(of key: String) -> String {
        Hex.encode(SHA256.digest(Data(key.utf8)))
    }

    /// The name of a file here; Meta's ids of files and messages are two things.
    static func id(ofFile media: String) -> String { "media_" + name(of: media) }

    /// Forgets what a transaction had added that was rolled back.
    func begin() {
        if hasChanged { (known, hasIDs, knownDigest, hasChanged) = (nil, nil, nil, false) }
    }

    private func moments() throws -> [String: Moment] {
        if let known { return known }
        var moments: [String: Moment] = [:]
        try sql("SELECT key, at, seq FROM erased_keys").forEach { row in
            moments[row.text(0)] = Moment(at: row.integer(1), seq: row.integer(2))
            return .next
        }
        known = moments
        return moments
    }

    /// Whether nobody was ever erased: then nothing needs to be looked up.
    func isEmpty() throws -> Bool {
        guard try moments().isEmpty else { return false }
        if let hasIDs { return !hasIDs }
        let found = try sql("SELECT 1 FROM erased_ids LIMIT 1").first { _ in true } ?? false
        hasIDs = found
        return !found
    }

    /// What tells apart who is erased up to when, the same for the same erasures; nil when nobody is.
    func digest() throws -> String? {
        let moments = try moments()
        guard !moments.isEmpty else { return nil }
        if let knownDigest { return knownDigest }
        var text = ""
        for (name, moment) in moments.sorted(by: { $0.key < $1.key }) {
            text += "\(name) \(moment.at) \(moment.seq)\n"
        }
        let digest = String(Self.name(of: text).prefix(Self.digestLength))
        knownDigest = digest
        return digest
    }

    /// Hex digits, 128 bits: no two of them meet.
    private static let digestLength = 32

    /// Up to when that key is erased.
    func upTo(_ key: String) throws -> Moment? {
        let moments = try moments()
        return moments.isEmpty ? nil : moments[Self.name(of: key)]
    }

    func contains(id: String) throws -> Bool {
        guard try !isEmpty() else { return false }
        return try sql("SELECT 1 FROM erased_ids WHERE id = ?").first(.text(id)) { _ in true }
            ?? false
    }

    func add(id: String) throws {
        try sql("INSERT OR IGNORE INTO erased_ids(id) VALUES (?)").run(.text(id))
        (hasIDs, hasChanged) = (true, true)
    }

    /// These names and all that were ever erased together with one of them.
    func together(with names: Set<String>) throws -> Set<String> {
        var all = names
        for name in names {
            try sql(
                """
                SELECT key FROM erased_keys
                WHERE person = (SELECT person FROM erased_keys WHERE key = ?)
                """
            ).forEach(.text(name)) { row in
                all.insert(row.text(0))
                return .next
            }
        }
        return all
    }

    /// Erases these names, as one person, up to that moment.
    func add(_ names: Set<String>, upTo moment: Moment) throws {
        guard let person = names.min() else { return }
        for name in names {
            try sql(
                """
                INSERT INTO erased_keys(key, person, at, seq) VALUES (?, ?, ?, ?)
                ON CONFLICT(key) DO UPDATE SET person = min(person, excluded.person),
                    (at, seq) = (SELECT max(erased_keys.at, excluded.at),
                        CASE WHEN erased_keys.at = excluded.at
                            THEN max(erased_keys.seq, excluded.seq)
                        WHEN erased_keys.at > excluded.at THEN erased_keys.seq
                        ELSE excluded.seq END)
                """
            ).run(.text(name), .text(person), .integer(moment.at), .integer(moment.seq))
        }
        (known, knownDigest, hasChanged) = (nil, nil, true)
    }
}
