internal import CloudAPI
internal import Journal
internal import SQLite
internal import Wire

// Meta's part in mode stub: the statuses that follow, and what they mean for the outbox.

extension OutboxStore {
    /// Tells what is due as Meta would, in one transaction; `now` is the wall clock in ms.
    ///
    /// - Throws: `JournalError`.
    func tellStatuses(now: Int64, limit: Int) throws -> Commit {
        try onTables { tables in
            try tables.database.transaction {
                var commit = Commit()
                written = nil
                for due in try tables.stubLife.due(at: now, limit: limit) {
                    if let status = due.step.status { try tell(status, due, in: tables, at: now) }
                    if let ticket = try settle(due, in: tables, at: now) {
                        commit.queued.append(ticket)
                    }
                    try tables.stubLife.advance(due)
                }
                commit.newest = written
                commit.nextDue = try tables.stubLife.nextDue()
                return commit
            }
        }
    }

    private func tell(
        _ status: CloudStatus, _ due: StubLifeTable.Due, in tables: Tables, at now: Int64
    ) throws {
        let payload = StatusPayload.make(
            phoneNumberID: due.phoneNumberID, displayNumber: StubAccount.displayNumber,
            wabaID: businessAccountID, wamid: due.wamid, status: status,
            // Meta counts whole seconds: rounded up, none lies before the acceptance.
            timestamp: (now + 999) / 1_000, recipient: due.recipient,
            callbackData: "\(due.id).\(due.attempt)",
            errors: status == .failed ? [due.failure].compactMap { $0 } : [])
        written = try tables.journal.append(.webhook, payload, at: now).seq
    }

    /// What live mode hears of by inbox's feed: late proof, late failure, or the end of the wait for them.
    ///
    /// - Returns: what goes again, since its caller wants that of a doubt.
    private func settle(
        _ due: StubLifeTable.Due, in tables: Tables, at now: Int64
    ) throws -> Ticket? {
        guard StubRecipient(due.recipient) != nil else { return nil }
        guard due.step == .silence else {
            var proof = FeedNews.Proof(id: due.id, wamid: due.wamid)
            if due.step == .failed {
                proof.failure = due.failure.map { Problem(CloudAPI.GraphError($0)) }
            }
            _ = try prove(proof, of: due.number, in: tables, at: now)
            return nil
        }
        guard let found = try tables.messages.place(of: due.number) else { return nil }
        let overdue = OutboxMessage.Event.evidenceOverdue(resend: found.resends)
        let changed = try happened([overdue], to: due.number, in: tables, at: now)
        return changed?.action == .queue ? found.ticket : nil
    }

    /// Begins what Meta tells of a message to a recipient of its own, once Graph has or may have it.
    func beginStubLife(
        of number: Int64, to recipient: Recipient, in tables: Tables, at now: Int64
    ) throws {
        guard mode == .stub, let first = recipient.stubLife.first else { return }
        try tables.stubLife.begin(number, with: first, at: now)
    }
}

extension StubLifeTable.Due {
    /// What a failed status says.
    fileprivate var failure: CloudError? {
        StubRecipient(recipient)?.failure.map {
            CloudError(code: $0, details: "stub: error \($0) of Meta's")
        }
    }
}
