internal import CloudAPI
internal import SQLite
internal import Wire

/// Which status each message of stub mode still awaits, and when; survives a restart.
final class StubLifeTable {
    private let insert, update, delete, due, next: Statement

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        insert = try database.prepare("INSERT OR REPLACE INTO stub_life VALUES (?, ?, ?)")
        update = try database.prepare("UPDATE stub_life SET due = ?, status = ? WHERE message = ?")
        delete = try database.prepare("DELETE FROM stub_life WHERE message = ?")
        // What lies beyond the longest delay was planned before the clock was set back: it is due.
        due = try database.prepare(
            """
            SELECT s.message, s.status, m.id, m.attempt, m.wamid, m.phone_number_id,
                m.recipient_kind, m.recipient, m.taken_at
            FROM stub_life s JOIN messages m ON m.number = s.message
            WHERE (s.due <= ?1 OR s.due > ?1 + \(StubStep.longestDelay)) AND m.mode = 'stub'
            ORDER BY s.due LIMIT ?2
            """)
        next = try database.prepare("SELECT min(due) FROM stub_life")
    }

    /// A message that has a status due.
    struct Due {
        let number: Int64
        let step: StubStep
        let id: String
        let attempt: Int64
        let wamid: String
        let phoneNumberID: String
        let recipient: Recipient
        /// Wall clock in ms.
        let acceptedAt: Int64
    }

    /// Begins the life of a message that was taken at `time`, wall clock in ms.
    func begin(_ number: Int64, with first: StubStep, at time: Int64) throws {
        try insert.run(.integer(number), .integer(time + first.delay), .text(first.rawValue))
    }

    /// Goes on to what comes after the step that was told.
    func advance(_ told: Due) throws {
        guard let place = told.recipient.stubLife.firstIndex(of: told.step),
            let next = told.recipient.stubLife[place...].dropFirst().first
        else { return try delete.run(.integer(told.number)) }
        try update.run(
            .integer(told.acceptedAt + next.delay), .text(next.rawValue), .integer(told.number))
    }

    /// What is due at `now`, wall clock in ms; the longest overdue first.
    func due(at now: Int64, limit: Int) throws -> [Due] {
        try due.all(.integer(now), .integer(limit)) { row in
            Due(
                number: row.integer(0), step: StubStep(rawValue: row.text(1)) ?? .sent,
                id: row.text(2), attempt: row.integer(3),
                // Of an unknown outcome only the stub's Graph knows it.
                wamid: row.optionalText(4)
                    ?? StubWamid.make(for: row.text(2), attempt: Int(row.integer(3))),
                phoneNumberID: row.text(5),
                recipient: Recipient(Recipient.Kind(rawValue: row.text(6)) ?? .phone, row.text(7)),
                acceptedAt: row.integer(8))
        }
    }

    /// When the next status is due, wall clock in ms; nil when none is to come.
    func nextDue() throws -> Int64? { try next.first { $0.optionalInteger(0) } ?? nil }
}
