internal import SQLite
internal import Wire

extension InboxStore {
    /// An entry that was begun that often and never ended is set aside unread, so that what comes after it
    /// arrives.
    ///
    /// Who kills inbox from outside that often in the middle of one entry is taken for the entry: it is kept
    /// raw in `unparsed`, health says so, and it is looked at again when all is quiet (`lookAgain`).
    static let trials: Int64 = 3
    /// Bodies up to that many bytes past the position may have ended a process that did not end in order: no
    /// batch was longer (`Shipper.maximumBytes`).
    static let cautiousBytes = 1 << 20

    /// Where that journal was applied up to; nil when it was never seen.
    func position(of origin: String) -> JournalPosition? { positions[origin]?.position }

    /// Applies a batch, with the new position, in as few transactions as it takes.
    ///
    /// - Throws: `Problem` for a batch that is none; `DatabaseError` when the store is at fault: then what
    ///   was applied is where the position stands, or unknown if the remedy is `exit`.
    func append(_ batch: AppendEntries) throws -> Applied {
        let store = try opened()
        guard positions[batch.origin]?.position == batch.after else {
            return try applied(.mismatch, batch.origin, store)
        }
        var last = batch.after?.seq ?? 0
        for entry in batch.entries {
            guard entry.position.seq > last else {
                throw Problem.invalid(
                    "entries", "The entries are not in the order of their journal.",
                    hint: "Report this.")
            }
            last = entry.position.seq
        }
        var rest = batch.entries.map {
            Arrival(origin: batch.origin, process: batch.process, entry: $0)
        }[...]
        fitLog(toEntries: rest.count, of: store.database)
        try applyCautiously(&rest, store)
        // All that was in the journal when it was last shipped from has been tried.
        if batch.completeTo != nil { caution[batch.origin] = 0 }
        try apply(rest, store)
        return try applied(
            .applied, batch.origin, store, namesErased: namesErased(batch, store))
    }

    private func applied(
        _ outcome: AppendEntries.Answer.Outcome, _ origin: String, _ store: Opened,
        namesErased: Bool? = nil
    ) throws -> Applied {
        Applied(
            answer: .init(
                outcome, positions[origin]?.position, erasures: try store.fold.erasures.digest(),
                namesErased: namesErased),
            lastAt: positions[origin]?.at,
            newestEvent: try store.fold.feed.newest() ?? 0)
    }

    /// All in one transaction, or else one by one.
    private func apply(_ arrivals: ArraySlice<Arrival>, _ store: Opened) throws {
        guard !arrivals.isEmpty else { return }
        do {
            try commit(arrivals, store) { try store.fold.apply($0) }
        } catch {
            guard error.isOfAnEntry else { throw error }
            for arrival in arrivals { try applyAlone(arrival, store) }
        }
    }

    private func applyAlone(_ arrival: Arrival, _ store: Opened) throws {
        do {
            try commit([arrival], store) { try store.fold.apply($0) }
        } catch {
            guard error.isOfAnEntry else { throw error }
            try setAside(arrival, because: "\(error)", store)
        }
    }

    /// Applies those that may have ended the process before this one: all together at first, since mostly it
    /// was somebody who killed it, and each alone where that is known to have ended one again.
    private func applyCautiously(_ rest: inout ArraySlice<Arrival>, _ store: Opened) throws {
        guard let origin = rest.first?.origin else { return }
        func left() -> Int { caution[origin, default: cautionAtStart] }
        func passed(_ tried: ArraySlice<Arrival>) {
            caution[origin] = left() - tried.reduce(0) { $0 + $1.entry.body.count }
            rest = rest.dropFirst(tried.count)
        }
        guard left() > 0, let first = rest.first else { return }
        if try store.ledger.trials(of: first) == nil {
            try tryTogether(rest, store)
            passed(rest)
        }
        while left() > 0, let next = rest.first {
            try tryAlone(next, store)
            passed(rest.prefix(1))
        }
    }

    /// A batch, after it was noted that it is tried.
    private func tryTogether(_ arrivals: ArraySlice<Arrival>, _ store: Opened) throws {
        guard let first = arrivals.first else { return }
        try store.database.transaction { try store.ledger.noteTrial(0, of: first) }
        do { try apply(arrivals, store) } catch {
            // We live, so that the next start has no reason to take them one by one.
            try? store.database.transaction { try store.ledger.clearTrial(of: first.origin) }
            throw error
        }
    }

    /// One entry, after it was noted that it is tried: it may be the one that ended us.
    private func tryAlone(_ arrival: Arrival, _ store: Opened) throws {
        if refused[arrival.origin] != arrival.entry.position.seq {
            let n = (try store.ledger.trials(of: arrival) ?? 0) + 1
            guard n <= Self.trials else {
                return try setAside(
                    arrival, because: "inbox ended while it applied this, \(n - 1) times",
                    isSuspect: true, store)
            }
            try store.database.transaction { try store.ledger.noteTrial(n, of: arrival) }
        }
        do { try applyAlone(arrival, store) } catch {
            guard error.isForNow else { throw error }
            // There was no room, and we live: this trial must not count, now or after a restart.
            refused[arrival.origin] = arrival.entry.position.seq
            try? store.database.transaction { try store.ledger.clearTrial(of: arrival.origin) }
            throw error
        }
    }

    private func setAside(
        _ arrival: Arrival, because error: String, isSuspect: Bool = false, _ store: Opened
    ) throws {
        try commit([arrival], store) {
            try store.fold.setAside(
                $0.entry.body, of: $0, at: "", because: error, isSuspect: isSuspect)
        }
    }

    /// Does `body` for each, moves the position past them, and commits all of it.
    private func commit(
        _ arrivals: ArraySlice<Arrival>, _ store: Opened, _ body: (Arrival) throws -> Void
    ) throws {
        guard let last = arrivals.last else { return }
        store.fold.begin()
        try store.database.transaction {
            var seq = positions[last.origin]?.position.seq ?? 0
            for arrival in arrivals {
                let next = arrival.entry.position.seq
                if next > seq + 1 { try store.ledger.noteHole(seq + 1...next - 1, before: arrival) }
                try body(arrival)
                seq = next
            }
            try store.fold.finish()
            try store.ledger.advance(to: last)
            if caution[last.origin] != 0 { try store.ledger.clearTrial(of: last.origin) }
        }
        positions[last.origin] = (last.entry.position, last.entry.at)
    }
}

extension Error {
    /// Whether the same may succeed later, with the store as it is.
    var isForNow: Bool {
        switch (self as? DatabaseError)?.remedy {
        case .refuseWrites, .retry: true
        case .refuseRow, .fix, .exit, .stayDown, nil: false
        }
    }

    /// Whether an entry is at fault, not the store: it is set aside and its neighbours are applied.
    var isOfAnEntry: Bool {
        guard let error = self as? DatabaseError else { return true }
        switch error.remedy {
        case .refuseRow, .fix: return true
        case .exit, .refuseWrites, .retry, .stayDown: return false
        }
    }
}
