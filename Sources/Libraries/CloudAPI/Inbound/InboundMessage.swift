package import JSON

/// A message that somebody sent to one of the business's numbers.
package struct InboundMessage: Hashable, Sendable {
    /// Which of the business's numbers; with ``wamid`` the message's key.
    package let phoneNumberID: String
    /// The business's number for showing; empty when it was not said.
    package let displayPhoneNumber: String
    /// Empty when it was not said.
    package let wabaID: String
    /// Opaque; may contain `=`, `+` and `/`.
    package let wamid: String
    package let sender: Sender
    /// In a group the conversation is the group's; ``sender`` is the member who wrote.
    package let groupID: String?
    /// Meta's clock, Unix seconds; nil when absent or unreadable, then the time of receipt stands in.
    package let timestamp: Int64?
    /// Meta's name of the kind, as received; empty when it was not said.
    package let type: String
    package let kind: InboundKind
    /// What stood under the name of the type, whole; `null` when nothing did.
    package let content: JSONValue
    package let context: MessageContext?
    /// The ad or post that led here, whole.
    package let referral: JSONValue?
    /// Why a message of kind unsupported has no content.
    package let errors: [CloudError]
    /// `{acknowledged, created_timestamp, hash}` of the older identity check, whole.
    package let identity: JSONValue?
    /// Where Meta puts a card's origin in earlier payloads.
    let origin: String?
    /// Names of parts that this release does not know, with what they belong to.
    package let unknownNames: [UnknownName]
    /// The whole message where this release leaves something of it unread; else nil.
    package let raw: JSONValue?
}

/// What a message refers to.
package struct MessageContext: Hashable, Sendable {
    /// The message it answers; perhaps one that we never had.
    package let replyTo: String?
    /// Who wrote that one: digits or a BSUID.
    package let author: String?
    package let isForwarded: Bool
    /// Forwarded more than five times.
    package let isFrequentlyForwarded: Bool
    /// `{catalog_id, product_retailer_id}`, whole.
    package let referredProduct: JSONValue?

    /// Nil when there is nothing in it that we know.
    init?(_ value: JSONValue?) {
        guard let value, value.members != nil else { return nil }
        replyTo = value["id"]?.identifier
        author = value["from"]?.identifier
        isFrequentlyForwarded = value["frequently_forwarded"]?.bool ?? false
        isForwarded = isFrequentlyForwarded || (value["forwarded"]?.bool ?? false)
        referredProduct = value["referred_product"]
        let isEmpty = replyTo == nil && author == nil && !isForwarded && referredProduct == nil
        if isEmpty { return nil }
    }
}

extension InboundMessage {
    /// Reads an element of `messages[]`.
    ///
    /// `troubles` are the errors beside the list: they explain a message without its object (WA 131000).
    /// - Throws: only when it cannot be filed: no object, no id, no number it came to, nobody it is from.
    init(
        _ message: JSONValue, to number: BusinessNumber, contacts: [Sender],
        troubles: [CloudError] = []
    ) throws(ElementError) {
        try self.init(
            message, to: number, with: Sender(of: message, among: contacts), troubles: troubles)
    }

    /// Reads a message whose person on the other side was found out already.
    init(
        _ message: JSONValue, to number: BusinessNumber, with person: Sender,
        troubles: [CloudError] = []
    ) throws(ElementError) {
        guard message.members != nil else { throw ElementError(reason: "a message is an object") }
        guard let wamid = message["id"]?.identifier else {
            throw ElementError(reason: "a message has an id")
        }
        guard let phoneNumberID = number.id else {
            throw ElementError(reason: "metadata names the phone_number_id a message came to")
        }
        let groupID = message["group_id"]?.identifier
        guard person.waID != nil || person.userID != nil || groupID != nil else {
            throw ElementError(reason: "a message has from, from_user_id or group_id")
        }
        let type = message["type"]?.nonEmptyString ?? ""
        let content = message[type] ?? .null
        let kind = InboundKind(type: type, content: content)

        self.phoneNumberID = phoneNumberID
        displayPhoneNumber = number.display ?? ""
        wabaID = number.wabaID
        self.wamid = wamid
        sender = person
        self.groupID = groupID
        timestamp = UnixSeconds.read(message["timestamp"])
        self.type = type
        self.kind = kind
        self.content = content
        context = MessageContext(message["context"])
        referral = message["referral"]
        let ownErrors = CloudError.list(message["errors"])
        let isBare = type == "interactive" && content == .null
        errors = ownErrors.isEmpty && isBare ? troubles : ownErrors
        identity = message["identity"]
        origin = message["origin"]?.text
        unknownNames = UnknownName.all(in: message, type: type, kind: kind)
        let isWhole = kind.isInterpreted && unknownNames.isEmpty && identity == nil
        raw = isWhole ? nil : message
    }

    /// Whether the 24 hours in which anything may be answered start with this message.
    ///
    /// Everything that the person did counts, also a reaction or a kind that the API cannot carry (Meta
    /// leaves both open; when it disagrees it refuses the send by 131047). Not: events that WhatsApp
    /// makes by itself, and changes of an earlier message. (Meta, "Send messages", service window)
    package var opensWindow: Bool {
        switch kind {
        case .system, .requestWelcome, .mediaPlaceholder, .edit, .revoke: false
        case .interactive(.callPermission(let permission)): !permission.isAutomatic
        default: true
        }
    }

    /// Whether the person came by an ad: Meta then gives 72 free hours from an answer within a day.
    package var isFromAd: Bool { referral?["source_type"]?.text == "ad" }
}
