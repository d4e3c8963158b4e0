internal import Wire

extension Provider {
    /// A page of the list of dead letters.
    func deadLetters(_ asked: ListDeadLetters) async throws -> ListDeadLetters.Answer {
        let held = await stoppedTemplates
        var answer = try await outbox.change { store, tables, now in
            try store.deadLetters(asked, in: tables, held: held, at: now)
        }
        for (index, letter) in answer.deadLetters.enumerated() where letter.wouldBeRefused == nil {
            answer.deadLetters[index].wouldBeRefused =
                await templates.objection(to: letter.request).map(Objection.init)
        }
        return answer
    }

    /// Lets dead letters go again, or says which would.
    func retry(_ asked: RetryDeadLetters) async throws -> RetryDeadLetters.Answer {
        let held = await stoppedTemplates
        let (answer, tickets) = try await outbox.change { store, tables, now in
            try store.retry(asked, in: tables, held: held, at: now)
        }
        await sender.requeue(tickets)
        return answer
    }

    /// Templates that Meta does not send now, by its refusals or by its list.
    private var stoppedTemplates: [String: Problem] {
        get async {
            let held = await sender.heldTemplates
            return held.merging(await templates.obstacles) { byRefusal, _ in byRefusal }
        }
    }

    /// Takes a message off the list.
    func discard(_ asked: DiscardDeadLetter) async throws -> DiscardDeadLetter.Answer {
        DiscardDeadLetter.Answer(
            discarded: try await outbox.change { _, tables, now in
                try tables.deadLetters.discard(asked.id, at: now)
            })
    }
}
