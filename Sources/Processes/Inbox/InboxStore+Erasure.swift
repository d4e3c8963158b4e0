internal import SQLite
internal import Wire

// What else an erasure wants: what journals may keep, and that the file has nothing left of what went.

extension InboxStore {
    /// What is to become of entries that were applied, now that people were erased.
    func redact(_ asked: RedactEntries) throws -> RedactEntries.Answer {
        let fold = try opened().fold
        return .init(
            try asked.entries.compactMap { entry in
                try fold.redacted(
                    Arrival(origin: asked.origin, process: asked.process, entry: entry)
                ).map { RedactedBody(position: entry.position, body: $0) }
            })
    }

    /// Whether one of a batch's entries tells of somebody erased; nil when nobody is.
    func namesErased(_ batch: AppendEntries, _ store: Opened) throws -> Bool? {
        guard try !store.fold.erasures.isEmpty() else { return nil }
        return try batch.entries.contains { entry in
            try store.fold.redacted(
                Arrival(origin: batch.origin, process: batch.process, entry: entry)) != nil
        }
    }

    // MARK: The file

    /// Pages of the index of words that are merged in one transaction: some 15 ms.
    private static let pagesMerged: Int64 = 64

    /// The last of what went that the file may still have something of, and should not; nil when there is none.
    func remains(now: Int64) throws -> Int64? {
        try opened().sql("SELECT number FROM remains WHERE due <= ? ORDER BY number DESC LIMIT 1")
            .first(.integer(now)) { $0.integer(0) }
    }

    /// What is done about what went, one after the other.
    enum Sweep: Sendable {
        /// The indexes of words, which keep what was taken out of them until they are merged; `begins`: all that
        /// there is now is to become one. (SQLite, "FTS5: the merge command")
        case words(begins: Bool)
        /// Pages of the file from that one on, in which rows that were moved have left copies.
        case pages(from: Int64)
    }

    /// Another process reads the file: try again.
    struct FileIsRead: Error {}

    /// Does some of it; answers what is to be done next, or nil once it is noted that nothing is left of what
    /// went up to that number.
    ///
    /// - Throws: `FileIsRead`, `DatabaseError`.
    func sweep(_ sweep: Sweep, upTo number: Int64) throws -> Sweep? {
        switch sweep {
        case .words(let begins):
            return try mergeWords(begins: begins) ? .words(begins: false) : .pages(from: 1)
        case .pages(let first):
            let database = try opened().database
            do {
                if let next = try database.clean(from: first) { return .pages(from: next) }
            } catch DatabaseError.busy { throw FileIsRead() }
            try opened().sql("DELETE FROM remains WHERE number <= ?").run(.integer(number))
            return nil
        }
    }

    /// Whether there is more to merge.
    private func mergeWords(begins: Bool) throws -> Bool {
        let store = try opened()
        let pages = Parameter.integer(begins ? -Self.pagesMerged : Self.pagesMerged)
        let before = store.database.totalChanges
        try store.database.transaction {
            try store.sql("INSERT INTO message_words(message_words, rank) VALUES ('merge', ?)")
                .run(pages)
            try store.sql("INSERT INTO party_words(party_words, rank) VALUES ('merge', ?)")
                .run(pages)
        }
        // Each counts as one change by itself.
        return store.database.totalChanges - before > 2
    }
}
