internal import FoundationEssentials
internal import SQLite
internal import Wire

/// Whether this outbox came back from a backup: what is unsettled in it may have gone out since.
final class RestoredTable {
    private let marked, mark, clear: Statement

    /// Takes over the table that `OutboxSchema` made.
    ///
    /// - Throws: `DatabaseError`.
    init(in database: Database) throws {
        marked = try database.prepare("SELECT 1 FROM restored LIMIT 1")
        mark = try database.prepare("INSERT INTO restored VALUES (?)")
        clear = try database.prepare("DELETE FROM restored")
    }

    func isMarked() throws -> Bool { try marked.first { _ in true } ?? false }
    func mark(at time: Int64) throws { try mark.run(.integer(time)) }
    func unmark() throws { try clear.run() }
}

extension OutboxStore {
    /// What `./run.sh restore` leaves beside the file that it puts in its place.
    static let restoreMark = "restored"

    /// Takes note of a restore, in the outbox itself, and removes its mark; `now` is the wall clock in ms.
    func noteRestore(in tables: Tables, at now: Int64) throws {
        let file = URL(filePath: path).deletingLastPathComponent().appending(path: Self.restoreMark)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        try tables.database.transaction { try tables.restored.mark(at: now) }
        try FileManager.default.removeItem(at: file)
    }

    /// Holds all that is unsettled in a restored outbox until a person lets it go; once for a restore.
    ///
    /// Statuses that came after the backup are followed again, and settle what went out since.
    func holdRestored(in tables: Tables, at now: Int64) throws {
        guard mode == .live, try tables.restored.isMarked() else { return }
        let unsettled = try tables.messages.unsettled() + tables.messages.unknown()
        for found in unsettled {
            _ = try happened([.restored(.restored)], to: found.ticket.number, in: tables, at: now)
        }
        try tables.restored.unmark()
    }
}

extension Problem {
    /// Nobody knows whether it went out after the backup was made.
    static var restored: Problem {
        Problem(
            .restored, status: 503,
            "The outbox was restored from a backup; this message may have gone out since.",
            hint: "Look whether it arrived; then ./run.sh dead-letters retry --cause restored, "
                + "or discard it.")
    }

    /// Whether only a person can let a message go that is held for this.
    var isForAPerson: Bool { code == .restored || code == .notOnAllowList }
}

extension Condition {
    /// That many messages of a restored outbox wait for a person.
    static func restored(_ count: Int64) -> Condition {
        Condition(
            "outbox_restored", "the outbox was restored: \(count) messages may have gone out since",
            hint: Problem.restored.hint)
    }
}
