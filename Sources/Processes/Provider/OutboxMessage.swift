internal import Wire

/// Where one message stands on its way to Meta: a value without I/O or clock.
///
/// Each event answers the one thing its owner must do, in the transaction of the new state; nil when
/// the event has no place in that state, and then nothing changed. From `accepted` on the message is
/// inbox's, by the statuses that Meta posts.
struct OutboxMessage: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// Durably ours; nothing has left.
        case queued
        /// Committed before the first byte left: from here on it may have reached Meta.
        case sending
        case accepted(wamid: String)
        /// Waits for a cure or for a person.
        case held(Problem)
        /// It may have reached Meta, and evidence is waited for; a dead letter once the wait is over.
        case unknown(isDeadLetter: Bool)
        /// The caller was told while still waiting: not sent, and won't be.
        case refused(Problem)
        /// Not sent, after the caller was told that it was ours: a dead letter.
        case failed(Problem)
    }

    enum Event: Hashable, Sendable {
        /// In mode stub: Meta's part is played here, in the transaction of the intake.
        case pretended(wamid: String)
        /// Its turn has come, and a connection is ready.
        case claimed
        /// Meta answered with a wamid.
        case accepted(wamid: String)
        /// The attempt failed and may be repeated: it never left, or Meta said so itself.
        case retryable
        /// Meta will never take it; `isAwaited` while a caller waits for the outcome.
        case rejected(Problem, isAwaited: Bool)
        /// Something outside the message is in the way: the template, the token, the account.
        case blocked(Problem, isAwaited: Bool)
        /// It left, and no answer came.
        case lost
        /// The process began again and found it like this.
        case restarted
        /// No evidence came in time; `resend` is what the caller asked for.
        case evidenceOverdue(resend: Bool)
        /// A status that echoes an attempt of ours: late proof that Meta has it.
        case proven(wamid: String)
        /// It is too old, or was tried too often.
        case gaveUp(Problem)
        /// A person, or the end of what was in the way, lets it go (again).
        case released
        /// The outbox came back from a backup: it may have gone out since, and a person decides.
        case restored(Problem)
    }

    enum Action: Hashable, Sendable {
        /// Write the request at once; `attempt` goes along as `id.attempt`.
        case send(attempt: Int)
        /// Tell whoever waits, and journal the state.
        case settle
        /// The same, and free the idempotency key.
        case settleAndFreeKey
        /// Queue it again after the backoff for that many attempts.
        case retry(after: Int)
        /// Wait for a status that echoes the attempt.
        case awaitEvidence
        /// List it among the dead letters.
        case bury
        /// Queue it again now.
        case queue
        /// Note the wamid as one more of this message's.
        case noteWamid
        case nothing
    }

    let mode: Mode
    private(set) var state: State
    /// How often it was handed to Meta, the try at hand included.
    private(set) var attempt: Int

    /// A message that was just taken in, or one as the outbox kept it.
    init(mode: Mode, state: State = .queued, attempt: Int = 0) {
        self.mode = mode
        self.state = state
        self.attempt = attempt
    }

    /// Lets something happen to the message.
    mutating func happened(_ event: Event) -> Action? {
        guard let (next, action) = transition(event) else { return nil }
        state = next
        switch event {
        case .claimed, .pretended: attempt += 1
        // After the backup that the outbox was restored from.
        case .proven where attempt == 0: attempt = 1
        default: break
        }
        return action
    }

    // The whole table; an event that stands nowhere under a state has no place there.
    private func transition(_ event: Event) -> (State, Action)? {
        switch (state, event) {
        case (.queued, .pretended(let wamid)) where mode == .stub:
            (.accepted(wamid: wamid), .settle)
        case (.queued, .claimed): (.sending, .send(attempt: attempt + 1))
        case (.queued, .blocked(let problem, isAwaited: true)):
            (.refused(problem), .settleAndFreeKey)
        case (.queued, .blocked(let problem, isAwaited: false)): (.held(problem), .settle)
        case (.queued, .gaveUp(let problem)): (.failed(problem), .bury)
        // An earlier attempt was lost, and is proven after all: what waits to be sent again must not be.
        case (.queued, .proven(let wamid)) where attempt > 0: (.accepted(wamid: wamid), .settle)
        case (.queued, .restarted): (.queued, .nothing)

        case (.sending, .accepted(let wamid)), (.sending, .proven(let wamid)):
            (.accepted(wamid: wamid), .settle)
        case (.sending, .retryable): (.queued, .retry(after: attempt))
        case (.sending, .rejected(let problem, isAwaited: true)),
            (.sending, .blocked(let problem, isAwaited: true)):
            (.refused(problem), .settleAndFreeKey)
        case (.sending, .rejected(let problem, isAwaited: false)): (.failed(problem), .bury)
        case (.sending, .blocked(let problem, isAwaited: false)): (.held(problem), .settle)
        case (.sending, .gaveUp(let problem)): (.failed(problem), .bury)
        case (.sending, .lost), (.sending, .restarted):
            (.unknown(isDeadLetter: false), .awaitEvidence)

        case (.unknown, .accepted(let wamid)), (.unknown, .proven(let wamid)):
            (.accepted(wamid: wamid), .settle)
        case (.unknown(isDeadLetter: false), .evidenceOverdue(resend: true)): (.queued, .queue)
        case (.unknown(isDeadLetter: false), .evidenceOverdue(resend: false)):
            (.unknown(isDeadLetter: true), .bury)
        case (.unknown(isDeadLetter: false), .restarted): (state, .awaitEvidence)
        case (.unknown(isDeadLetter: true), .restarted): (state, .nothing)
        // Only by name, by a person who has looked.
        case (.unknown(isDeadLetter: true), .released): (.queued, .queue)

        case (.held, .released): (.queued, .queue)
        case (.held, .gaveUp(let problem)): (.failed(problem), .bury)
        case (.held, .proven(let wamid)) where mayHaveLeft: (.accepted(wamid: wamid), .settle)
        case (.held, .restarted): (state, .nothing)

        case (.queued, .restored(let problem)), (.sending, .restored(let problem)),
            (.held, .restored(let problem)),
            (.unknown(isDeadLetter: false), .restored(let problem)):
            (.held(problem), .bury)

        case (.failed, .released): (.queued, .queue)
        case (.failed, .proven(let wamid)) where attempt > 0: (.accepted(wamid: wamid), .settle)
        case (.failed, .restarted), (.refused, .restarted), (.accepted, .restarted):
            (state, .nothing)

        // A message that was sent again may be proven twice; the first wamid stays its name.
        case (.accepted, .proven), (.accepted, .accepted): (state, .noteWamid)
        // Meta took it first, and said later that it could not deliver it.
        case (.accepted, .rejected(let problem, isAwaited: false)): (.failed(problem), .bury)
        default: nil
        }
    }

    /// The state by its name on the wire.
    var status: MessageStatus {
        switch state {
        case .queued: .queued
        case .sending: .sending
        case .accepted: .accepted
        case .held: .held
        case .unknown: .unknown
        case .refused: .refused
        case .failed: .failed
        }
    }

    /// Whether Meta may have it: then a status can prove it.
    var mayHaveLeft: Bool {
        if case .held(let problem) = state, problem.code == .restored { true } else { attempt > 0 }
    }

    var wamid: String? { if case .accepted(let wamid) = state { wamid } else { nil } }

    /// Why it is not on its way.
    var problem: Problem? {
        switch state {
        case .held(let problem), .refused(let problem), .failed(let problem): problem
        case .queued, .sending, .accepted, .unknown: nil
        }
    }
}
