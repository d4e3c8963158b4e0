internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// The messages that wait for a person's decision, and what was decided.
final class DeadLetterTable {
    private let listed, perCause, chosen, byID, revive, discard, kept, keep, forget: Statement
    private let database: Database
    private let decoder = JSONDecoder()
    private let encoder = JSONEncoder.gateway()

    // A problem is JSON in a blob, which the functions for JSON want as text.
    private static let cause = """
        CASE state WHEN 'unknown' THEN 'outcome_unknown'
        ELSE json_extract(CAST(problem AS TEXT), '$.code') END
        """

    /// Takes over the tables that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database, of mode: Mode) throws {
        self.database = database
        // What the other mode left is nothing that this one could let go.
        let isListed = "is_dead = 1 AND discarded_at IS NULL AND mode = '\(mode.rawValue)'"
        listed = try database.prepare(
            """
            SELECT number, id, state, \(Self.cause), recipient_kind, recipient, phone_number_id,
                reference, attempt, taken_at, changed_at, problem, request FROM messages
            WHERE \(isListed) AND number < ?1 AND (?2 IS NULL OR \(Self.cause) = ?2)
            ORDER BY number DESC LIMIT ?3
            """)
        perCause = try database.prepare(
            "SELECT \(Self.cause), count(*) FROM messages WHERE \(isListed) GROUP BY 1")
        // Nobody names those that may have arrived by asking for all.
        chosen = try database.prepare(
            """
            SELECT number, id FROM messages WHERE \(isListed)
                AND CASE WHEN ?1 IS NULL
                THEN state <> 'unknown' AND \(Self.cause) <> '\(Problem.Code.restored.rawValue)' ELSE \(Self.cause) = ?1 END
            ORDER BY number LIMIT ?2
            """)
        byID = try database.prepare(
            "SELECT number, id FROM messages WHERE \(isListed) AND id = ?")
        revive = try database.prepare(
            """
            UPDATE messages SET priority = \(Ticket.bulk), expires_at = NULL, failures = 0
            WHERE number = ?
            """)
        discard = try database.prepare(
            "UPDATE messages SET discarded_at = ? WHERE id = ? AND \(isListed)")
        kept = try database.prepare("SELECT answer FROM replays WHERE id = ?")
        keep = try database.prepare("INSERT INTO replays VALUES (?, ?, ?)")
        forget = try database.prepare("DELETE FROM replays WHERE at < ?")
    }

    /// A page of those before `number`, newest first.
    func page(
        before number: Int64, cause: String?, limit: Int
    ) throws -> [(number: Int64, letter: DeadLetter)] {
        try listed.all(.integer(number), .optional(cause), .integer(limit)) { row in
            let to = Recipient(Recipient.Kind(rawValue: row.text(4)) ?? .phone, row.text(5))
            let letter = DeadLetter(
                id: row.text(1), status: MessageStatus(rawValue: row.text(2)) ?? .failed,
                cause: row.text(3), to: to.display, phoneNumberID: row.text(6),
                reference: row.optionalText(7), attempts: Int(row.integer(8)),
                takenAt: Timestamp(milliseconds: row.integer(9)),
                changedAt: Timestamp(milliseconds: row.integer(10)),
                error: try row.optionalBlob(11).map { try decoder.decode(Problem.self, from: $0) },
                request: try decoder.decode(JSONValue.self, from: row.blob(12)))
            return (row.integer(0), letter)
        }
    }

    /// How many there are, by cause.
    func counts() throws -> [String: Int64] {
        let rows = try perCause.all { ($0.text(0), $0.integer(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Those of a choice in the order of intake, at most `limit`.
    func numbers(
        of choice: RetryDeadLetters.Choice, limit: Int
    ) throws -> [(number: Int64, id: String)] {
        switch choice {
        case .ids(let ids):
            try Set(ids).compactMap { id in
                try byID.first(.text(id)) { (number: $0.integer(0), id: $0.text(1)) }
            }.sorted { $0.number < $1.number }
        case .cause(let cause):
            try chosen.all(.text(cause), .integer(limit)) { ($0.integer(0), $0.text(1)) }
        case .all: try chosen.all(.null, .integer(limit)) { ($0.integer(0), $0.text(1)) }
        }
    }

    /// Behind single sends, and whatever its caller said of its expiry: a person wants it now.
    func revive(_ number: Int64) throws { try revive.run(.integer(number)) }

    /// Takes one off the list; false when it is not on it.
    func discard(_ id: String, at now: Int64) throws -> Bool {
        try discard.run(.integer(now), .text(id))
        return database.changes > 0
    }

    /// What an earlier request of that name was answered.
    func answer(to key: String) throws -> RetryDeadLetters.Answer? {
        try kept.first(.text(key)) {
            try decoder.decode(RetryDeadLetters.Answer.self, from: $0.blob(0))
        }
    }

    /// Remembers an answer, and forgets those before `time` (wall clock, ms).
    func keep(
        _ answer: RetryDeadLetters.Answer, to key: String, at now: Int64,
        forgettingBefore time: Int64
    ) throws {
        try keep.run(.text(key), .integer(now), .blob(try encoder.encode(answer)))
        try forget.run(.integer(time))
    }
}
