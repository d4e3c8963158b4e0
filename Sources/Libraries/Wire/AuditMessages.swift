/// One journal as an audit sees it: what was written, day by day, and what of it is still there.
package struct JournalLedger: Codable, Hashable, Sendable {
    package var process: Service
    package var origin: String
    /// The first entry that was not pruned; nil when there is none.
    package var oldest: JournalPosition?
    package var newest: JournalPosition?
    /// Oldest first; pruned entries count.
    package var days: [Day]

    package struct Day: Codable, Hashable, Sendable {
        /// As `2026-11-26`, UTC.
        package var day: String
        package var first: EntryNumber
        package var entries: Int64
        /// How often a caller was answered 200 for one, as far as that was noted.
        package var answered: Int64

        package init(day: String, first: EntryNumber, entries: Int64, answered: Int64) {
            self.day = day
            self.first = first
            self.entries = entries
            self.answered = answered
        }
    }

    package init(
        process: Service, origin: String, oldest: JournalPosition?, newest: JournalPosition?,
        days: [Day]
    ) {
        self.process = process
        self.origin = origin
        self.oldest = oldest
        self.newest = newest
        self.days = days
    }
}

/// Asks what is in the outbox's journal.
package struct AuditOutbox: Request {
    package static let operation = ProviderOperation.audit
    package typealias Answer = JournalLedger
    package init() {}
}

/// Asks how far each journal was applied, and what of it was not.
package struct AuditInbox: Request {
    package static let operation = InboxOperation.audit

    package struct Answer: Codable, Hashable, Sendable {
        package var applied: [AppliedJournal]
        package var holes: [Hole]
        /// The newest, at most 200.
        package var unparsed: [Unparsed]
        /// All of them.
        package var unparsedCount: Int64

        package init(
            applied: [AppliedJournal], holes: [Hole], unparsed: [Unparsed], unparsedCount: Int64
        ) {
            self.applied = applied
            self.holes = holes
            self.unparsed = unparsed
            self.unparsedCount = unparsedCount
        }

        package enum CodingKeys: String, CodingKey {
            case applied, holes, unparsed
            case unparsedCount = "unparsed_count"
        }
    }

    /// Entries that were pruned before inbox had them.
    package struct Hole: Codable, Hashable, Sendable {
        package var origin: String
        package var first: EntryNumber
        package var last: EntryNumber

        package init(origin: String, first: EntryNumber, last: EntryNumber) {
            self.origin = origin
            self.first = first
            self.last = last
        }
    }

    /// An entry, or a part of one, that could not be read and is kept as it came.
    package struct Unparsed: Codable, Hashable, Sendable {
        package var origin: String
        package var seq: EntryNumber
        package var at: Timestamp
        package var kind: String
        /// Where in the body; empty for the whole entry.
        package var path: String
        package var error: String

        package init(
            origin: String, seq: EntryNumber, at: Timestamp, kind: String, path: String,
            error: String
        ) {
            self.origin = origin
            self.seq = seq
            self.at = at
            self.kind = kind
            self.path = path
            self.error = error
        }
    }

    package init() {}
}

/// Up to where a journal was applied.
package struct AppliedJournal: Codable, Hashable, Sendable {
    package var process: Service
    package var origin: String
    package var position: JournalPosition

    package init(process: Service, origin: String, position: JournalPosition) {
        self.process = process
        self.origin = origin
        self.position = position
    }
}

/// The number of an entry in its journal; a decimal string on the wire.
package struct EntryNumber: Hashable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

extension EntryNumber: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Int64(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a decimal number")
        }
        self.init(value)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }
}
