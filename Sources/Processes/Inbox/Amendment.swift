internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// A row of `amendments`: what was said about an earlier message, under an id of its own.
struct Amendment: Equatable {
    enum Kind: String { case reaction, edit, revoke }

    var id: String
    var phoneNumberID: String
    var wamid: String
    var kind: Kind
    /// The wamid of the message that it is about.
    var target: String
    /// Of a reaction, whose list shows it; else empty.
    var conversation = ""
    /// Who said it, as a key; empty: the business.
    var author: String
    /// The same, as readers see it.
    var contact: String
    /// Empty takes the reaction back.
    var emoji = ""
    /// Of an edit: what the message says now, as in the columns of a message.
    var type = ""
    var text = ""
    var line = ""
    var content = ""
    /// Meta's clock, milliseconds.
    var timestamp: Int64
    var received: Moment
    var isStanding = false
    /// Whether it may count: a reaction of ours only once Meta took it.
    var isSent = true

    /// What decides which of two is the later one: Meta's clock tells whole seconds.
    fileprivate var place: (Int64, Moment, String) { (timestamp, received, id) }
}

extension Amendment {
    /// Nil for a message that is one.
    init?(
        _ message: InboundMessage, from author: String, in conversation: String?,
        at timestamp: Int64, _ received: Moment
    ) {
        let kind: Kind
        let target: String
        switch message.kind {
        case .reaction(let to, _): (kind, target) = (.reaction, to)
        case .edit(let of, _): (kind, target) = (.edit, of)
        case .revoke(let of): (kind, target) = (.revoke, of)
        default: return nil
        }
        let sender = message.sender
        self.init(
            id: Identifiers.message(phoneNumberID: message.phoneNumberID, wamid: message.wamid),
            phoneNumberID: message.phoneNumberID, wamid: message.wamid, kind: kind, target: target,
            author: author,
            contact: author.isEmpty
                ? "" : sender.waID.map { "+" + $0 } ?? sender.userID ?? message.groupID ?? "",
            timestamp: timestamp, received: received)
        switch message.kind {
        case .reaction(_, let emoji):
            self.emoji = emoji ?? ""
            self.conversation = conversation ?? ""
        case .edit(_, let new):
            type = new.type
            let list = new.listText
            text = new.writtenText ?? list
            line = list == text ? "" : list
            content =
                new.content == .null ? "" : String(decoding: new.content.encoded(), as: UTF8.self)
        default: break
        }
    }

    init?(_ row: borrowing Row) {
        guard let kind = Kind(rawValue: row.text(3)) else { return nil }
        self.init(
            id: row.text(0), phoneNumberID: row.text(1), wamid: row.text(2), kind: kind,
            target: row.text(4), conversation: row.text(5), author: row.text(6),
            contact: row.text(7), emoji: row.text(8), type: row.text(9), text: row.text(10),
            line: row.text(11), content: row.text(12), timestamp: row.integer(13),
            received: Moment(at: row.integer(14), seq: row.integer(15)),
            isStanding: row.integer(16) != 0)
    }

    var parameters: [Parameter] {
        [
            .text(id), .text(phoneNumberID), .text(wamid), .text(kind.rawValue), .text(target),
            .text(conversation), .text(author), .text(contact), .text(emoji), .text(type),
            .text(text), .text(line), .text(content), .integer(timestamp), .integer(received.at),
            .integer(received.seq), .integer(isStanding ? 1 : 0),
        ]
    }
}

/// All that was said about one message: a value, so that the same set gives the same result in every order.
struct Amendments {
    /// `author` is the person here, not the key: two keys of one person are one author.
    private(set) var all: [Amendment]
    /// Who wrote the message; nil while it is not known.
    private let writer: String?

    init(_ all: [Amendment], of writer: String?) {
        self.all = all.sorted { $0.place < $1.place }
        self.writer = writer
    }

    /// The ids of those that count.
    ///
    /// Of each person's reactions the last, unless it takes the reaction back; edits and revocations only by
    /// who wrote the message.
    var standing: Set<String> {
        var last: [String: Amendment] = [:]
        for reaction in all where reaction.kind == .reaction && reaction.isSent {
            last[reaction.author] = reaction
        }
        let reactions = last.values.filter { !$0.emoji.isEmpty }.map(\.id)
        return Set(reactions + changes.map(\.id))
    }

    /// The edits and revocations that count, oldest first.
    private var changes: [Amendment] {
        guard let writer else { return [] }
        return all.filter { change in
            change.author == writer
                && (change.kind == .revoke || change.kind == .edit && !change.type.isEmpty)
        }
    }

    /// What the message says now; nil: what it said at first.
    var lastEdit: Amendment? { changes.last { $0.kind == .edit } }

    /// The first one that took it back.
    var revocation: Amendment? { changes.first { $0.kind == .revoke } }
}
