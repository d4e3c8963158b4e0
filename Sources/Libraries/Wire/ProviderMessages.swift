package import FoundationEssentials

/// Take this message in, and say what became of it within the deadline.
package struct SendMessage: Request {
    package static let operation = ProviderOperation.send

    /// Which route the body came by, and so which fields it has.
    package enum Form: String, Codable, CaseIterable, Sendable {
        case text = "send"
        case media = "send_media"
        case template = "send_template"
        /// A body of the Cloud API's own; also a read mark, of which nothing is kept.
        case messages
    }

    /// `msg_…`, made by ingress; the same id twice is the same message.
    package let id: String
    package let form: Form
    /// The path of the request, for the idempotency key's fingerprint.
    package let path: String
    /// The JSON body as received, at most 1 MiB; base64 on the wire.
    package let body: Data
    /// 1–255 visible ASCII characters.
    package let idempotencyKey: String?
    /// Boot clock in milliseconds: until then the caller waits for a result; afterwards 202 is said.
    package let answerBy: Int64

    package struct Answer: Codable, Hashable, Sendable {
        package var id: String
        package var status: MessageStatus
        package var provider: String
        package var wamid: String?
        /// The recipient as understood; nil for a read mark, which is for nobody in particular.
        package var to: String?
        /// Whether an earlier request with the same key gave this.
        package var replayed: Bool
        package var reason: String?
        package var hint: String?
        package var expectedAt: Timestamp?
        /// What speaks against it; it is sent all the same.
        package var warning: Objection?
        /// What a read must have seen to see this message.
        package var journal: JournalHead

        package init(
            id: String, status: MessageStatus, provider: String, wamid: String?, to: String?,
            replayed: Bool, reason: String? = nil, hint: String? = nil,
            expectedAt: Timestamp? = nil, warning: Objection? = nil,
            journal: JournalHead
        ) {
            self.id = id
            self.status = status
            self.provider = provider
            self.wamid = wamid
            self.to = to
            self.replayed = replayed
            self.reason = reason
            self.hint = hint
            self.expectedAt = expectedAt
            self.warning = warning
            self.journal = journal
        }

        package enum CodingKeys: String, CodingKey {
            case id, status, provider, wamid, to, replayed, reason, hint, warning, journal
            case expectedAt = "expected_at"
        }
    }

    package init(
        id: String, form: Form, path: String, body: Data, idempotencyKey: String?, answerBy: Int64
    ) {
        self.id = id
        self.form = form
        self.path = path
        self.body = body
        self.idempotencyKey = idempotencyKey
        self.answerBy = answerBy
    }

    package enum CodingKeys: String, CodingKey {
        case id, form, path, body
        case idempotencyKey = "idempotency_key"
        case answerBy = "answer_by"
    }
}

/// Provider's part of one message's story.
package struct FindOutboxMessage: Request {
    package static let operation = ProviderOperation.message
    package let name: MessageName

    package struct Answer: Codable, Hashable, Sendable {
        /// Nil when the outbox has no such message.
        package var message: SendMessage.Answer?
        package var attempts: [Attempt]
        package var journal: JournalHead

        package init(message: SendMessage.Answer?, attempts: [Attempt], journal: JournalHead) {
            self.message = message
            self.attempts = attempts
            self.journal = journal
        }
    }

    /// One try to hand the message to Meta.
    package struct Attempt: Codable, Hashable, Sendable {
        package var number: Int
        package var at: Timestamp
        package var status: MessageStatus
        package var wamid: String?
        package var error: Problem?

        package init(
            number: Int, at: Timestamp, status: MessageStatus, wamid: String?, error: Problem?
        ) {
            self.number = number
            self.at = at
            self.status = status
            self.wamid = wamid
            self.error = error
        }
    }

    package init(name: MessageName) { self.name = name }
}
