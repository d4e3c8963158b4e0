internal import CloudAPI
internal import JSON
internal import SQLite
internal import Wire

extension Fold {
    /// The message as readers see it, with what the other tables have of it.
    ///
    /// `isSpokenOf`: whether anybody may have reacted to it.
    func shown(
        _ row: MessageRow, _ progress: Progress? = nil, isSpokenOf: Bool = true
    ) throws -> Message {
        var message = row.message(coder)
        message.media = try withNews(message.media)
        if isSpokenOf { message.reactions = try reactions(on: row) }
        if row.isAmended { message.revisions = try revisions(of: row) }
        guard row.direction == .outbound else { return message }
        let progress = try progress ?? self.progress(of: row.id)
        message.statusAt = progress.statusAt
        if !row.origin.isEmpty {
            let sent = Timestamp(milliseconds: row.timestamp)
            message.statusAt[MessageStatus.sent.rawValue] =
                message.statusAt[MessageStatus.sent.rawValue] ?? sent
        }
        message.pricing = coder.decode(JSONValue.self, progress.pricing)
        message.participants = progress.members.map { contact, outcome in
            Participant(
                contact: contact, status: outcome.status, statusAt: outcome.statusAt,
                error: coder.decode(Problem.self, outcome.error))
        }
        return message
    }

    private func reactions(on row: MessageRow) throws -> [Reaction] {
        var found: [(at: Int64, id: String, reaction: Reaction)] = []
        for wamid in try wamids(of: row) {
            try sql(
                """
                SELECT timestamp, id, contact, emoji FROM amendments
                WHERE phone_number_id = ? AND target = ? AND kind = 'reaction' AND standing = 1
                """
            ).forEach(.text(row.phoneNumberID), .text(wamid)) { row in
                found.append(
                    (
                        row.integer(0), row.text(1),
                        Reaction(
                            from: row.text(2).orNil, emoji: row.text(3),
                            at: Timestamp(milliseconds: row.integer(0)))
                    ))
                return .next
            }
        }
        return found.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.map(\.reaction)
    }

    /// What it said before, oldest first: not what it says now, unless it was taken back.
    private func revisions(of row: MessageRow) throws -> [Revision] {
        let original = try original(of: row)
        var revisions = [
            Revision(
                at: Timestamp(milliseconds: row.timestamp), type: original.type,
                text: original.text.orNil, content: coder.decode(JSONValue.self, original.content))
        ]
        var edits: [(place: (Int64, Moment, String), revision: Revision)] = []
        for wamid in try wamids(of: row) {
            try sql(
                """
                SELECT timestamp, at, seq, id, type, text, content FROM amendments
                WHERE phone_number_id = ? AND target = ? AND kind = 'edit' AND standing = 1
                """
            ).forEach(.text(row.phoneNumberID), .text(wamid)) { row in
                edits.append(
                    (
                        (
                            row.integer(0), Moment(at: row.integer(1), seq: row.integer(2)),
                            row.text(3)
                        ),
                        Revision(
                            at: Timestamp(milliseconds: row.integer(0)), type: row.text(4),
                            text: row.text(5).orNil,
                            content: coder.decode(JSONValue.self, row.text(6)))
                    ))
                return .next
            }
        }
        revisions += edits.sorted { $0.place < $1.place }.map(\.revision)
        if row.revokedAt == 0 { revisions.removeLast() }
        return revisions
    }
}
