internal import CloudAPI
internal import JSON
internal import SQLite
internal import Wire

// A person is erased: all that came before goes, and tombstones stay.

extension Fold {
    /// Takes out what was received of a person before the command, under all of their keys.
    ///
    /// Who writes afterwards is somebody new. Whoever is erased again goes with all that ever went with them.
    func erase(_ command: JournalCommand, _ arrival: Arrival) throws {
        let keys = PartyKey.forReading(command.contact).filter { !PartyKey.isGroup($0) }
        try erase(
            Set(command.keys ?? keys.map(Erasures.name)), upTo: arrival.moment, arrival)
    }

    /// Erases who has one of these names, up to a moment.
    func erase(_ named: Set<String>, upTo: Moment, _ arrival: Arrival) throws {
        let (names, keys) = try person(named, before: upTo)
        try erasures.add(names, upTo: upTo)
        let persons = Set(try keys.compactMap { try people.person(of: $0) })
        let conversations = try persons.flatMap { person in
            try self.conversations.numbers(of: person).map {
                Identifiers.conversation(phoneNumberID: $0, party: person)
            }
        }
        var erasure = Erasure(keys: keys, names: names, upTo: upTo)
        for row in try messages(of: conversations, and: keys) {
            if row.received < upTo && !keys.isDisjoint(with: row.keys) {
                try take(row, &erasure)
            } else {
                try takeAuthor(outOf: row, keys)
            }
        }
        try takeAmendments(in: conversations, &erasure)
        try takeStatuses(&erasure, arrival)
        try takeRest(&erasure)
        for target in erasure.targets
        where try amend(target.wamid, of: target.number, at: arrival.entry.at) {
            try tellAmended(target.wamid, of: target.number, at: arrival.entry.at)
        }
        let touched = erasure.conversations.union(conversations).sorted()
        for id in touched { try self.conversations.emptied(id, at: arrival.entry.at) }
        for person in persons.sorted() {
            let left = try people.forget(person, before: upTo, keeping: evidence(of: person))
            guard let left else { continue }
            try self.conversations.personJoined(left, at: arrival.entry.at)
        }
        try takeEvents(of: touched, erasure)
        try feed.add(
            .internal(.personErased), at: arrival.entry.at, phoneNumberID: "",
            data: try coder.encode(
                ErasedPerson(
                    keys: names.sorted(), before: Timestamp(milliseconds: upTo.at),
                    media: erasure.files.sorted(), conversations: conversations.sorted())))
        // The words of what went are still in the index, and in the log.
        try sql("INSERT INTO remains(at) VALUES (?)").run(.integer(arrival.entry.at))
    }

    /// What one erasure found.
    private struct Erasure {
        let keys: Set<String>
        let names: Set<String>
        let upTo: Moment
        var files: Set<String> = []
        /// Where something was taken out.
        var conversations: Set<String> = []
        /// Messages of others that something was said about.
        var targets: Set<Target> = []
    }

    private struct Target: Hashable {
        let number: String
        let wamid: String
    }

    /// All names of a person, and those of their keys that are known: linked before that moment, or erased
    /// together before.
    private func person(
        _ named: Set<String>, before moment: Moment
    ) throws -> (names: Set<String>, keys: Set<String>) {
        let known = try people.allKeys()
        var names = named
        var keys: Set<String> = []
        while true {
            let count = names.count
            names = try erasures.together(with: names)
            keys.formUnion(known.filter { names.contains(Erasures.name(of: $0)) })
            var rest = Array(keys)
            while let key = rest.popLast() {
                for other in try people.linked(to: key, before: moment)
                where keys.insert(other).inserted { rest.append(other) }
            }
            names.formUnion(keys.map(Erasures.name))
            if names.count == count { return (names, keys) }
        }
    }

    /// The keys of a person that what is left of theirs names.
    private func evidence(of person: String) throws -> Set<String> {
        var keys: Set<String> = []
        for number in try conversations.numbers(of: person) {
            let id = Identifiers.conversation(phoneNumberID: number, party: person)
            for row in try messages(of: [id], and: []) { keys.formUnion(row.keys) }
        }
        for key in try people.keys(of: person) {
            let isAuthor = try sql("SELECT 1 FROM amendments WHERE author = ? LIMIT 1")
                .first(.text(key)) { _ in true }
            if isAuthor == true { keys.insert(key) }
        }
        return keys
    }

    private func messages(of conversations: [String], and keys: Set<String>) throws -> [MessageRow]
    {
        var ids = try conversations.flatMap { id in
            try sql("SELECT id FROM messages WHERE conversation = ?").all(.text(id)) { $0.text(0) }
        }
        // What they wrote in groups.
        ids += try sql("SELECT id FROM messages WHERE group_id <> ''").all { $0.text(0) }
        return try Set(ids).sorted().compactMap { try message($0) }
    }

    /// Takes out of somebody else's message that it answers one of theirs.
    private func takeAuthor(outOf row: MessageRow, _ keys: Set<String>) throws {
        guard let raw = coder.decode(JSONValue.self, row.raw) else { return }
        let rest = try Redaction { keys.contains($0) }.withoutAuthor(raw)
        guard rest != raw else { return }
        try sql("UPDATE messages SET raw = ? WHERE id = ?").run(
            .text(String(decoding: rest.encoded(), as: UTF8.self)), .text(row.id))
    }

    private func take(_ row: MessageRow, _ erasure: inout Erasure) throws {
        erasure.conversations.insert(row.conversation)
        if let raw = coder.decode(JSONValue.self, row.raw) {
            try ledger.forget(UnknownName.all(in: raw))
        }
        if let file = coder.decode(Media.self, row.media)?.id {
            erasure.files.insert(file)
            try forget(file: file)
        }
        try forget(row.id, wamids: try wamids(of: row), of: row.phoneNumberID)
    }

    /// Drops a message with all that hangs on it, and sees to it that it does not come back.
    func forget(_ id: String, wamids: [String], of number: String) throws {
        try erasures.add(id: id)
        for wamid in wamids where !wamid.isEmpty {
            try erasures.add(id: Identifiers.message(phoneNumberID: number, wamid: wamid))
        }
        try drop(id, wamids: wamids, of: number)
    }

    /// Drops a message with all that hangs on it.
    func drop(_ id: String, wamids: [String], of number: String) throws {
        if let row = try message(id) { search.removed(row) }
        for wamid in wamids where !wamid.isEmpty {
            try sql("DELETE FROM statuses WHERE phone_number_id = ? AND wamid = ?").run(
                .text(number), .text(wamid))
            // What the business changed of it.
            try sql(
                "DELETE FROM amendments WHERE phone_number_id = ? AND target = ? AND author = ''"
            ).run(.text(number), .text(wamid))
        }
        for statement: StaticString in [
            "DELETE FROM messages WHERE id = ?", "DELETE FROM amendments WHERE id = ?",
            "DELETE FROM originals WHERE message = ?", "DELETE FROM media_of WHERE message = ?",
            "DELETE FROM transitions WHERE message = ?", "DELETE FROM wamids WHERE message = ?",
            "DELETE FROM statuses WHERE message = ? AND message <> ''",
        ] { try sql(statement).run(.text(id)) }
    }

    func forget(file: String) throws {
        try erasures.add(id: Erasures.id(ofFile: file))
        try sql("DELETE FROM media WHERE id = ?").run(.text(file))
    }

    /// Reactions, edits and revocations of theirs, and the business's in their conversations.
    private func takeAmendments(in conversations: [String], _ erasure: inout Erasure) throws {
        var found: [(id: String, target: Target, conversation: String)] = []
        let columns = """
            SELECT id, phone_number_id, target, conversation, wamid FROM amendments
            """
        let before: [Parameter] = [.integer(erasure.upTo.at), .integer(erasure.upTo.seq)]
        for (member, values) in [
            ("author = ?", erasure.keys.sorted()),
            ("author = '' AND conversation = ?", conversations),
        ] {
            for value in values {
                try sql.database.prepare("\(columns) WHERE \(member) AND (at, seq) < (?, ?)")
                    .forEach(.text(value), before[0], before[1]) { row in
                        found.append(
                            (
                                row.text(0), Target(number: row.text(1), wamid: row.text(2)),
                                row.text(3)
                            ))
                        return .next
                    }
            }
        }
        for amendment in found {
            try sql("DELETE FROM amendments WHERE id = ?").run(.text(amendment.id))
            try erasures.add(id: amendment.id)
            erasure.targets.insert(amendment.target)
            if !amendment.conversation.isEmpty {
                erasure.conversations.insert(amendment.conversation)
            }
        }
    }

    /// How far messages to groups got with them.
    private func takeStatuses(_ erasure: inout Erasure, _ arrival: Arrival) throws {
        let members = try sql(
            "SELECT DISTINCT participant FROM statuses WHERE participant <> ''"
        ).all { $0.text(0) }
        for member in members
        where erasure.keys.contains(Self.key(ofMember: member))
            || erasure.names.contains(Erasures.name(of: Self.key(ofMember: member)))
        {
            let messages = try sql(
                "SELECT DISTINCT message FROM statuses WHERE participant = ? AND participant <> ''"
            ).all(.text(member)) { $0.text(0) }
            try sql(
                """
                DELETE FROM statuses
                WHERE participant = ? AND participant <> '' AND (at, seq) < (?, ?)
                """
            ).run(.text(member), .integer(erasure.upTo.at), .integer(erasure.upTo.seq))
            for message in messages where !message.isEmpty { try settle(message, arrival) }
        }
    }

    /// Read marks, changes of the account that are about them, and what of theirs could not be read.
    private func takeRest(_ erasure: inout Erasure) throws {
        let upTo = erasure.upTo
        let marked = try sql("SELECT DISTINCT key FROM read_marks").all { $0.text(0) }
        for key in marked
        where PartyKey.forReading(PartyKey.address(of: key)).contains(where: {
            erasure.names.contains(Erasures.name(of: $0))
        }) {
            try sql("DELETE FROM read_marks WHERE key = ? AND (at, seq) < (?, ?)").run(
                .text(key), .integer(upTo.at), .integer(upTo.seq))
        }
        let names = erasure.names
        let redaction = Redaction { names.contains(Erasures.name(of: $0)) }
        let events = try sql("SELECT key, raw FROM account_events WHERE at < ?").all(
            .integer(upTo.at)
        ) { ($0.text(0), $0.text(1)) }
        for (key, raw) in events {
            guard let json = coder.decode(JSONValue.self, raw) else { continue }
            guard let rest = try redaction.rest(ofChange: json) else {
                try sql("DELETE FROM account_events WHERE key = ?").run(.text(key))
                try erasures.add(id: key)
                continue
            }
            guard rest != json else { continue }
            let marked = rest.with(Redaction.mark, .string(key))
            try sql("UPDATE account_events SET raw = ? WHERE key = ?").run(
                .text(String(decoding: marked.encoded(), as: UTF8.self)), .text(key))
        }
        let unread = try sql(
            "SELECT key, raw, path, at, seq FROM unparsed WHERE (at, seq) < (?, ?)"
        )
        .all(.integer(upTo.at), .integer(upTo.seq)) { row in
            (
                key: row.text(0), raw: row.blob(1), path: row.text(2),
                moment: Moment(at: row.integer(3), seq: row.integer(4))
            )
        }
        for part in unread {
            let rest = try rest(of: part.raw, at: part.path, as: part.moment)
            guard rest != part.raw else { continue }
            if let rest {
                try sql("UPDATE OR REPLACE unparsed SET key = ?, raw = ? WHERE key = ?").run(
                    .text(Identifiers.content(rest)), .blob(rest), .text(part.key))
            } else {
                try sql("DELETE FROM unparsed WHERE key = ?").run(.text(part.key))
            }
        }
    }

    /// Blanks events of the feed that are about them; their places stay, so that nobody who follows it misses
    /// a number.
    private func takeEvents(of conversations: [String], _ erasure: Erasure) throws {
        try sql(
            """
            UPDATE changes SET type = 'event.erased', phone_number_id = '', data = '{}'
            WHERE (type LIKE 'message.%' OR type = 'status.reported')
                AND json_extract(data, '$.id') IN (SELECT id FROM erased_ids)
            """
        ).run()
        for conversation in conversations {
            try sql(
                """
                UPDATE changes SET type = 'event.erased', phone_number_id = '', data = '{}'
                WHERE at < ?1 AND (
                    (type = 'conversation.updated' AND json_extract(data, '$.id') = ?2)
                    OR (type = 'read_mark.wanted' AND json_extract(data, '$.conversation') = ?2))
                """
            ).run(.integer(erasure.upTo.at), .text(conversation))
        }
        for key in erasure.keys.sorted() {
            let address = PartyKey.address(of: key)
            try sql(
                """
                UPDATE changes SET type = 'event.erased', phone_number_id = '', data = '{}'
                WHERE at < ?1 AND (
                    (type = 'person.updated' AND instr(data, ?2) > 0)
                    OR (type LIKE 'account.%' AND instr(data, ?3) > 0)
                    OR (type = 'message.updated' AND EXISTS (
                        SELECT 1 FROM json_each(data, '$.reactions')
                        WHERE json_extract(value, '$.from') IN ('+' || ?4, ?4))))
                """
            ).run(
                .integer(erasure.upTo.at), .text("\"\(key)\""), .text("\"\(address)\""),
                .text(address))
        }
    }
}

extension MessageRow {
    /// The keys of the person it is from or to.
    var keys: Set<String> {
        var keys: Set = [userID.isEmpty ? "" : PartyKey.user(userID)]
        keys.insert(
            contact.hasPrefix("+")
                ? PartyKey.phone(String(contact.dropFirst())) : PartyKey.user(contact))
        return keys
    }
}
