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
        now: Int64 = Sample.startAt
    ) async throws -> ListConversations.Answer {
        try await store.conversations(
            ListConversations(
                limit: limit, cursor: cursor, query: query, phoneNumberID: number, seen: []),
            now: now)
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
    func dump() async throws -> [String] {
        try await store.inspect { sql in
            let tables = [
                "identities", "persons", "read_marks", "conversations", "messages", "statuses",
                "wamids", "transitions", "account_events", "unparsed", "media",
                "media_of", "amendments", "originals", "links", "unknown_names",
            ]
            var lines: [String] = []
            for table in tables {
                let columns =
                    try sql.database.prepare(
                        "SELECT group_concat('quote(' || name || ')', ' || ''|'' || ') FROM pragma_table_info('\(table)')"
                    ).first { $0.text(0) } ?? ""
                lines += try sql.database.prepare("SELECT \(columns) FROM \(table) ORDER BY 1")
                    .all { "\(table)|" + $0.text(0) }
            }
            return lines
        }
    }
}
