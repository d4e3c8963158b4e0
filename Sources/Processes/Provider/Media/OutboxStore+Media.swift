internal import FoundationEssentials
internal import Journal
internal import Wire

// What becomes of files: each change with its row and its journal entry, inside the transaction of the group.

extension OutboxStore {
    /// Keeps what was handed to Meta, under the id that Meta gave it.
    ///
    /// Whoever uploaded it has it: it counts as served, so that it never stands in the way of what came.
    func uploaded(_ row: MediaRow, in tables: Tables, at now: Int64) throws {
        guard try tables.media.add(row, at: now, servedAt: now) else { return }
        try journal(row, in: tables, at: now)
    }

    /// Writes what became of a file; `notBefore` (wall clock, ms) is when it may be fetched.
    func became(
        _ row: MediaRow, in tables: Tables, at now: Int64, notBefore: Int64 = 0
    ) throws {
        let known = try tables.media.find(row.id)
        // Inbox orders by time: of one file no two changes have the same, whatever the clock does.
        let at = max(now, (known?.changedAt ?? 0) + 1)
        try tables.media.keep(row, at: at, notBefore: notBefore)
        if known?.state != row.state { try journal(row, in: tables, at: at) }
    }

    private func journal(_ row: MediaRow, in tables: Tables, at: Int64) throws {
        let transition = MediaTransition(
            mediaID: row.id, phoneNumberID: row.phoneNumberID, state: row.state, at: at,
            mimeType: row.mimeType, size: row.size, sha256: row.sha256, filename: row.filename,
            error: row.problem)
        written = try tables.journal.append(.media, try encoder.encode(transition), at: at).seq
    }
}
