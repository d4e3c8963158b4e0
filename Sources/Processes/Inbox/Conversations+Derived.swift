internal import CloudAPI
internal import SQLite
internal import Wire

// What a conversation's row shows of the messages in it.

extension Conversations {
    /// What happened last in a conversation.
    struct Last {
        let at: Int64
        let id: String
        var text: String
        var type: String
        var direction: String
    }

    /// The newest message or, when it is newer, the newest reaction that still stands.
    func last(in conversation: String) throws -> Last? {
        let message = try sql(
            """
            SELECT timestamp, id, text, line, type, direction FROM messages
            WHERE conversation = ? AND NOT (type = 'reaction' AND direction = 'outbound')
            ORDER BY timestamp DESC, id DESC LIMIT 1
            """
        ).first(.text(conversation)) { row in
            Last(
                at: row.integer(0), id: row.text(1),
                text: row.text(3).isEmpty ? row.text(2) : row.text(3), type: row.text(4),
                direction: row.text(5))
        }
        let reaction = try sql(
            """
            SELECT timestamp, id, emoji, phone_number_id, target, author FROM amendments
            WHERE conversation = ? AND kind = 'reaction' AND standing = 1
            ORDER BY timestamp DESC, id DESC LIMIT 1
            """
        ).first(.text(conversation)) { row in
            (
                last: Last(
                    at: row.integer(0), id: row.text(1), text: row.text(2), type: "reaction",
                    direction: (row.text(5).isEmpty ? Direction.outbound : .inbound).rawValue),
                number: row.text(3), target: row.text(4)
            )
        }
        guard var reaction else { return message }
        if let message, (message.at, message.id) > (reaction.last.at, reaction.last.id) {
            return message
        }
        reaction.last.text = ListText.reaction(
            reaction.last.text, to: try line(of: reaction.target, reaction.number))
        return reaction.last
    }

    /// The one line of the message that a wamid names; nil when it is not known.
    private func line(of wamid: String, _ number: String) throws -> String? {
        let id =
            try sql("SELECT message FROM wamids WHERE phone_number_id = ? AND wamid = ?")
            .first(.text(number), .text(wamid)) { $0.text(0) }
            ?? Identifiers.message(phoneNumberID: number, wamid: wamid)
        return try sql("SELECT text, line FROM messages WHERE id = ?").first(.text(id)) { row in
            row.text(1).isEmpty ? row.text(0) : row.text(1)
        }
    }

    /// Until when everything is free, in milliseconds of Meta's clock; 0: it never was.
    ///
    /// Of the newest visits; whoever clicks on ads more often than that has had their free days. 72 hours from the first answer to somebody who came by an ad, if it went within a day (Meta, "Pricing",
    /// free entry points).
    func freeUntil(in conversation: String) throws -> Int64 {
        let visits = try sql(
            """
            SELECT timestamp FROM messages
            WHERE conversation = ? AND referral <> '' AND opens_window = 1
                AND json_extract(referral, '$.source_type') = 'ad'
            ORDER BY timestamp DESC LIMIT 8
            """
        ).all(.text(conversation)) { $0.integer(0) }
        return try visits.compactMap { visit in
            try sql(
                """
                SELECT timestamp FROM messages
                WHERE conversation = ? AND timestamp >= ? AND timestamp <= ?
                    AND direction = 'outbound'
                    AND status IN ('accepted', 'sent', 'delivered', 'read', 'played')
                ORDER BY timestamp LIMIT 1
                """
            ).first(
                .text(conversation), .integer(visit), .integer(visit + ServiceWindow.length)
            ) { $0.integer(0) + ConversationRow.freeLength }
        }.max() ?? 0
    }
}
