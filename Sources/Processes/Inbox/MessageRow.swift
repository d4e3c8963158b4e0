internal import CloudAPI
internal import FoundationEssentials
internal import JSON
internal import SQLite
internal import Wire

/// A row of `messages`; what is absent is empty.
struct MessageRow: Equatable {
    var id: String
    var conversation = ""
    var wamid = ""
    var direction: Direction
    var provider: String
    var phoneNumberID: String
    /// `+` and digits, a user id, or of a group nobody is named in, the group's.
    var contact: String
    var userID = ""
    var groupID = ""
    var type: String
    var text: String
    /// The one line for a list, where it differs from `text`.
    var line = ""
    /// JSON.
    var content = ""
    /// JSON of `Media`.
    var media = ""
    var replyTo = ""
    var reference = ""
    var status: MessageStatus
    /// JSON of `Problem`.
    var error = ""
    var sentBy = ""
    /// Meta's clock for inbound ones, provider's for others; milliseconds.
    var timestamp: Int64
    /// The first journal entry that told it.
    var received: Moment
    var opensWindow = false
    /// `app` or `history` for what passed the gateway by.
    var origin = ""
    /// Of two messages of one id the one of the lower counts: what was told live over what was told later.
    var precedence: Int64 = 0
    /// JSON of `Context`.
    var context = ""
    /// JSON: the ad or post that led here.
    var referral = ""
    /// JSON: the whole message, where something in it is new to this release.
    var raw = ""
    /// When it was changed last, and when it was taken back, in milliseconds of Meta's clock; 0: never.
    var editedAt: Int64 = 0
    var revokedAt: Int64 = 0
    /// How far one of the business's app got, as far as the app knew; statuses may prove more.
    var toldStatus = ""
    /// Its place in time among all messages (`SearchIndex`), this database's own.
    var place: Int64 = 0

    /// All columns, in the order of `init(_:)` and `parameters`.
    static let columns = """
        id, conversation, wamid, direction, provider, phone_number_id, contact, user_id, group_id, type,
        text, line, content, media, reply_to, reference, status, error, sent_by, timestamp, received_at,
        received_seq, opens_window, origin, precedence, context, referral, raw, edited_at, revoked_at,
        told_status, place
        """

    var parameters: [Parameter] {
        [
            .text(id), .text(conversation), .text(wamid), .text(direction.rawValue),
            .text(provider), .text(phoneNumberID), .text(contact), .text(userID), .text(groupID),
            .text(type), .text(text), .text(line), .text(content), .text(media), .text(replyTo),
            .text(reference), .text(status.rawValue), .text(error), .text(sentBy),
            .integer(timestamp), .integer(received.at), .integer(received.seq),
            .integer(opensWindow ? 1 : 0), .text(origin), .integer(precedence), .text(context),
            .text(referral), .text(raw), .integer(editedAt), .integer(revokedAt),
            .text(toldStatus), .integer(place),
        ]
    }
}

extension MessageRow {
    init(_ row: borrowing Row) {
        self.init(
            id: row.text(0), conversation: row.text(1), wamid: row.text(2),
            direction: Direction(rawValue: row.text(3)) ?? .inbound, provider: row.text(4),
            phoneNumberID: row.text(5), contact: row.text(6), userID: row.text(7),
            groupID: row.text(8), type: row.text(9), text: row.text(10), line: row.text(11),
            content: row.text(12), media: row.text(13), replyTo: row.text(14),
            reference: row.text(15), status: MessageStatus(rawValue: row.text(16)) ?? .received,
            error: row.text(17), sentBy: row.text(18), timestamp: row.integer(19),
            received: Moment(at: row.integer(20), seq: row.integer(21)),
            opensWindow: row.integer(22) != 0, origin: row.text(23), precedence: row.integer(24),
            context: row.text(25), referral: row.text(26), raw: row.text(27),
            editedAt: row.integer(28), revokedAt: row.integer(29),
            toldStatus: row.text(30), place: row.integer(31))
    }

    /// The message as readers see it, but for what other tables have of it.
    func message(_ coder: Coder) -> Message {
        let context = coder.decode(Context.self, context)
        return Message(
            id: id, wamid: wamid.orNil, direction: direction, provider: provider,
            phoneNumberID: phoneNumberID, contact: contact, userID: userID.orNil,
            groupID: groupID.orNil, type: type, text: text.orNil,
            content: coder.decode(JSONValue.self, content), media: coder.decode(Media.self, media),
            replyTo: replyTo.orNil, reference: reference.orNil, status: status,
            statusAt: inboundStatusAt, error: coder.decode(Problem.self, error),
            sentBy: sentBy.orNil, origin: origin.orNil, forwarded: context?.forwarded,
            referredProduct: context?.referredProduct,
            referral: coder.decode(JSONValue.self, referral),
            editedAt: editedAt == 0 ? nil : Timestamp(milliseconds: editedAt),
            revokedAt: revokedAt == 0 ? nil : Timestamp(milliseconds: revokedAt),
            timestamp: Timestamp(milliseconds: timestamp),
            receivedAt: Timestamp(milliseconds: received.at))
    }

    /// Inbound messages have one status from the beginning; others get theirs from what is known of them.
    private var inboundStatusAt: [String: Timestamp] {
        guard direction == .inbound else { return [:] }
        return [MessageStatus.received.rawValue: Timestamp(milliseconds: timestamp)]
    }

    /// What a message refers to, beside the one that it answers.
    struct Context: Codable {
        /// `forwarded` or `frequently_forwarded`.
        var forwarded: String?
        var referredProduct: JSONValue?
    }

    /// Who wrote it, as a key; empty: the business.
    var author: String {
        guard direction == .inbound else { return "" }
        return contact.hasPrefix("+")
            ? PartyKey.phone(String(contact.dropFirst())) : PartyKey.user(contact)
    }
}

extension String {
    /// Nil when there is nothing in it: how a column says "absent".
    var orNil: String? { isEmpty ? nil : self }
}

/// JSON in columns: one encoder and one decoder for the store.
struct Coder {
    /// Sorted: the same value is the same text in every fold.
    private let encoder = JSONEncoder.gateway(sorted: true)
    private let decoder = JSONDecoder()

    func encode(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    // What is told of nearly every entry, and what is in nearly every row, goes the short way.

    func encode(_ message: Message) throws -> String { try message.json(with: encoder) }

    func encode(_ conversation: Conversation) -> String { conversation.json }

    /// Nil for the empty text.
    func decode(_ type: JSONValue.Type, _ text: String) -> JSONValue? {
        text.isEmpty ? nil : try? JSONValue(parsing: Data(text.utf8))
    }

    /// Nil for the empty text, and for what an older version wrote in another form.
    func decode<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
        text.isEmpty ? nil : try? decoder.decode(type, from: Data(text.utf8))
    }

    func read<Value: Decodable>(_ type: Value.Type, _ body: Data) throws -> Value {
        try decoder.decode(type, from: body)
    }
}
