internal import JSON
internal import SQLite
internal import Wire

/// The durable, ordered list of changes that readers follow.
///
/// An event is written in the transaction of what it tells, so there is none without the other. Its
/// order and number are this database's own; all else is a fold of the journals.
struct Feed {
    /// Events that are kept at least: a day and more of a busy team, at some 1 KB each.
    static let kept: Int64 = 100_000
    /// Beyond `kept` this many gather before they are dropped: one range in one go, not one row each time.
    static let slack: Int64 = 1_000

    enum Kind: Equatable {
        case messageReceived, messageStatus, messageUpdated, conversationUpdated
        /// Written in the business's own app.
        case messageEchoed
        /// Of a chat from before this gateway; nobody is to answer it.
        case messageImported
        /// A change of the account, by Meta's name of the field.
        case account(field: String)
        case `internal`(InternalEvent)

        var name: String {
            switch self {
            case .messageReceived: "message.received"
            case .messageStatus: "message.status"
            case .messageUpdated: "message.updated"
            case .messageEchoed: "message.echoed"
            case .messageImported: "message.imported"
            case .conversationUpdated: "conversation.updated"
            case .account(let field): "account.\(field)"
            case .internal(let event): event.rawValue
            }
        }
    }

    let sql: StatementCache
    /// Random, made with the file.
    let epoch: String

    init(_ sql: StatementCache) throws {
        self.sql = sql
        epoch = try sql("SELECT value FROM epoch LIMIT 1").first { $0.text(0) } ?? ""
    }

    /// Adds an event; `data` is JSON of how things are right after the change.
    func add(_ kind: Kind, at: Int64, phoneNumberID: String, data: String) throws {
        try sql("INSERT INTO changes(type, at, phone_number_id, data) VALUES (?, ?, ?, ?)")
            .run(.text(kind.name), .integer(at), .text(phoneNumberID), .text(data))
    }

    /// Drops what is beyond `kept`, in ranges of `slack`.
    func prune() throws {
        guard let range = try range(), range.upperBound - range.lowerBound >= Self.kept + Self.slack
        else { return }
        try sql("DELETE FROM changes WHERE id <= ?").run(
            .integer(range.upperBound - Self.kept))
    }

    /// The numbers of the oldest and the newest event; nil when there is none.
    func range() throws -> ClosedRange<Int64>? {
        guard let newest = try newest() else { return nil }
        let oldest = try sql("SELECT min(id) FROM changes").first { $0.integer(0) }
        return (oldest ?? newest)...newest
    }

    func newest() throws -> Int64? {
        try sql("SELECT max(id) FROM changes").first { $0.optionalInteger(0) } ?? nil
    }

    /// The events after `number` in order, until `limit` are found or `scanned` were looked at.
    func events(
        after number: Int64, of kinds: KindFilter, limit: Int, scanned: Int, _ coder: Coder
    ) throws -> (events: [Event], last: Int64, more: Bool) {
        var events: [Event] = []
        var (last, looked, more) = (number, 0, false)
        try sql(
            "SELECT id, type, at, phone_number_id, data FROM changes WHERE id > ? ORDER BY id"
        ).forEach(.integer(number)) { row in
            guard events.count < limit, looked < scanned else {
                more = true
                return .stop
            }
            last = row.integer(0)
            looked += 1
            let type = row.text(1)
            if kinds.includes(type) {
                events.append(
                    Event(
                        id: EventID(epoch: epoch, number: last).text, type: type,
                        at: Timestamp(milliseconds: row.integer(2)), phoneNumberID: row.text(3),
                        data: coder.decode(JSONValue.self, row.text(4)) ?? .null))
            }
            return .next
        }
        return (events, last, more)
    }
}
