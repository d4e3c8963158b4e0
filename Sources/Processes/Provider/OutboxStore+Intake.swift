internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import Journal
internal import Reactor
internal import SQLite
internal import Wire

// How sends get into the outbox: message, key, first journal entry and, in stub, what Meta says of
// it, all in one transaction.

extension OutboxStore {
    /// A change that goes into the transaction of the group; it is called once for each try to commit.
    typealias Part = @Sendable (isolated OutboxStore, Tables, _ now: Int64) throws -> any Sendable

    /// Takes in all submissions and makes all changes in one transaction, but for those that alone can't
    /// be kept.
    ///
    /// `now` is the wall clock in ms; `boot` the boot clock for deadlines and expiry, looked at as late as
    /// can be unless it is given.
    /// - Throws: `JournalError`: none was kept, or for `displaced` and final ones, it is not known.
    func take(
        _ submissions: [Submission], and parts: [Part] = [], now: Int64, boot: Int64? = nil
    ) throws -> Commit {
        let commit = try onTables { tables in
            try tables.database.transaction {
                var commit = Commit()
                written = nil
                let boot = boot ?? Clocks.boot
                for submission in submissions {
                    let outcome = try tables.savepoint.alone {
                        guard boot < submission.until else { throw Problem.deadlinePassed }
                        return try take(submission, in: tables, at: now, boot: boot)
                    }
                    if case .success(let taken) = outcome, let seq = taken.seq {
                        written = seq
                        if let ticket = taken.ticket { commit.queued.append(ticket) }
                    }
                    commit.outcomes.append(outcome.map { $0.taken })
                }
                for part in parts {
                    let before = counts
                    let outcome = try tables.savepoint.alone { try part(self, tables, now) }
                    if case .failure = outcome { counts = before }
                    commit.parts.append(outcome)
                }
                commit.newest = written
                if mode == .stub { commit.nextDue = try tables.stubLife.nextDue() }
                return commit
            }
        }
        // After the commit, so that no answer rests on a file that was gone by then.
        if isDisplaced { throw JournalError.displaced(path: path) }
        return commit
    }

    private func take(
        _ submission: Submission, in tables: Tables, at now: Int64, boot: Int64
    ) throws -> (taken: Taken, seq: Int64?, ticket: Ticket?) {
        if let known = try known(submission.id, submission.idempotency, in: tables) {
            return (known, nil, nil)
        }
        var message = OutboxMessage(mode: mode)
        let to = submission.body.message.to
        let isPlayed = mode == .stub && StubRecipient(to) == nil
        if isPlayed {
            _ = message.happened(.pretended(wamid: StubWamid.make(for: submission.id)))
        } else if let problem = submission.obstacle {
            _ = message.happened(.blocked(problem, isAwaited: false))
        }
        let number = try tables.messages.add(
            submission, as: message, at: now, boot: boot)
        if let idempotency = submission.idempotency {
            try tables.keys.bind(idempotency, to: number)
        }
        if isPlayed { try beginStubLife(of: number, to: to, in: tables, at: now) }
        let body = try encoder.encode(submission.transition(to: message, at: now))
        let position = try tables.journal.append(.outbox, body, at: now)
        counts[message.status, default: 0] += 1
        let kept = KeptMessage(
            id: submission.id, message: message, to: submission.body.message.to.display)
        guard !isPlayed else { return (Taken(kept: kept, isReplay: false), position.seq, nil) }
        let ticket = submission.ticket(number, for: try tables.people.person(of: to), boot: boot)
        let objection = try tables.objection(to: ticket, at: now)
        return (Taken(kept: kept, isReplay: false, objection: objection), position.seq, ticket)
    }

    /// The message that this key or this id already stands for.
    ///
    /// The same id again is ingress, asking once more after a broken connection: no replay of the caller's.
    /// - Throws: `Problem` when the key belongs to another request.
    private func known(
        _ id: String, _ idempotency: Idempotency?, in tables: Tables
    ) throws -> Taken? {
        if let idempotency, let binding = try tables.keys.find(idempotency.key) {
            guard binding.fingerprint == idempotency.fingerprint else {
                throw Problem.idempotencyKeyReused
            }
            guard let found = try tables.messages.find(number: binding.message) else { return nil }
            return Taken(kept: found.kept, isReplay: found.kept.id != id)
        }
        return try tables.messages.find(id: id).map { Taken(kept: $0.kept, isReplay: false) }
    }

    /// The same for a request that today's rules would refuse: what was taken in once stays taken in.
    ///
    /// - Throws: `Problem` when the key belongs to another request, `JournalError`.
    func known(_ id: String, _ idempotency: Idempotency?) throws -> Taken? {
        try onTables { try known(id, idempotency, in: $0) }
    }
}

extension Submission {
    /// Its place in the queue; `boot` is the boot clock in ms.
    fileprivate func ticket(_ number: Int64, for person: String, boot: Int64) -> Ticket {
        Ticket(
            number: number, id: id, from: from, person: person, addressee: body.message.to.partyKey,
            priority: priority, template: body.template,
            expiresAt: expiry(from: boot))
    }

    /// When it is not worth sending any more, of one that is taken in at that moment; boot clock, ms.
    func expiry(from boot: Int64) -> Int64? { body.expiresIn.map { boot + $0 * 1_000 } }

    /// What the journal tells of it: the first entry of a message, with all that is sent.
    fileprivate func transition(to message: OutboxMessage, at now: Int64) -> OutboxTransition {
        OutboxTransition(
            id: id, mode: message.mode, status: message.status, at: now, wamid: message.wamid,
            attempt: message.attempt, error: message.problem,
            message: OutboxTransition.Outbound(
                phoneNumberID: from, to: body.message.to.journaled, type: body.message.content.type,
                text: body.message.content.listText, content: body.object,
                replyTo: body.message.replyTo, reference: body.reference))
    }
}
