internal import CloudAPI
internal import SQLite
internal import Wire

// How it stands with files: a table of its own, which messages are joined with by the file's id, so that it
// does not matter which of the two is known first.

extension Fold {
    /// Provider got further with a file.
    ///
    /// What counts is the greatest of (time, place, body): a total order, and provider never lets the time
    /// of one file stand still.
    func apply(_ transition: MediaTransition, _ arrival: Arrival) throws {
        guard try !erasures.contains(id: Erasures.id(ofFile: transition.mediaID)) else { return }
        let before = try media(of: transition.mediaID)
        try sql(
            """
            INSERT INTO media(id, at, seq, body) VALUES (?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET
                at = excluded.at, seq = excluded.seq, body = excluded.body
            WHERE (excluded.at, excluded.seq, excluded.body) > (media.at, media.seq, media.body)
            """
        ).run(
            .text(transition.mediaID), .integer(transition.at),
            .integer(arrival.entry.position.seq), .text(try coder.encode(transition)))
        guard sql.database.changes > 0, transition.changes(before) else { return }
        let ids = try sql("SELECT message FROM media_of WHERE media = ? ORDER BY message")
            .all(.text(transition.mediaID)) { $0.text(0) }
        for row in try ids.compactMap({ try message($0) }) {
            try feed.add(
                .messageUpdated, at: arrival.entry.at, phoneNumberID: row.phoneNumberID,
                data: try coder.encode(try shown(row)))
        }
    }

    /// Notes which message has a file.
    func link(_ row: MessageRow, to kind: InboundKind) throws {
        guard case .media(let file) = kind else { return }
        try sql("INSERT OR IGNORE INTO media_of(media, message) VALUES (?, ?)")
            .run(.text(file.id), .text(row.id))
    }

    /// The newest that is known of a file.
    private func media(of id: String) throws -> MediaTransition? {
        try sql("SELECT body FROM media WHERE id = ?").first(.text(id)) {
            coder.decode(MediaTransition.self, $0.text(0))
        } ?? nil
    }

    /// A message's file with what is known of it.
    func withNews(_ file: Media?) throws -> Media? {
        guard var file, let id = file.id, let known = try media(of: id) else { return file }
        (file.state, file.size) = (known.state, known.size)
        file.mimeType = known.mimeType ?? file.mimeType
        file.sha256 = known.sha256 ?? file.sha256
        file.filename = file.filename ?? known.filename
        return file
    }
}

extension MediaTransition {
    /// Whether readers see anything else than before.
    fileprivate func changes(_ before: MediaTransition?) -> Bool {
        guard let before else { return state != .pending }
        return (state, size, sha256) != (before.state, before.size, before.sha256)
    }
}
