import FoundationEssentials
import Reactor
import SQLite
import TestSupport
import Wire

@testable import Inbox

/// A store on a folder of its own.
struct StoreDouble {
    let folder: TemporaryFolder
    let store: InboxStore
    let opening: InboxStore.Opening

    init(in folder: TemporaryFolder? = nil, mode: Mode = .stub) async throws {
        self.folder = try folder ?? TemporaryFolder()
        store = InboxStore(
            path: self.folder.file("inbox.db"), mode: mode, on: try ThreadExecutor())
        opening = try await store.open()
    }

    @discardableResult
    func append(_ batch: AppendEntries) async throws -> AppendEntries.Answer {
        try await store.append(batch).answer
    }

    func conversations(
        limit: Int = 50, cursor: String? = nil, query: String? = nil, number: String? = nil,
        only: [ListConversations.Trait] = [], since: Int64? = nil, before: Int64? = nil,
        now: Int64 = Sample.startAt
    ) async throws -> ListConversations.Answer {
        try await store.conversations(
            ListConversations(
                limit: limit, cursor: cursor, query: query, phoneNumberID: number, only: only,
                since: since.map { Timestamp(milliseconds: $0) },
                before: before.map { Timestamp(milliseconds: $0) }, seen: []),
            now: now)
    }

    /// The texts of the messages with those words, page by page.
    func search(
        _ query: String, contact: String? = nil, limit: Int = 50, number: String? = nil,
        since: Int64? = nil, before: Int64? = nil
    ) async throws -> [String] {
        var (texts, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await store.search(
                SearchMessages(
                    query: query, contact: contact, limit: limit, cursor: cursor,
                    phoneNumberID: number, since: since.map { Timestamp(milliseconds: $0) },
                    before: before.map { Timestamp(milliseconds: $0) }, seen: []))
            guard page.messages.count <= limit else { return ["more than the limit"] }
            texts += page.messages.map { $0.text ?? "" }
            cursor = page.nextCursor
        } while cursor != nil
        return texts
    }

    /// What the index of words has too much or too little, compared with one that is made anew.
    func searchFaults() async throws -> Int64 {
        try await store.inspect { sql in
            let database = sql.database
            try database.execute(
                """
                INSERT INTO party_words(party_words) VALUES ('integrity-check');
                CREATE VIRTUAL TABLE temp.fresh USING fts5(
                    words, conversation, content = '', columnsize = 0,
                    tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'");
                CREATE VIRTUAL TABLE temp.found USING fts5vocab(main, message_words, instance);
                CREATE VIRTUAL TABLE temp.wanted USING fts5vocab(temp, fresh, instance);
                """)
            let rows = try database.prepare("SELECT place, text, conversation FROM messages").all {
                ($0.integer(0), $0.text(1), $0.text(2))
            }
            for (place, text, conversation) in rows {
                try database.prepare(
                    "INSERT INTO temp.fresh(rowid, words, conversation) VALUES (?, ?, ?)"
                ).run(
                    .integer(place), .text(SearchWords.indexed(text)),
                    .text(SearchWords.token(of: conversation)))
            }
            let faults = try database.prepare(
                """
                SELECT (SELECT count(*) FROM (SELECT * FROM found EXCEPT SELECT * FROM wanted))
                    + (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT SELECT * FROM found))
                    + (SELECT count(*) FROM conversations AS c
                        WHERE NOT EXISTS (SELECT 1 FROM parties WHERE conversation = c.id))
                """
            ).first { $0.integer(0) }
            try database.execute(
                "DROP TABLE temp.found; DROP TABLE temp.wanted; DROP TABLE temp.fresh")
            return faults ?? -1
        }
    }

    func messages(
        _ contact: String, limit: Int = 50, cursor: String? = nil, number: String? = nil
    ) async throws -> ListMessages.Answer {
        try await store.messages(
            ListMessages(
                contact: contact, limit: limit, cursor: cursor, phoneNumberID: number, seen: []))
    }

    func message(_ name: MessageName) async throws -> FindMessage.Answer {
        try await store.message(FindMessage(name: name, seen: []))
    }

    func events(after number: Int64 = 0, _ kinds: [String] = []) async throws -> [Event] {
        try await store.events(
            after: number, of: KindFilter(kinds), limit: 1_000_000, scanned: 1_000_000)?.events
            ?? []
    }

    func count(_ table: String) async throws -> Int64 {
        try await store.inspect { sql in
            try sql.database.prepare("SELECT count(*) FROM \(table)").first { $0.integer(0) } ?? 0
        }
    }

    /// Every row of the tables that are a fold, as text; not the feed, and not where journals stand.
    ///
    /// `place` and `number` are this database's own: they follow the order in which things came.
    func dump() async throws -> [String] {
        try await store.inspect { sql in
            let tables = [
                "identities", "persons", "read_marks", "conversations", "messages", "statuses",
                "wamids", "transitions", "account_events", "unparsed", "media",
                "media_of", "amendments", "originals", "links", "unknown_names", "parties",
            ]
            var lines: [String] = []
            for table in tables {
                let columns =
                    try sql.database.prepare(
                        "SELECT group_concat('quote(' || name || ')', ' || ''|'' || ') FROM pragma_table_info('\(table)') WHERE name NOT IN ('place', 'number')"
                    ).first { $0.text(0) } ?? ""
                lines += try sql.database.prepare("SELECT \(columns) FROM \(table) ORDER BY 1")
                    .all { "\(table)|" + $0.text(0) }
            }
            return lines
        }
    }
}
