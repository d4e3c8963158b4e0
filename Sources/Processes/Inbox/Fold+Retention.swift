internal import CloudAPI
internal import SQLite
internal import Wire

// What is older than it may be goes. This is the one thing here that no entry says: so nothing may be given
// an age at which a journal could still bring it back.

extension Fold {
    /// Takes out the oldest messages, those from before a time and at most `limit`, and whoever has none left.
    ///
    /// Ages are by Meta's clock, so that chats of long ago which were imported go too. Times in ms.
    /// - Returns: how many messages went.
    func retire(before time: Int64, limit: Int64, now: Int64) throws -> Int {
        let oldest = try sql("SELECT id FROM messages WHERE place > 0 ORDER BY place LIMIT ?")
            .all(.integer(limit)) { $0.text(0) }
        let rows = try oldest.compactMap { try message($0) }.prefix { $0.timestamp < time }
        for row in rows { try drop(row.id, wamids: try wamids(of: row), of: row.phoneNumberID) }
        for id in Set(rows.map(\.conversation)).sorted() {
            let party = try sql("SELECT party FROM conversations WHERE id = ?")
                .first(.text(id)) { $0.text(0) }
            try conversations.emptied(id, at: now)
            guard let party, !PartyKey.isGroup(party),
                try conversations.numbers(of: party).isEmpty
            else { continue }
            _ = try people.forget(party, before: Moment(at: time, seq: 0), keeping: [])
        }
        return rows.count
    }

    /// Takes out statuses of before a time, at most `limit`, whose message is not here: it went before them, or
    /// never came.
    ///
    /// - Returns: how many went.
    func retireStatuses(before time: Int64, limit: Int64) throws -> Int64 {
        try sql(
            """
            DELETE FROM statuses WHERE (phone_number_id, wamid, status, participant) IN (
                SELECT phone_number_id, wamid, status, participant FROM statuses
                WHERE message = '' AND at < ? ORDER BY at LIMIT ?)
            """
        ).run(.integer(time), .integer(limit))
        return sql.database.changes
    }
}

extension Feed {
    /// Drops events from before a time, at most `limit`, but never the newest: who follows stands on it.
    ///
    /// - Returns: how many went.
    func retire(before time: Int64, limit: Int64) throws -> Int64 {
        let oldest = try sql("SELECT id, at FROM changes WHERE id > 0 ORDER BY id LIMIT ?")
            .all(.integer(limit)) { (id: $0.integer(0), at: $0.integer(1)) }
        guard let last = oldest.prefix(while: { $0.at < time }).last?.id, let newest = try newest()
        else { return 0 }
        try sql("DELETE FROM changes WHERE id <= ?").run(.integer(min(last, newest - 1)))
        return sql.database.changes
    }
}

extension InboxStore {
    /// What goes in one transaction: some tens of milliseconds, so that batches don't wait for more.
    private static let retiredAtOnce: Int64 = 200
    /// After something went, until its words are swept out of the index, in ms: a day.
    static let sweepingPause: Int64 = 24 * 3_600 * 1_000

    /// Takes out some of what is from before a time; call it until that is nothing.
    ///
    /// - Returns: how much went, and the newest event's number.
    func retire(before time: Int64, now: Int64) throws -> (count: Int64, newestEvent: Int64) {
        let store = try opened()
        store.fold.begin()
        let count = try store.database.transaction {
            let messages = try store.fold.retire(
                before: time, limit: Self.retiredAtOnce, now: now)
            let statuses = try store.fold.retireStatuses(before: time, limit: Self.retiredAtOnce)
            let events = try store.fold.feed.retire(before: time, limit: Self.retiredAtOnce)
            if messages > 0 {
                try store.sql(
                    """
                    INSERT INTO remains(at, due)
                    SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM remains WHERE due > ?1)
                    """
                ).run(.integer(now), .integer(now + Self.sweepingPause))
            }
            try store.fold.finish()
            return Int64(messages) + statuses + events
        }
        return (count, try store.fold.feed.newest() ?? 0)
    }
}
