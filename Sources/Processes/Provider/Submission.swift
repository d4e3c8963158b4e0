internal import CloudAPI
internal import Digest
internal import FoundationEssentials
internal import Wire

/// A checked send on its way into the outbox.
struct Submission: Sendable {
    /// `msg_…`, made by ingress; the same id twice is the same message.
    let id: String
    let idempotency: Idempotency?
    /// Boot clock in milliseconds: later than that it is not taken in.
    let until: Int64
    let body: SendBody
    /// The phone number id that sends.
    let from: String
    /// Bytes of the body as received: what waiting costs.
    let size: Int
    /// What is in the way of sending it: it is held at once, since its caller does not wait.
    var obstacle: Problem?
    /// Whether it is one of many, and nobody waits for it.
    var priority = Ticket.single
}

/// A caller's promise that all its requests with this key are one.
struct Idempotency: Hashable, Sendable {
    /// 1–255 visible ASCII characters, checked by ingress.
    let key: String
    /// SHA-256 of method, path and body, 32 bytes.
    let fingerprint: Data

    /// Nil when the request has no key.
    init?(_ request: SendMessage) {
        guard let key = request.idempotencyKey else { return nil }
        self.key = key
        // A line end stands in no method and no path, so that no two requests look the same.
        var text = Data("POST\n\(request.path)\n".utf8)
        text.append(request.body)
        fingerprint = Data(SHA256.digest(text))
    }
}

/// A message as the outbox keeps it.
struct KeptMessage: Hashable, Sendable {
    let id: String
    let message: OutboxMessage
    /// The recipient as understood.
    let to: String
}

/// What became of a submission.
struct Taken: Hashable, Sendable {
    let kept: KeptMessage
    /// Whether an earlier request with the same key gave this.
    let isReplay: Bool
    /// What spoke against it when it was taken in.
    var objection: Objection?

    /// The same with what has become of the message.
    func now(_ kept: KeptMessage) -> Taken {
        Taken(kept: kept, isReplay: isReplay, objection: objection)
    }
}

extension Problem {
    /// The key is bound to another request.
    static var idempotencyKeyReused: Problem {
        Problem(
            .idempotencyKeyReused, status: 422,
            "This Idempotency-Key belongs to an earlier request with another path or body.",
            hint: "Use a new key for each message, and the same key only to repeat one.")
    }

    /// It came too late to be taken in: whoever asked has been answered.
    static var deadlinePassed: Problem {
        Problem(
            .unavailable, status: 503, "The deadline passed before the message was taken in.",
            hint: "Try again.", retryable: true, retryAfterSeconds: 1)
    }

    /// The disk does not keep up.
    static var overloaded: Problem {
        Problem(
            .unavailable, status: 503, "Too many sends wait for provider's disk.",
            hint: "Try again in a moment.", retryable: true, retryAfterSeconds: 1)
    }

    /// There is no room to keep anything.
    static var storeFull: Problem {
        Problem(
            .storeFull, status: 503,
            "The disk of the outbox is full; the message was not taken in.",
            hint: "Free disk space; then try again.", retryable: true, retryAfterSeconds: 5)
    }

    /// It was not taken in, and nothing is before a person has looked.
    static var storeDamaged: Problem {
        Problem(
            .unavailable, status: 503, "The outbox is damaged; nothing is taken in or sent.",
            hint: "See ./run.sh logs provider; then repeat with the same Idempotency-Key.",
            retryable: true, retryAfterSeconds: 60)
    }

    /// Whether it was kept is not known: the process begins again, and then knows.
    static var storeFailed: Problem {
        Problem(
            .unavailable, status: 503, "The outbox could not be written.",
            hint: "Repeat with the same Idempotency-Key; see ./run.sh logs provider.",
            retryable: true, retryAfterSeconds: 1)
    }
}
