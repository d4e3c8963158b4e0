internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// Turns journal entries into what people read.
///
/// The tables depend on the *set* of entries that were applied, not on their order between journals,
/// nor on how they were cut into batches; only the feed has an order of its own. So whatever is "last" or
/// "first" is the greatest or smallest by a total order, and what waits for something joins it later.
final class Fold {
    let sql: StatementCache
    let people: People
    let conversations: Conversations
    let feed: Feed
    let search: SearchIndex
    let ledger: Ledger
    let erasures: Erasures
    let coder = Coder()
    let mode: Mode

    init(_ sql: StatementCache, _ ledger: Ledger, mode: Mode) throws {
        self.sql = sql
        self.ledger = ledger
        self.mode = mode
        people = People(sql)
        erasures = Erasures(sql)
        feed = try Feed(sql)
        search = SearchIndex(sql)
        conversations = Conversations(sql, people, feed, search, coder)
    }

    /// Why a whole entry could not be applied.
    enum Refusal: Error, Equatable, CustomStringConvertible {
        /// Only the stub makes webhooks of its own; in live they come from Meta through ingress.
        case webhookOfProvider
        case unreadable(String)

        var description: String {
            switch self {
            case .webhookOfProvider: "a webhook that provider made, in mode live"
            case .unreadable(let why): why
            }
        }
    }

    /// Begins a transaction's work.
    func begin() {
        conversations.begin()
        search.begin()
        erasures.begin()
    }

    /// Ends it; to be called before the commit.
    func finish() throws {
        try conversations.finish()
        try search.finish()
        try feed.prune()
    }

    /// Applies one entry.
    ///
    /// - Throws: `Refusal` when the entry as a whole says nothing; `DatabaseError`.
    func apply(_ arrival: Arrival) throws {
        let body = arrival.entry.body
        if try isBlank(body) { return }
        #if CRASH_POINTS
            try CrashPoint.meet(body)
        #endif
        switch arrival.entry.kind {
        case .webhook:
            guard arrival.process != .provider || mode == .stub else {
                throw Refusal.webhookOfProvider
            }
            try apply(webhook: body, arrival)
        case .outbox: try apply(try read(OutboxTransition.self, body), arrival)
        case .command: try apply(try read(JournalCommand.self, body), arrival)
        case .media: try apply(try read(MediaTransition.self, body), arrival)
        }
    }

    private func read<Body: Decodable>(_ type: Body.Type, _ body: Data) throws -> Body {
        do { return try coder.read(type, body) } catch {
            throw Refusal.unreadable("no \(type): \(error)")
        }
    }

    private func apply(webhook body: Data, _ arrival: Arrival) throws {
        let updates: [Update]
        do {
            let payload = try WebhookPayload.parse(body)
            try noteErased(in: payload)
            updates = try WebhookPayload.updates(in: payload)
        } catch let error as WebhookError { throw Refusal.unreadable("no webhook: \(error)") }
        for update in updates {
            switch update {
            case .message(let message): try apply(message, arrival)
            case .status(let status): try apply(status, arrival)
            case .errors(let errors):
                try keep(
                    AccountRow(
                        field: "errors", phoneNumberID: errors.phoneNumberID, raw: errors.raw),
                    update, arrival)
            case .appMessage(let past): try apply(past, arrival)
            case .account(let event): try apply(event, update, arrival)
            case .foreign(let object, let raw):
                try setAside(
                    raw.encoded(), of: arrival, at: "", because: "a webhook for \(object)")
            case .malformed(let raw, let path, let reason):
                try setAside(raw.encoded(), of: arrival, at: path, because: reason)
            }
        }
    }
}
