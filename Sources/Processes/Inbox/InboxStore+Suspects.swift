internal import FoundationEssentials
internal import SQLite
internal import Wire

/// When an entry is looked at again that was set aside since inbox ended while it was applied.
///
/// Whoever kills inbox from outside must not hide what was answered for; what really ends inbox must not end it
/// for ever. So the first look comes after a quiet minute, each later one after four times as long, and the last
/// after four hours.
enum SecondLook {
    /// How long this process must have been up for the first look; how often it looks for what is due.
    static let first = Duration.seconds(60)
    private static let factor = 4
    private static let most = 5

    /// How many looks an entry may have had by a time of that length without an end.
    static func allowed(after quiet: Duration) -> Int64 {
        var (count, wanted): (Int64, Duration) = (0, first)
        while count < most, quiet >= wanted {
            count += 1
            wanted *= factor
        }
        return count
    }
}

extension InboxStore {
    /// What became of a suspect.
    struct SecondLooked: Sendable {
        /// Why it could not be applied; nil when it was.
        let error: String?
        /// The newest event's number.
        let newestEvent: Int64
    }

    private struct Suspect {
        let key: String
        let arrival: Arrival
    }

    /// Applies the suspect that was looked at least often, alone, if it had fewer looks than that.
    ///
    /// Nil when there is none. The look is counted before it, in a commit of its own: this may end us.
    /// - Throws: `DatabaseError` when the store is at fault; a look that found no room does not count.
    func lookAgain(allowed looks: Int64) throws -> SecondLooked? {
        let store = try opened()
        guard let suspect = try suspect(below: looks, store) else { return nil }
        try count(1, suspect, store)
        do {
            store.fold.begin()
            try store.database.transaction {
                // First, since a part of it that cannot be read may be all of it.
                try store.sql("DELETE FROM unparsed WHERE key = ?").run(.text(suspect.key))
                try store.fold.apply(suspect.arrival)
                try store.fold.finish()
            }
        } catch {
            if error.isForNow { try? count(-1, suspect, store) }
            guard error.isOfAnEntry else { throw error }
            try store.sql("UPDATE unparsed SET error = ?, looks = NULL WHERE key = ?").run(
                .text("\(error)"), .text(suspect.key))
            return SecondLooked(error: "\(error)", newestEvent: try store.fold.feed.newest() ?? 0)
        }
        return SecondLooked(error: nil, newestEvent: try store.fold.feed.newest() ?? 0)
    }

    private func suspect(below looks: Int64, _ store: Opened) throws -> Suspect? {
        let found = try store.sql(
            """
            SELECT key, at, seq, origin, kind, raw,
                (SELECT process FROM origins WHERE origins.origin = unparsed.origin)
            FROM unparsed WHERE looks < ? ORDER BY looks, at, seq LIMIT 1
            """
        ).first(.integer(looks)) { row in
            (
                key: row.text(0), at: row.integer(1), seq: row.integer(2), origin: row.text(3),
                kind: row.text(4), raw: row.blob(5), process: row.text(6)
            )
        }
        guard let found else { return nil }
        guard let kind = JournalEntry.Kind(rawValue: found.kind),
            let process = Service(rawValue: found.process)
        else { throw Problem.internalError(in: .inbox) }
        // It is behind the position already, so that its mark proves nothing.
        let entry = JournalEntry(
            position: JournalPosition(seq: found.seq, mark: 0), at: found.at, kind: kind,
            body: found.raw)
        return Suspect(
            key: found.key, arrival: Arrival(origin: found.origin, process: process, entry: entry))
    }

    private func count(_ looks: Int64, _ suspect: Suspect, _ store: Opened) throws {
        try store.sql("UPDATE unparsed SET looks = looks + ? WHERE key = ?").run(
            .integer(looks), .text(suspect.key))
    }
}
