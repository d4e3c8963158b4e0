internal import CloudAPI
internal import SQLite
internal import Wire

extension Fold {
    /// A caller told us to do something to what is kept.
    func apply(_ command: JournalCommand, _ arrival: Arrival) throws {
        switch command.verb {
        case .markRead: try markRead(command, arrival)
        case .erase: try erase(command, arrival)
        }
    }

    /// Everything that came until the command was written was seen.
    ///
    /// The mark is kept under the key that was named, also when nobody is known by it yet: a person who
    /// is joined with it later has seen as much. It only moves forward, so a command that is shipped
    /// again does nothing.
    private func markRead(_ command: JournalCommand, _ arrival: Arrival) throws {
        let number = command.phoneNumberID ?? ""
        let keys = PartyKey.forReading(command.contact)
        guard try !isErased(keys.filter { !PartyKey.isGroup($0) }, arrival) else { return }
        for key in keys {
            try sql(
                """
                INSERT INTO read_marks(key, phone_number_id, at, seq) VALUES (?, ?, ?, ?)
                ON CONFLICT(key, phone_number_id) DO UPDATE SET
                    at = excluded.at, seq = excluded.seq
                WHERE (excluded.at, excluded.seq) > (read_marks.at, read_marks.seq)
                """
            ).run(
                .text(key), .text(number), .integer(arrival.entry.at),
                .integer(arrival.entry.position.seq))
            guard sql.database.changes > 0 else { continue }
            let party = PartyKey.isGroup(key) ? key : try people.person(of: key)
            if let party {
                let seen = try conversations.marked(
                    party, command.phoneNumberID, at: arrival.entry.at)
                for seen in seen { try tell(seen, at: arrival.entry.at) }
            }
        }
    }
}
