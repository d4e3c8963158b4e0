import JSON

/// A message that passed this gateway by: written in the WhatsApp Business app, or before it was joined.
///
/// Such a number is used with the app and the API at once (Meta, "Coexistence").
package struct AppMessage: Hashable, Sendable {
    /// Read as every message is, but ``InboundMessage/sender`` is the person on the other side, whoever wrote.
    package let message: InboundMessage
    package let isFromBusiness: Bool
    package let source: Source

    package enum Source: Hashable, Sendable {
        /// Just now, in the app or on a linked device.
        case echo
        /// Of an older chat; `state` is how far one of the business's got, as the app knew it.
        case history(state: DeliveryState?)
    }
}

extension AppMessage {
    /// Reads an element of `message_echoes[]`; in history, of the files that follow their placeholders.
    init(
        echo value: JSONValue, of number: BusinessNumber, contacts: [Sender],
        source: Source = .echo
    ) throws(ElementError) {
        message = try InboundMessage(
            value, to: number, with: Sender(addressedBy: value, among: contacts))
        isFromBusiness = true
        self.source = source
    }

    /// Reads an element of a thread's `messages[]`, or (without a thread) of history's own `messages[]`.
    init(
        past value: JSONValue, of number: BusinessNumber, with person: Sender
    ) throws(ElementError) {
        isFromBusiness = Self.isFromBusiness(value, number, person)
        message = try InboundMessage(value, to: number, with: person)
        source = .history(
            state: isFromBusiness
                ? Self.state(value["history_context"]?["status"]?.text ?? "") : nil)
    }

    /// Every message of a thread names its author; that it has a recipient is no proof.
    private static func isFromBusiness(
        _ value: JSONValue, _ number: BusinessNumber, _ person: Sender
    ) -> Bool {
        if let user = value["from_user_id"]?.identifier { return user != person.userID }
        guard let from = value["from"]?.identifier else {
            return value["to"]?.identifier != nil || value["to_user_id"]?.identifier != nil
        }
        let digits = PhoneNumber.forReading(from)?.digits ?? from
        if digits == number.display.flatMap({ PhoneNumber.forReading($0)?.digits }) { return true }
        return digits != person.waID && from != person.userID
            && value["to"]?.identifier != nil
    }

    /// How far the app said that a message of the business's got.
    private static func state(_ word: String) -> DeliveryState {
        switch word {
        case "PENDING": .accepted
        case "DELIVERED": .delivered
        case "READ": .read
        case "PLAYED": .played
        case "ERROR": .failed
        default: .sent
        }
    }
}

/// How far the import of older chats is, as one element of `history[]` tells it.
package struct HistoryProgress: Hashable, Sendable {
    /// 0: the last day, 1: up to 90 days, 2: up to 180.
    package let phase: Int64?
    /// Parts may come in another order.
    package let chunk: Int64?
    /// 100: all is there.
    package let percent: Int64?
    package let errors: [CloudError]

    /// The business did not agree to share its chats.
    package static let declinedCode: Int64 = 2_593_109

    package var isDeclined: Bool { errors.contains { $0.code == Self.declinedCode } }

    init(_ value: JSONValue) {
        let metadata = value["metadata"]
        phase = metadata?["phase"]?.integer
        chunk = metadata?["chunk_order"]?.integer
        percent = metadata?["progress"]?.integer
        errors = CloudError.list(value["errors"])
    }
}

extension Sender {
    /// Reads whom a message of the business's went to, and what `contacts[]` adds to it.
    init(addressedBy message: JSONValue, among contacts: [Sender]) {
        var from: [String: JSONValue] = [:]
        from["from"] = message["to"]
        from["from_user_id"] = message["to_user_id"]
        from["from_parent_user_id"] = message["to_parent_user_id"]
        self.init(of: .object(from), among: contacts)
    }

    /// Reads whose a thread of history is: its `id` is a number, its `context` has the rest.
    init(thread: JSONValue, among contacts: [Sender]) {
        let context = thread["context"]
        var from: [String: JSONValue] = [:]
        from["from"] = context?["wa_id"] ?? thread["id"]
        from["from_user_id"] = context?["user_id"]
        from["from_parent_user_id"] = context?["parent_user_id"]
        self.init(of: .object(from), among: contacts)
        let handle = context?["username"]?.nonEmptyString
        username = handle.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 } ?? username
    }
}
