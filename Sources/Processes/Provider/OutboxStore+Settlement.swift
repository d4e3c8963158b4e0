internal import Wire

// What inbox's change feed says of messages that left here: late proof, late failure, or nothing.

/// A part of the change feed, as far as it concerns the outbox.
struct FeedNews: Hashable, Sendable {
    /// What Meta's statuses prove of one message.
    struct Proof: Hashable, Sendable {
        let id: String
        let wamid: String
        /// Meta took it and could not deliver it.
        var failure: Problem?
    }

    /// A message that was seen here, the newest of its conversation.
    struct Mark: Hashable, Sendable {
        let conversation: String
        let phoneNumberID: String
        let wamid: String
        /// Meta's clock, ms.
        let at: Int64
    }

    /// The id to go on after.
    let position: String
    var proofs: [Proof] = []
    var people: [PersonNews] = []
    var marks: [Mark] = []
    /// Files that are to be fetched.
    var media: [MediaRow] = []
    var erased: [ErasedPerson] = []
    /// All that ingress answered for until then (boot clock, ms) is in this part or before it.
    var completeTo: Int64?
}

/// What became of it.
struct Followed: Sendable {
    /// Their new state, for the queue and for those who wait.
    var settled: [Changed] = []
    /// No evidence came, and their caller wants them sent again.
    var resent: [Ticket] = []
    /// What Meta refused after it had taken it: its scope may be in trouble.
    var failures: [(ticket: Ticket, problem: Problem)] = []
}

extension OutboxStore {
    /// How long a status is waited for after a send without an answer, in ms.
    ///
    /// `sent` comes within seconds; Meta's own retries may take hours, and settle it still.
    static let evidenceWait: Int64 = 90_000

    /// Takes the effect of a part of the feed, with its position in the same transaction.
    func follow(_ news: FeedNews, in tables: Tables, at now: Int64) throws -> Followed {
        var followed = Followed()
        for proof in news.proofs {
            guard let number = try tables.messages.find(id: proof.id)?.number,
                let changed = try prove(proof, of: number, in: tables, at: now)
            else { continue }
            followed.settled.append(changed)
            if let failure = proof.failure, let ticket = try tables.messages.ticket(of: number) {
                followed.failures.append((ticket, failure))
            }
        }
        for file in news.media { try noted(file, in: tables, at: now) }
        if let completeTo = news.completeTo {
            for found in try tables.messages.unknown(overdueAt: completeTo) {
                let overdue = OutboxMessage.Event.evidenceOverdue(resend: found.resends)
                let changed = try happened([overdue], to: found.ticket.number, in: tables, at: now)
                if changed?.action == .queue { followed.resent.append(found.ticket) }
            }
        }
        for news in news.people { try tables.people.learn(news) }
        for mark in news.marks { try tables.readMarks.add(mark, now: now) }
        for person in news.erased {
            followed.settled += try erase(person, in: tables, at: now)
        }
        try tables.feed.setPosition(news.position)
        return followed
    }

    func prove(
        _ proof: FeedNews.Proof, of number: Int64, in tables: Tables, at now: Int64
    ) throws -> Changed? {
        guard let message = try tables.messages.find(number: number)?.kept.message else {
            return nil
        }
        let isKnown = try tables.messages.find(wamid: proof.wamid)?.number == number
        guard let failure = proof.failure else {
            // The feed tells a message again whenever anything of it changes.
            guard !isKnown else { return nil }
            let changed = try happened(
                [.proven(wamid: proof.wamid)], to: number, in: tables, at: now)
            if changed?.action == .noteWamid {
                try tables.messages.note(proof.wamid, of: number)
                return nil
            }
            return changed
        }
        let rejected = OutboxMessage.Event.rejected(failure, isAwaited: false)
        switch message.state {
        case .accepted(let wamid) where wamid == proof.wamid:
            return try happened([rejected], to: number, in: tables, at: now)
        case .unknown, .sending, .queued, .held:
            guard !isKnown, message.mayHaveLeft else { return nil }
            // Both, one after the other: the try keeps its wamid, and then why it failed.
            _ = try happened([.proven(wamid: proof.wamid)], to: number, in: tables, at: now)
            return try happened([rejected], to: number, in: tables, at: now)
        case .accepted, .refused, .failed: return nil
        }
    }
}
