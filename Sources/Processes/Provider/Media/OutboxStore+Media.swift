internal import FoundationEssentials
internal import Journal
internal import Wire

// What becomes of files: each change with its row and its journal entry, inside the transaction of the group.

extension OutboxStore {
    /// Notes a file that a webhook named; one that is known stays as it is.
    ///
    /// Not journaled: inbox calls it pending until it hears more.
    func noted(_ row: MediaRow, in tables: Tables, at now: Int64) throws {
        _ = try tables.media.add(row, at: now)
    }

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
        if known == nil, let file = row.file {
            // It came while its person was erased.
            return try tables.erasures.left(file)
        }
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

    // MARK: Leaving

    /// Marks as evicted what may go, until so many bytes are left; the files are to be removed afterwards.
    func evict(
        downTo allowed: Int64, in tables: Tables, at now: Int64
    ) throws -> (files: [String], fits: Bool) {
        var bytes = try tables.media.bytes()
        var files: [String] = []
        guard bytes > allowed else { return (files, true) }
        for row in try tables.media.served(limit: MediaShelf.atOnce) where bytes > allowed {
            bytes -= row.size ?? 0
            if let file = try leave(row, as: .evicted, in: tables, at: now) { files.append(file) }
        }
        return (files, bytes <= allowed)
    }

    /// Marks as expired what Meta has forgotten: uploads, and what never came.
    ///
    /// A file that came stays however old it is.
    func expire(in tables: Tables, at now: Int64) throws -> (files: [String], count: Int) {
        let rows = try tables.media.outOfDate(at: now, limit: MediaShelf.atOnce)
        let files = try rows.compactMap { try leave($0, as: .expired, in: tables, at: now) }
        return (files, rows.count)
    }

    /// Notes that a file is gone which should be there: fetched anew while Meta has it, else lost.
    func missing(_ row: MediaRow, in tables: Tables, at now: Int64) throws {
        let canCome = row.origin == .received && now < row.expiresAt
        _ = try leave(row, as: canCome ? .pending : .expired, in: tables, at: now)
    }

    private func leave(
        _ row: MediaRow, as state: MediaState, in tables: Tables, at now: Int64
    ) throws -> String? {
        var row = row
        row.state = state
        let file = row.file
        row.file = nil
        try became(row, in: tables, at: now)
        return file
    }
}
