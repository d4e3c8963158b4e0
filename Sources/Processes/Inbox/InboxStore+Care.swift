internal import SQLite
internal import Wire

// What an audit and a backup want of the file.

extension InboxStore {
    /// Entries that could not be read, of which an audit shows the newest.
    private static let unparsedShown = 200

    /// How far each journal was applied, and what of it was not.
    func audit() throws -> AuditInbox.Answer {
        let store = try opened()
        let holes = try store.sql("SELECT origin, first, last FROM holes ORDER BY origin, first")
            .all { row in
                AuditInbox.Hole(
                    origin: row.text(0), first: EntryNumber(row.integer(1)),
                    last: EntryNumber(row.integer(2)))
            }
        let unparsed = try store.sql(
            """
            SELECT origin, seq, at, kind, path, error FROM unparsed
            ORDER BY at DESC, seq DESC LIMIT ?
            """
        ).all(.integer(Self.unparsedShown)) { row in
            AuditInbox.Unparsed(
                origin: row.text(0), seq: EntryNumber(row.integer(1)),
                at: Timestamp(milliseconds: row.integer(2)), kind: row.text(3), path: row.text(4),
                error: row.text(5))
        }
        return AuditInbox.Answer(
            applied: try applied(store), holes: holes, unparsed: unparsed,
            unparsedCount: try store.sql("SELECT count(*) FROM unparsed").first { $0.integer(0) }
                ?? 0)
    }

    private func applied(_ store: Opened) throws -> [AppliedJournal] {
        try store.sql("SELECT process, origin, seq, mark FROM origins ORDER BY process, at").all {
            row in
            guard let process = Service(rawValue: row.text(0)) else {
                throw Problem.internalError(in: .inbox)
            }
            return AppliedJournal(
                process: process, origin: row.text(1),
                position: JournalPosition(seq: row.integer(2), mark: row.bits(3)))
        }
    }

    /// Bytes that a copy takes.
    func size() throws -> Int64 { try opened().database.fileSize() }

    /// Copies the file to `path` while batches are applied; answers what the copy has of each journal.
    ///
    /// - Throws: `DatabaseCopy.Failure`.
    func copy(to path: String) async throws -> [AppliedJournal] {
        let store = try opened()
        try await store.database.copy(to: path)
        // Nothing can be applied between the last step and this.
        return try applied(store)
    }
}
