internal import Wire

extension Provider {
    /// A page of the list of dead letters.
    func deadLetters(_ asked: ListDeadLetters) async throws -> ListDeadLetters.Answer {
        let held = await sender?.heldTemplates ?? [:]
        return try await outbox.change { store, tables, now in
            try store.deadLetters(asked, in: tables, held: held, at: now)
        }
    }

    /// Lets dead letters go again, or says which would.
    func retry(_ asked: RetryDeadLetters) async throws -> RetryDeadLetters.Answer {
        let held = await sender?.heldTemplates ?? [:]
        let (answer, tickets) = try await outbox.change { store, tables, now in
            try store.retry(asked, in: tables, held: held, at: now)
        }
        await sender?.requeue(tickets)
        return answer
    }

    /// Takes a message off the list.
    func discard(_ asked: DiscardDeadLetter) async throws -> DiscardDeadLetter.Answer {
        DiscardDeadLetter.Answer(
            discarded: try await outbox.change { _, tables, now in
                try tables.deadLetters.discard(asked.id, at: now)
            })
    }
}
