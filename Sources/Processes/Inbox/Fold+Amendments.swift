internal import CloudAPI
internal import SQLite
internal import Wire

extension Fold {
    /// Something was said about an earlier message, which may come later.
    func apply(_ amendment: Amendment, naming names: [UnknownName], _ arrival: Arrival) throws {
        let isKnown = try !names.isEmpty && hasAmendment(amendment.id)
        guard try file(amendment) else { return }
        if !isKnown { try ledger.note(names) }
        let (target, number, at) = (amendment.target, amendment.phoneNumberID, arrival.entry.at)
        guard try amend(target, of: number, at: at) else { return }
        try tellAmended(target, of: number, at: at)
    }

    /// Keeps it under its id, of two of one id the one that came first; answers whether it is news.
    func file(_ amendment: Amendment) throws -> Bool {
        try sql(
            """
            INSERT INTO amendments(id, phone_number_id, wamid, kind, target, conversation, author,
                contact, emoji, type, text, line, content, timestamp, at, seq, standing)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET
                kind = excluded.kind, target = excluded.target,
                conversation = excluded.conversation, author = excluded.author,
                contact = excluded.contact, emoji = excluded.emoji, type = excluded.type,
                text = excluded.text, line = excluded.line, content = excluded.content,
                timestamp = excluded.timestamp, at = excluded.at, seq = excluded.seq,
                standing = excluded.standing
            WHERE (excluded.at, excluded.seq) < (amendments.at, amendments.seq)
            """
        ).execute(amendment.parameters) { _ in .next }
        return sql.database.changes > 0
    }

    private func hasAmendment(_ id: String) throws -> Bool {
        try sql("SELECT 1 FROM amendments WHERE id = ?").first(.text(id)) { _ in true } ?? false
    }

    /// Brings a message up to date with all that was said about it; answers whether anything changed.
    @discardableResult
    func amend(_ wamid: String, of number: String, at: Int64) throws -> Bool {
        let id = try messageID(of: wamid, number)
        let row = try message(id)
        var named = try amendments(of: row, wamid: wamid, number)
        guard !named.isEmpty || row?.isAmended == true else { return false }
        for index in named.indices {
            named[index].author = try personKey(named[index].author)
        }
        let amendments = Amendments(named, of: try row.map { try personKey($0.author) })
        let standing = amendments.standing
        var hasChanged = false
        for amendment in named where amendment.isStanding != standing.contains(amendment.id) {
            try sql("UPDATE amendments SET standing = ? WHERE id = ?").run(
                .integer(amendment.isStanding ? 0 : 1), .text(amendment.id))
            if amendment.kind == .reaction {
                try conversations.touch(amendment.conversation, at: at)
            }
            hasChanged = true
        }
        guard let row else { return hasChanged }
        return try show(amendments, on: row, at: at) || hasChanged
    }

    /// All that was said about a message, under any of its wamids.
    private func amendments(
        of row: MessageRow?, wamid: String, _ number: String
    ) throws -> [Amendment] {
        let wamids = Set(try row.map { try self.wamids(of: $0) } ?? []).union([wamid])
        return try wamids.sorted().flatMap { wamid in
            try sql(
                """
                SELECT a.id, a.phone_number_id, a.wamid, a.kind, a.target, a.conversation, a.author,
                    a.contact, a.emoji, a.type, a.text, a.line, a.content, a.timestamp, a.at, a.seq,
                    a.standing, m.status
                FROM amendments AS a LEFT JOIN messages AS m ON m.id = a.id
                WHERE a.phone_number_id = ? AND a.target = ?
                """
            ).all(.text(number), .text(wamid)) { row -> Amendment? in
                var amendment = Amendment(row)
                let status = MessageStatus(rawValue: row.text(17))
                amendment?.isSent =
                    status.map { DeliveryState(rawValue: $0.rawValue) ?? .failed != .failed }
                    ?? true
                return amendment
            }.compactMap { $0 }
        }
    }

    /// Writes what the message shows now; answers whether that is something else than before.
    private func show(
        _ amendments: Amendments, on row: MessageRow, at: Int64
    ) throws -> Bool {
        let original = try self.original(of: row)
        var shown = row
        (shown.type, shown.text) = (original.type, original.text)
        (shown.line, shown.content) = (original.line, original.content)
        shown.editedAt = amendments.lastEdit?.timestamp ?? 0
        shown.revokedAt = amendments.revocation?.timestamp ?? 0
        if let edit = amendments.lastEdit {
            (shown.type, shown.text, shown.line) = (edit.type, edit.text, edit.line)
            shown.content = edit.content
        }
        if amendments.revocation != nil {
            (shown.text, shown.line, shown.content) = (InboundKind.revoked, "", "")
        }
        guard shown != row else { return false }
        if shown.isAmended {
            try sql(
                """
                INSERT OR IGNORE INTO originals(message, type, text, line, content)
                VALUES (?, ?, ?, ?, ?)
                """
            ).run(
                .text(row.id), .text(original.type), .text(original.text), .text(original.line),
                .text(original.content))
        } else {
            try sql("DELETE FROM originals WHERE message = ?").run(.text(row.id))
        }
        try sql(
            """
            UPDATE messages SET type = ?, text = ?, line = ?, content = ?, edited_at = ?,
                revoked_at = ? WHERE id = ?
            """
        ).run(
            .text(shown.type), .text(shown.text), .text(shown.line), .text(shown.content),
            .integer(shown.editedAt), .integer(shown.revokedAt), .text(row.id))
        search.changed(row, to: shown)
        try conversations.touch(row.conversation, at: at)
        return true
    }

    /// What a message said at first.
    struct Original {
        var type: String
        var text: String
        var line: String
        var content: String
    }

    func original(of row: MessageRow) throws -> Original {
        try sql("SELECT type, text, line, content FROM originals WHERE message = ?")
            .first(.text(row.id)) {
                Original(
                    type: $0.text(0), text: $0.text(1), line: $0.text(2), content: $0.text(3))
            } ?? Original(type: row.type, text: row.text, line: row.line, content: row.content)
    }

    /// Looks again at all that a person said about messages: they have more keys than before.
    func amendAll(by person: String, _ arrival: Arrival) throws {
        for key in try people.keys(of: person).sorted() {
            let targets = try sql(
                "SELECT DISTINCT phone_number_id, target FROM amendments WHERE author = ?"
            ).all(.text(key)) { (number: $0.text(0), wamid: $0.text(1)) }
            for target in targets
            where try amend(target.wamid, of: target.number, at: arrival.entry.at) {
                try tellAmended(target.wamid, of: target.number, at: arrival.entry.at)
            }
        }
    }

    func tellAmended(_ wamid: String, of number: String, at: Int64) throws {
        // Of a message that is not known, the list of conversations tells what was said.
        guard let row = try message(try messageID(of: wamid, number)) else { return }
        try feed.add(
            .messageUpdated, at: at, phoneNumberID: number,
            data: try coder.encode(try shown(row)))
    }

    /// The message that a wamid names: one of ours by what is known of it, else one that is named by it.
    func messageID(of wamid: String, _ number: String) throws -> String {
        try sql("SELECT message FROM wamids WHERE phone_number_id = ? AND wamid = ?")
            .first(.text(number), .text(wamid)) { $0.text(0) }
            ?? Identifiers.message(phoneNumberID: number, wamid: wamid)
    }

    private func personKey(_ key: String) throws -> String {
        key.isEmpty ? key : try people.person(of: key) ?? key
    }
}

extension MessageRow {
    /// Whether it shows something else than at first.
    var isAmended: Bool { editedAt != 0 || revokedAt != 0 }
}
