internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Reactor
internal import SQLite
internal import Wire

/// The messages of the outbox and their attempts; everything that writes runs inside the owner's transaction.
final class MessageTable {
    /// Messages deleted in one transaction: some milliseconds, so that sends don't wait for more.
    private static let prunedAtOnce = 500

    private let database: Database
    private let people: PeopleTable
    /// What the rows keep of waits is by this one; elsewhere it is the boot clock.
    private let clock: SteadyClock
    private let insert, keepAttempt, update, request, open, overdue, ticket, note, byNumber, byID,
        byWamid, byReference, attempts, count,
        old: Statement
    private let encoder = JSONEncoder.gateway()
    private let decoder = JSONDecoder()

    /// Takes over the tables that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(
        in database: Database, of mode: Mode, among people: PeopleTable, by clock: SteadyClock
    ) throws {
        self.database = database
        self.people = people
        self.clock = clock
        insert = try database.prepare(
            """
            INSERT INTO messages (
                id, mode, state, is_dead, attempt, wamid, problem, priority, phone_number_id,
                recipient_kind, recipient, request, reference, on_unknown, taken_at, changed_at,
                expires_at, template)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        keepAttempt = try database.prepare(
            """
            INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (message, number) DO UPDATE
            SET state = excluded.state, wamid = coalesce(wamid, excluded.wamid),
                problem = excluded.problem
            """)
        update = try database.prepare(
            """
            UPDATE messages SET state = ?2, is_dead = ?3, attempt = ?4, wamid = ?5, problem = ?6,
                changed_at = ?7, not_before = ?8, aged = coalesce(?9, aged),
                failures = coalesce(?10, failures) WHERE number = ?1
            """)
        request = try database.prepare("SELECT request FROM messages WHERE number = ?")
        let place = """
            SELECT number, id, state, phone_number_id, recipient_kind, recipient, priority,
                template, not_before, aged, expires_at, on_unknown, failures FROM messages
            WHERE mode = '\(mode.rawValue)'
            """
        open = try database.prepare(
            """
            \(place) AND state IN ('queued', 'sending', 'held') AND discarded_at IS NULL
                AND (is_dead = 0 OR json_extract(CAST(problem AS TEXT), '$.code') <>
                    '\(Problem.Code.restored.rawValue)')
            ORDER BY number
            """)
        overdue = try database.prepare(
            """
            \(place) AND state = 'unknown' AND is_dead = 0
                AND coalesce(not_before, changed_at + \(OutboxStore.evidenceWait)) <= ?
            ORDER BY number
            """)
        ticket = try database.prepare("\(place) AND number = ?")
        note = try database.prepare(
            """
            UPDATE attempts SET wamid = ?1 WHERE message = ?2 AND number = (
                SELECT max(number) FROM attempts WHERE message = ?2 AND wamid IS NULL)
            """)
        let select = """
            SELECT m.number, m.id, m.mode, m.state, m.is_dead, m.attempt, m.wamid, m.problem,
                m.recipient_kind, m.recipient FROM messages m
            """
        byNumber = try database.prepare("\(select) WHERE m.number = ?")
        byID = try database.prepare("\(select) WHERE m.id = ?")
        byWamid = try database.prepare(
            "\(select) JOIN attempts a ON a.message = m.number WHERE a.wamid = ? LIMIT 1")
        byReference = try database.prepare(
            "\(select) WHERE m.reference = ? ORDER BY m.number DESC LIMIT 1")
        attempts = try database.prepare(
            "SELECT number, at, state, wamid, problem FROM attempts WHERE message = ? ORDER BY number"
        )
        count = try database.prepare("SELECT state, count(*) FROM messages GROUP BY state")
        old = try database.prepare(
            """
            DELETE FROM messages WHERE number IN (
                SELECT number FROM messages WHERE ((\(OutboxSchema.settledStates) AND changed_at < ?1)
                    OR discarded_at < ?1)
                AND number NOT IN (SELECT message FROM stub_life) LIMIT \(Self.prunedAtOnce))
            """)
    }

    // MARK: Writing

    /// Adds a message and answers its number; `now` is the wall clock in ms, `boot` the boot clock.
    ///
    /// - Throws: `DatabaseError`, or what a body that can't be written throws.
    func add(_ submission: Submission, as message: OutboxMessage, at now: Int64, boot: Int64)
        throws -> Int64
    {
        let body = submission.body
        let recipient = body.message.to
        try insert.run(
            .text(submission.id), .text(message.mode.rawValue), .text(message.status.rawValue),
            .integer(message.isDeadLetter ? 1 : 0), .integer(message.attempt),
            .optional(message.wamid), .optional(try message.problem.map(encoder.encode)),
            .integer(submission.priority), .text(submission.from), .text(recipient.kind.rawValue),
            .text(recipient.value),
            .blob(try body.message.body().encoded()), .optional(body.reference),
            .text(body.onUnknown.rawValue), .integer(now), .integer(now),
            .optional(submission.expiry(from: boot).map(clock.time)), .optional(body.template))
        let number = database.lastInsertRowID
        if message.attempt > 0 {
            try keepAttempt(of: number, message, at: now, note: nil)
        }
        return number
    }

    /// Writes what a message came to, and its try at hand; the last two as in the schema.
    ///
    /// `notBefore` is when it is tried again, or the wait for evidence is over: boot clock, ms.
    /// - Throws: `DatabaseError`, or what a problem that can't be written throws.
    func keep(
        _ message: OutboxMessage, as number: Int64, at now: Int64, note: Problem? = nil,
        notBefore: Int64? = nil, aged: Int64? = nil, failures: Int? = nil
    ) throws {
        try update.run(
            .integer(number), .text(message.status.rawValue),
            .integer(message.isDeadLetter ? 1 : 0), .integer(message.attempt),
            .optional(message.wamid), .optional(try message.problem.map(encoder.encode)),
            .integer(now), .optional(notBefore.map(clock.time)), .optional(aged),
            .optional(failures.map(Int64.init)))
        if message.attempt > 0 { try keepAttempt(of: number, message, at: now, note: note) }
    }

    private func keepAttempt(
        of number: Int64, _ message: OutboxMessage, at now: Int64, note: Problem?
    ) throws {
        try keepAttempt.run(
            .integer(number), .integer(message.attempt), .integer(now),
            .text(message.status.rawValue), .optional(message.wamid),
            .optional(try (note ?? message.problem).map(encoder.encode)))
    }

    /// The present moment by the clock that does not step, in ms.
    var steadyTime: Int64 { clock.time(at: Clocks.boot) }

    /// Deletes some of the messages that have needed nothing since `time` (wall clock in ms), with their
    /// attempts and keys; answers how many.
    ///
    /// - Throws: `DatabaseError`.
    func prune(settledBefore time: Int64) throws -> Int64 {
        try old.run(.integer(time))
        return database.changes
    }

    // MARK: Reading

    func find(number: Int64) throws -> Found? { try byNumber.first(.integer(number), read: read) }
    func find(id: String) throws -> Found? { try byID.first(.text(id), read: read) }
    func find(wamid: String) throws -> Found? { try byWamid.first(.text(wamid), read: read) }

    /// The newest message of that reference.
    func find(reference: String) throws -> Found? {
        try byReference.first(.text(reference), read: read)
    }

    /// The body for Meta, but for the attempt's name.
    func request(of number: Int64) throws -> Data? {
        try request.first(.integer(number)) { $0.blob(0) }
    }

    /// What is to go in this mode, or was going, in the order of intake; not what a restore held.
    func unsettled() throws -> [Unsettled] { try open.all(read: place) }

    /// Those whose outcome is not known, and no dead letters yet.
    ///
    /// With a moment (boot clock, ms): those for which the wait for evidence was over by then.
    func unknown(overdueAt moment: Int64? = nil) throws -> [Unsettled] {
        try overdue.all(.integer(moment.map(clock.time) ?? .max), read: place)
    }

    /// The place that a message has, or had, in the queue.
    func ticket(of number: Int64) throws -> Ticket? { try place(of: number)?.ticket }

    /// The same, with what its caller wants of a doubt.
    func place(of number: Int64) throws -> Unsettled? {
        try ticket.first(.integer(number), read: place)
    }

    /// Notes one more wamid of a message, at its newest try that has none.
    func note(_ wamid: String, of number: Int64) throws {
        try note.run(.text(wamid), .integer(number))
    }

    private func place(_ row: borrowing Row) throws -> Unsettled {
        guard let state = MessageStatus(rawValue: row.text(2)),
            let kind = Recipient.Kind(rawValue: row.text(4))
        else { throw damaged("message \(row.text(1)) makes no sense") }
        let recipient = Recipient(kind, row.text(5))
        return Unsettled(
            state: state, resends: row.text(11) == SendBody.OnUnknown.resend.rawValue,
            ticket: Ticket(
                number: row.integer(0), id: row.text(1), from: row.text(3),
                person: try people.person(of: recipient), addressee: recipient.partyKey,
                priority: Int(row.integer(6)),
                template: row.optionalText(7), expiresAt: row.optionalInteger(10).map(clock.moment),
                aged: row.integer(9), failures: Int(row.integer(12)),
                notBefore: row.optionalInteger(8).map(clock.moment)))
    }

    /// A message that something of ours is still to happen to.
    struct Unsettled {
        let state: MessageStatus
        /// Whether the caller wants it sent again when no evidence came.
        let resends: Bool
        let ticket: Ticket
    }

    /// A message with its number, which is for this file alone.
    struct Found {
        let number: Int64
        let recipient: Recipient
        let kept: KeptMessage
    }

    /// The tries of a message, the first one first.
    func attempts(of number: Int64) throws -> [FindOutboxMessage.Attempt] {
        try attempts.all(.integer(number)) { row in
            guard let status = MessageStatus(rawValue: row.text(2)) else {
                throw damaged("an attempt has the unknown state \(row.text(2))")
            }
            return FindOutboxMessage.Attempt(
                number: Int(row.integer(0)), at: Timestamp(milliseconds: row.integer(1)),
                status: status, wamid: row.optionalText(3), error: try problem(row.optionalBlob(4)))
        }
    }

    /// How many messages there are of each state.
    func counts() throws -> [MessageStatus: Int64] {
        var counts: [MessageStatus: Int64] = [:]
        try count.forEach { row in
            guard let status = MessageStatus(rawValue: row.text(0)) else {
                throw damaged("messages of the unknown state \(row.text(0))")
            }
            counts[status] = row.integer(1)
            return .next
        }
        return counts
    }

    private func read(_ row: borrowing Row) throws -> Found {
        guard let mode = Mode(rawValue: row.text(2)),
            let status = MessageStatus(rawValue: row.text(3)),
            let state = OutboxMessage.State(
                status, isDeadLetter: row.integer(4) != 0, wamid: row.optionalText(6),
                problem: try problem(row.optionalBlob(7))),
            let kind = Recipient.Kind(rawValue: row.text(8))
        else { throw damaged("message \(row.text(1)) makes no sense") }
        let recipient = Recipient(kind, row.text(9))
        return Found(
            number: row.integer(0), recipient: recipient,
            kept: KeptMessage(
                id: row.text(1),
                message: OutboxMessage(mode: mode, state: state, attempt: Int(row.integer(5))),
                to: recipient.display))
    }

    private func problem(_ json: Data?) throws -> Problem? {
        try json.map { try decoder.decode(Problem.self, from: $0) }
    }

    private func damaged(_ what: String) -> DatabaseError {
        .damaged(.init(file: database.path, code: 0, message: what))
    }
}
