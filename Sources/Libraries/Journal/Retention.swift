internal import SQLite

/// How long shipped entries stay, as the raw ledger for audit, replay and rebuild.
package struct Retention: Sendable {
    /// Milliseconds after which a shipped entry may go.
    package let age: Int64
    /// Bytes in use in the file beyond which shipped entries go before their time.
    package let bytes: Int64

    package init(
        age: Int64 = 7 * 24 * 3_600 * 1_000, bytes: Int64 = 1 << 30
    ) {
        self.age = age
        self.bytes = bytes
    }
}

extension JournalTable {
    /// Entries looked at in one transaction: a few milliseconds, so that appends don't wait for more.
    private static var step: Int { 1_000 }
    /// Entries dropped between two looks at the size of the file.
    private static var stride: Int64 { 100 }

    /// Deletes shipped entries that are too old or too many, oldest first; call it until it answers 0.
    ///
    /// Never an unshipped one, and never the newest shipped one; nothing before inbox was heard. Space goes back to the file, not to the disk.
    /// - Throws: `DatabaseError`.
    /// - Returns: how many went.
    package func prune(_ retention: Retention, now: Int64) throws -> Int64 {
        guard isConfirmed else { return 0 }
        try saveShipped()
        var pruned = try delete(before: firstToKeep(since: now - retention.age))
        let pageSize = try database.pageSize()
        while pruned < Self.step, try database.usedPages() * pageSize > retention.bytes {
            guard let oldest = try extent().oldest else { break }
            let count = try delete(before: oldest + Self.stride)
            if count == 0 { break }
            pruned += count
        }
        return pruned
    }

    /// The first entry that is young enough; ages are looked at in the order of the numbers, so that a
    /// clock that was set back makes no gap.
    private func firstToKeep(since cutoff: Int64) throws -> Int64 {
        var first: Int64 = 0
        try database.prepare("SELECT seq, at FROM journal ORDER BY seq LIMIT ?").forEach(
            .integer(Self.step)
        ) { row in
            first = row.integer(0)
            guard row.integer(1) < cutoff else { return .stop }
            first += 1
            return .next
        }
        return first
    }

    private func delete(before seq: Int64) throws -> Int64 {
        try database.prepare("DELETE FROM journal WHERE seq < min(?, ?)").run(
            .integer(seq), .integer(shipped))
        return database.changes
    }
}
