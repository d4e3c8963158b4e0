internal import FoundationEssentials
internal import Journal
internal import Reactor
internal import Wire

// What happens to messages after the intake: one function changes a state, with its row, its try,
// its key and its journal entry, inside the transaction of the group.

/// What one change came to.
struct Changed: Sendable {
    let number: Int64
    let kept: KeptMessage
    /// What its owner must do now.
    let action: OutboxMessage.Action
}

extension OutboxStore {
    /// Lets things happen to a message, one after the other; those that have no place are passed over.
    ///
    /// `note` is what the try came to where the state itself does not say it; `notBefore` (boot clock, ms),
    /// `aged` and `failures` go to the queue. `now` is the wall clock in ms.
    /// - Returns: nil when the last of them had no place, or there is no such message: nothing was written.
    /// - Throws: `DatabaseError`, and what JSON throws.
    func happened(
        _ events: [OutboxMessage.Event], to number: Int64, in tables: Tables, at now: Int64,
        note: Problem? = nil, notBefore: Int64? = nil, aged: Int64? = nil, failures: Int? = nil
    ) throws -> Changed? {
        guard let found = try tables.messages.find(number: number), found.kept.message.mode == mode
        else { return nil }
        var message = found.kept.message
        var last: OutboxMessage.Action?
        for event in events { last = message.happened(event) }
        guard let action = last else { return nil }
        let kept = KeptMessage(id: found.kept.id, message: message, to: found.kept.to)
        if message != found.kept.message {
            let holdEnd = action == .awaitEvidence ? Clocks.boot + Self.evidenceWait : nil
            try tables.messages.keep(
                message, as: number, at: now, note: note, notBefore: holdEnd ?? notBefore,
                aged: aged, failures: failures)
            if action == .settleAndFreeKey { try tables.keys.free(number) }
            counts[found.kept.message.status, default: 0] -= 1
            counts[message.status, default: 0] += 1
            if found.kept.message.status == .sending,
                [.accepted, .unknown].contains(message.status)
            {
                try beginStubLife(of: number, to: found.recipient, in: tables, at: now)
            }
            let transition = OutboxTransition(
                id: kept.id, mode: mode, status: message.status, at: now, wamid: message.wamid,
                attempt: message.attempt, error: note ?? message.problem)
            try journal(transition, in: tables, at: now)
        }
        return Changed(number: number, kept: kept, action: action)
    }

    /// Adds an outbox entry to the journal, in the transaction at hand.
    func journal(_ transition: OutboxTransition, in tables: Tables, at now: Int64) throws {
        let body = try encoder.encode(transition)
        written = try tables.journal.append(.outbox, body, at: now).seq
    }

    /// Claims a message: from here on it may have reached Meta.
    ///
    /// What was held is let go first, for whoever claims it says that its time has come.
    /// - Returns: the attempt and the body for it; nil when it is not to be sent (any more).
    func claim(_ number: Int64, in tables: Tables, at now: Int64) throws -> Claim? {
        // Its person was erased while a try of it was under way.
        if try tables.messages.request(of: number) == ErasureTable.blankRequest {
            _ = try happened([.gaveUp(.erased)], to: number, in: tables, at: now)
            return nil
        }
        guard
            let changed = try happened([.released, .claimed], to: number, in: tables, at: now),
            case .send(let attempt) = changed.action,
            let request = try tables.messages.request(of: number)
        else { return nil }
        return Claim(attempt: attempt, request: request, kept: changed.kept)
    }

    /// What may be sent once its commit was synced.
    struct Claim: Sendable {
        let attempt: Int
        /// The body for Meta, but for the attempt's name.
        let request: Data
        let kept: KeptMessage
    }

    /// Takes up what an earlier process left: whatever was on its way may have reached Meta.
    ///
    /// What was held has its reason looked at again: the token, the account, the template may be cured.
    func recover(in tables: Tables, at now: Int64) throws -> [Ticket] {
        try holdRestored(in: tables, at: now)
        var queued: [Ticket] = []
        for found in try tables.messages.unsettled() {
            let number = found.ticket.number
            switch found.state {
            case .sending: _ = try happened([.restarted], to: number, in: tables, at: now)
            case .held:
                _ = try happened([.released], to: number, in: tables, at: now)
                queued.append(found.ticket)
            case .queued: queued.append(found.ticket)
            default: break
            }
        }
        return queued
    }
}
