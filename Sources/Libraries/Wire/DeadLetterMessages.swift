package import JSON

/// What could not be sent, or may or may not have been: a page of the list, newest first.
package struct ListDeadLetters: Request {
    package static let operation = ProviderOperation.deadLetters
    /// One of the names in `counts`; nil for all.
    package let cause: String?
    /// 1–200.
    package let limit: Int
    /// `next_cursor` of the page before.
    package let cursor: String?

    package struct Answer: Codable, Hashable, Sendable {
        package var deadLetters: [DeadLetter]
        /// All there are by their cause, whatever was asked for.
        package var counts: [String: Int64]
        package var nextCursor: String?

        package init(deadLetters: [DeadLetter], counts: [String: Int64], nextCursor: String?) {
            self.deadLetters = deadLetters
            self.counts = counts
            self.nextCursor = nextCursor
        }

        package enum CodingKeys: String, CodingKey {
            case counts
            case deadLetters = "dead_letters"
            case nextCursor = "next_cursor"
        }
    }

    package init(cause: String?, limit: Int, cursor: String?) {
        self.cause = cause
        self.limit = limit
        self.cursor = cursor
    }
}

/// A message that waits for a person to decide.
package struct DeadLetter: Codable, Hashable, Sendable {
    package var id: String
    /// `failed`, `unknown`, or `held` for a person.
    package var status: MessageStatus
    /// The code of `error`, or `outcome_unknown`.
    package var cause: String
    package var to: String
    package var phoneNumberID: String
    package var reference: String?
    /// How often it was tried.
    package var attempts: Int
    package var takenAt: Timestamp
    package var changedAt: Timestamp
    package var error: Problem?
    /// The body as it is for Meta.
    package var request: JSONValue
    /// Why it would likely be refused if it went now; nil when nothing is known to speak against it.
    package var wouldBeRefused: Objection?

    package init(
        id: String, status: MessageStatus, cause: String, to: String, phoneNumberID: String,
        reference: String?, attempts: Int, takenAt: Timestamp, changedAt: Timestamp,
        error: Problem?, request: JSONValue, wouldBeRefused: Objection? = nil
    ) {
        self.id = id
        self.status = status
        self.cause = cause
        self.to = to
        self.phoneNumberID = phoneNumberID
        self.reference = reference
        self.attempts = attempts
        self.takenAt = takenAt
        self.changedAt = changedAt
        self.error = error
        self.request = request
        self.wouldBeRefused = wouldBeRefused
    }

    package enum CodingKeys: String, CodingKey {
        case id, status, cause, to, reference, attempts, error, request
        case phoneNumberID = "phone_number_id"
        case takenAt = "taken_at"
        case changedAt = "changed_at"
        case wouldBeRefused = "would_be_refused"
    }
}

/// Let these go again, in order and within the pace; the same request twice lets them go once.
package struct RetryDeadLetters: Request {
    package static let operation = ProviderOperation.retry

    /// Which ones: `{"ids":[…]}`, `{"cause":…}` or `{"all":true}`.
    package enum Choice: Hashable, Sendable {
        case ids([String])
        case cause(String)
        /// But for those that may have arrived (unknown, restored), which must be named.
        case all
    }

    /// Names this request; a repeated one gets the first one's answer.
    package let key: String
    package let choice: Choice
    /// Say what would happen, and change nothing; the key is neither looked at nor used up.
    package let dryRun: Bool

    package struct Answer: Codable, Hashable, Sendable {
        /// The ids of those that go again, in order; in a dry run that would.
        package var retried: [String]
        /// Whether the choice has more, for another request.
        package var more: Bool
        /// Those of `retried` that are likely refused again; they go all the same, for Meta decides.
        package var wouldBeRefused: [ForeseenRefusal]

        package init(retried: [String], more: Bool, wouldBeRefused: [ForeseenRefusal] = []) {
            self.retried = retried
            self.more = more
            self.wouldBeRefused = wouldBeRefused
        }

        package enum CodingKeys: String, CodingKey {
            case retried, more
            case wouldBeRefused = "would_be_refused"
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            retried = try container.decode([String].self, forKey: .retried)
            more = try container.decode(Bool.self, forKey: .more)
            // An answer that was kept before there was this.
            wouldBeRefused =
                try container.decodeIfPresent([ForeseenRefusal].self, forKey: .wouldBeRefused)
                ?? []
        }
    }

    package init(key: String, choice: Choice, dryRun: Bool = false) {
        self.key = key
        self.choice = choice
        self.dryRun = dryRun
    }

    package enum CodingKeys: String, CodingKey {
        case key, choice
        case dryRun = "dry_run"
    }
}

extension RetryDeadLetters.Choice: Codable {
    package enum CodingKeys: String, CodingKey { case ids, cause, all }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let ids = try container.decodeIfPresent([String].self, forKey: .ids)
        let cause = try container.decodeIfPresent(String.self, forKey: .cause)
        let all = try container.decodeIfPresent(Bool.self, forKey: .all)
        switch (ids, cause, all) {
        case (let ids?, nil, nil): self = .ids(ids)
        case (nil, let cause?, nil): self = .cause(cause)
        case (nil, nil, true?): self = .all
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .ids, in: container, debugDescription: "not one of ids, cause and all")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .ids(let ids): try container.encode(ids, forKey: .ids)
        case .cause(let cause): try container.encode(cause, forKey: .cause)
        case .all: try container.encode(true, forKey: .all)
        }
    }
}

/// Take a message off the list: nobody is going to send it.
package struct DiscardDeadLetter: Request {
    package static let operation = ProviderOperation.discard
    package let id: String

    package struct Answer: Codable, Hashable, Sendable {
        /// False when no dead letter has that id.
        package var discarded: Bool
        package init(discarded: Bool) { self.discarded = discarded }
    }

    package init(id: String) { self.id = id }
}
