internal import Wire

// What becomes of files: one function changes a state, with its row and its journal entry, inside the
// transaction of the group.

extension OutboxStore {
    /// Keeps what was handed to Meta, under the id that Meta gave it.
    ///
    /// Whoever uploaded it has it: it counts as served, so that it never stands in the way of what came.
    func uploaded(_ row: MediaRow, in tables: Tables, at now: Int64) throws {
        guard try tables.media.add(row, at: now, servedAt: now) else { return }
    }
}
