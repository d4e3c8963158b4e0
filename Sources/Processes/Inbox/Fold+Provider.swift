internal import CloudAPI
internal import SQLite
internal import Wire

// What provider must know and no caller asks for: who is who, what is to be told to Meta as read,
// and what each status is of.

extension Fold {
    /// Tells all keys of a person, whose messages go one after the other whichever of them they go to.
    ///
    /// A person with one key is known by it, and tells nothing.
    func tellKeys(of person: String, at: Int64) throws {
        let keys = try people.keys(of: person).sorted()
        guard keys.count > 1 else { return }
        try feed.add(
            .internal(.personUpdated), at: at, phoneNumberID: "",
            data: try coder.encode(PersonUpdate(person: person, keys: keys)))
    }

    /// Tells what a status says of a message; nothing for a word that proves nothing.
    func tell(
        _ report: Progress.Report, of message: String, from phoneNumberID: String, at: Int64
    ) throws {
        guard let status = report.state.flatMap({ MessageStatus(rawValue: $0.rawValue) }) else {
            return
        }
        try feed.add(
            .internal(.statusReported), at: at, phoneNumberID: phoneNumberID,
            data: try coder.encode(
                ReportedStatus(
                    id: message, wamid: report.wamid, status: status,
                    error: coder.decode(Problem.self, report.error))))
    }

    /// Tells the newest of the messages that are now seen; nothing when none of them is new.
    ///
    /// The newest by Meta's clock: Meta counts those before it as read. A reaction is none that Meta is known to take a read mark for.
    func tell(_ seen: Conversations.Seen, at: Int64) throws {
        var newest: (wamid: String, timestamp: Int64)?
        try sql(
            """
            SELECT wamid, timestamp FROM messages
            WHERE conversation = ? AND opens_window = 1 AND type <> 'reaction'
            AND (received_at, received_seq) > (?, ?) AND (received_at, received_seq) <= (?, ?)
            ORDER BY received_at, received_seq
            """
        ).forEach(
            .text(seen.conversation), .integer(seen.after.at), .integer(seen.after.seq),
            .integer(seen.upTo.at), .integer(seen.upTo.seq)
        ) { row in
            // Meta's clock has seconds: of those of one second the one that came last.
            let timestamp = row.integer(1)
            if timestamp >= newest?.timestamp ?? .min { newest = (row.text(0), timestamp) }
            return .next
        }
        guard let newest else { return }
        try feed.add(
            .internal(.readMarkWanted), at: at, phoneNumberID: seen.phoneNumberID,
            data: try coder.encode(
                WantedReadMark(
                    conversation: seen.conversation, wamid: newest.wamid,
                    timestamp: Timestamp(milliseconds: newest.timestamp))))
    }
}
