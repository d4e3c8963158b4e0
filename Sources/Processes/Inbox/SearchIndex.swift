internal import CloudAPI
internal import SQLite
internal import Wire

/// The index of words: what is written in each message, and what each conversation's party is called.
///
/// `message_words` keeps no text of its own; whoever takes a message out of it must know what went in. So
/// changes are gathered while a batch is applied and written at its end, in the order of their place: FTS5 makes
/// one segment of what comes in order, and one a row of what doesn't.
final class SearchIndex {
    /// What the index has, or shall have, of a message.
    struct Entry: Equatable {
        var text: String
        var conversation: String
    }

    private struct Change {
        /// Nil: the message is not in the index.
        let before: Entry?
        /// Nil: the message shall not be in it.
        var after: Entry?
    }

    /// Messages of one millisecond that stand in the order they came in.
    ///
    /// Meta's clock tells whole seconds, so these are the messages of one second; more of them take the places of
    /// the next millisecond.
    static let perMillisecond: Int64 = 1_024

    private let sql: StatementCache
    private var changes: [Int64: Change] = [:]

    init(_ sql: StatementCache) { self.sql = sql }

    /// Forgets what a transaction had changed that was rolled back.
    func begin() { changes = [:] }

    // MARK: Places

    /// The first place of a moment (milliseconds since 1970); a message has a greater one.
    static func place(at moment: Int64) -> Int64 {
        let latest = Int64.max / perMillisecond - 1
        return min(max(moment, 0), latest) * perMillisecond
    }

    /// A free place for a message of that moment, after all others of it.
    ///
    /// Places go by time, so that the newest matches are found first and a page ends where it is full.
    func freePlace(at moment: Int64) throws -> Int64 {
        let first = Self.place(at: moment)
        // The last one up to the end of that moment: one step in the index. With both ends named SQLite takes the
        // literal one, without which it would not take this index at all, and walks from moment to moment.
        let last = try sql(
            "SELECT place FROM messages WHERE place > 0 AND place <= ? ORDER BY place DESC LIMIT 1"
        ).first(.integer(first + Self.perMillisecond)) { $0.integer(0) }
        let next = max(last ?? 0, first) + 1
        guard next > first + Self.perMillisecond else { return next }
        return try freePlace(at: moment + 1)
    }

    // MARK: Messages

    func added(_ message: MessageRow) { added(Entry(message), at: message.place) }

    func added(_ entry: Entry, at place: Int64) { change(place, from: nil, to: entry) }

    /// Its text or its conversation is another one; `before` is what it was.
    func changed(_ before: MessageRow, to after: MessageRow) {
        if before.place != after.place { change(before.place, from: Entry(before), to: nil) }
        change(
            after.place, from: before.place == after.place ? Entry(before) : nil, to: Entry(after))
    }

    func removed(_ message: MessageRow) { change(message.place, from: Entry(message), to: nil) }

    /// All messages of one conversation are about to become another's.
    func moving(from source: String, to target: String) throws {
        try sql("SELECT place, text FROM messages WHERE conversation = ?").forEach(.text(source)) {
            row in
            let text = row.text(1)
            change(
                row.integer(0), from: Entry(text: text, conversation: source),
                to: Entry(text: text, conversation: target))
            return .next
        }
    }

    private func change(_ place: Int64, from before: Entry?, to after: Entry?) {
        // What it was before the batch is what the index has.
        if changes[place] == nil {
            changes[place] = Change(before: before, after: after)
        } else {
            changes[place]?.after = after
        }
    }

    /// Writes what changed; before the commit.
    func finish() throws {
        for (place, change) in changes.sorted(by: { $0.key < $1.key })
        where change.before != change.after {
            if let before = change.before {
                try sql(
                    """
                    INSERT INTO message_words(message_words, rowid, words, conversation)
                    VALUES ('delete', ?, ?, ?)
                    """
                ).run(.integer(place), .text(before.words), .text(before.token))
            }
            if let after = change.after {
                try sql("INSERT INTO message_words(rowid, words, conversation) VALUES (?, ?, ?)")
                    .run(.integer(place), .text(after.words), .text(after.token))
            }
        }
        changes = [:]
    }

    // MARK: Parties

    /// What the party of a conversation is called now.
    func called(_ conversation: String, _ profile: Profile, party key: String) throws {
        let isGroup = PartyKey.isGroup(key)
        let names = [
            profile.name.value, profile.username.value, profile.userID.value,
            isGroup ? String(key.dropFirst(PartyKey.group("").count)) : "",
        ]
        let words = SearchWords.indexed(names.filter { !$0.isEmpty }.joined(separator: " "))
        let digits = SearchWords.threes(profile.phone.value)
        if let known = try party(of: conversation) {
            guard (known.words, known.digits) != (words, digits) else { return }
            try takeOut(known)
        }
        try sql(
            """
            INSERT INTO parties(conversation, words, digits) VALUES (?, ?, ?)
            ON CONFLICT(conversation) DO UPDATE SET
                words = excluded.words, digits = excluded.digits
            """
        ).run(.text(conversation), .text(words), .text(digits))
        guard let number = try party(of: conversation)?.number else { return }
        try sql("INSERT INTO party_words(rowid, words, digits) VALUES (?, ?, ?)").run(
            .integer(number), .text(words), .text(digits))
    }

    /// The conversation is gone.
    func forget(_ conversation: String) throws {
        guard let known = try party(of: conversation) else { return }
        try takeOut(known)
        try sql("DELETE FROM parties WHERE number = ?").run(.integer(known.number))
    }

    private func party(
        of conversation: String
    ) throws -> (number: Int64, words: String, digits: String)? {
        try sql("SELECT number, words, digits FROM parties WHERE conversation = ?")
            .first(.text(conversation)) { ($0.integer(0), $0.text(1), $0.text(2)) }
    }

    private func takeOut(_ party: (number: Int64, words: String, digits: String)) throws {
        try sql(
            """
            INSERT INTO party_words(party_words, rowid, words, digits)
            VALUES ('delete', ?, ?, ?)
            """
        ).run(.integer(party.number), .text(party.words), .text(party.digits))
    }
}

extension SearchIndex.Entry {
    init(_ message: MessageRow) {
        self.init(text: message.text, conversation: message.conversation)
    }

    fileprivate var words: String { SearchWords.indexed(text) }
    fileprivate var token: String { SearchWords.token(of: conversation) }
}
