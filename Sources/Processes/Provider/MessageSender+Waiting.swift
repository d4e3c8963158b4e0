internal import CloudAPI
internal import Reactor
internal import Wire

// Callers who wait for what becomes of their message.

/// Those who wait for one message.
struct Slot: Sendable {
    /// The latest of their deadlines; boot clock, ms.
    var until: Int64
    var callers = 0
    /// Rung when there is an outcome.
    let bell: Bell
    var outcome: KeptMessage?
    /// An outcome was heard and is being written: nobody is sent away before he is told.
    var isDeciding = false
    var ticket: Ticket?
}

/// A message as its caller is to be told it.
struct Standing: Sendable {
    let taken: Taken
    /// Boot clock, ms: about when it will go.
    var expectedAt: Int64?
    /// What it waits for, where its state does not say it.
    var obstacle: Problem?
}

extension MessageSender {
    /// Takes a message in, and waits until the deadline (boot clock, ms) for what becomes of it.
    ///
    /// - Throws: `Problem`: not taken in, or for `storeFailed` and the like, not known.
    func submit(_ submission: Submission, answerBy: Int64) async throws -> Standing {
        var submission = submission
        if answerBy <= Clocks.boot { submission.priority = Ticket.bulk }
        if let problem = obstacle(to: submission) {
            // What was taken in before stays taken in, whatever is in the way today.
            if let known = try await outbox.known(submission.id, submission.idempotency) {
                return try await wait(for: known, until: answerBy)
            }
            guard answerBy <= Clocks.boot else { throw problem }
            submission.obstacle = problem
        }
        enter(submission.id, until: answerBy)
        defer { leave(submission.id) }
        let taken = try await outbox.take(submission)
        guard taken.kept.id == submission.id else {
            return try await wait(for: taken, until: answerBy)
        }
        return try await outcome(of: taken, until: answerBy)
    }

    private func obstacle(to submission: Submission) -> Problem? {
        guard !dispatch.gates.isEmpty else { return nil }
        let ticket = Ticket(
            number: 0, id: submission.id, from: submission.from,
            person: submission.body.message.to.partyKey, template: submission.body.template)
        return dispatch.obstacle(to: ticket, now: Clocks.boot)
    }

    /// Waits for a message that was taken in by an earlier request.
    func wait(for taken: Taken, until: Int64) async throws -> Standing {
        let id = taken.kept.id
        enter(id, until: until)
        defer { leave(id) }
        // Looked at again, since its outcome may have come before we asked for it.
        let found = try await outbox.find(.id(id))?.0 ?? taken.kept
        return try await outcome(of: taken.now(found), until: until)
    }

    private func outcome(of taken: Taken, until: Int64) async throws -> Standing {
        let id = taken.kept.id
        guard taken.kept.message.isUnderWay else { return Standing(taken: taken) }
        while let slot = slots[id], slot.outcome == nil, slot.isDeciding || Clocks.boot < until {
            let left = slot.isDeciding ? 1_000 : until - Clocks.boot
            _ = await slot.bell.wait(atMost: .milliseconds(min(left, 60_000)))
            if Task.isCancelled { break }
        }
        if let kept = slots[id]?.outcome {
            return Standing(taken: taken.now(kept))
        }
        let ticket = slots[id]?.ticket
        let kept = until <= Clocks.boot ? try await outbox.find(.id(id))?.0 : nil
        return Standing(
            taken: taken.now(kept ?? taken.kept),
            expectedAt: ticket.flatMap { dispatch.expected($0.number, now: Clocks.boot) },
            obstacle: ticket.flatMap { dispatch.pause(of: $0)?.problem })
    }

    private func enter(_ id: String, until: Int64) {
        var slot = slots[id] ?? Slot(until: until, bell: Bell(on: loop))
        slot.callers += 1
        slot.until = max(slot.until, until)
        slots[id] = slot
    }

    private func leave(_ id: String) {
        slots[id]?.callers -= 1
        if slots[id]?.callers == 0 { slots[id] = nil }
    }

    /// Whether somebody waits for the outcome that is now known; if so, he waits until it is written.
    func decide(_ id: String) -> Bool {
        guard let slot = slots[id], slot.callers > 0, Clocks.boot < slot.until else { return false }
        slots[id]?.isDeciding = true
        return true
    }

    /// Tells those who wait what became of it; a message that goes on has no outcome yet.
    func tell(_ kept: KeptMessage) {
        guard slots[kept.id] != nil else { return }
        slots[kept.id]?.isDeciding = false
        guard !kept.message.isUnderWay else { return }
        slots[kept.id]?.outcome = kept
        slots[kept.id]?.bell.ring()
    }
}

extension OutboxMessage {
    /// Whether waiting may still bring an answer of Meta's.
    var isUnderWay: Bool {
        switch state {
        case .queued, .sending: true
        case .accepted, .held, .unknown, .refused, .failed: false
        }
    }
}
