package import FoundationEssentials

/// The place of an entry in a journal, and the random number that proves it is that entry.
package struct JournalPosition: Hashable, Sendable {
    /// 1, 2, 3, … without a gap, in the order of the commits.
    package let seq: Int64
    /// Drawn at random for each entry: two files with the same `seq` differ in it.
    package let mark: UInt64

    package init(seq: Int64, mark: UInt64) {
        self.seq = seq
        self.mark = mark
    }
}

/// The newest entry of a journal that was answered for.
package struct JournalHead: Hashable, Sendable {
    /// Made at random with the journal, and anew when its file was replaced.
    package let origin: String
    package let seq: Int64

    package init(origin: String, seq: Int64) {
        self.origin = origin
        self.seq = seq
    }
}

/// One thing that happened, as it was written before anybody was answered.
package struct JournalEntry: Hashable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// A body as Meta sent it (or as the stub made it).
        case webhook
        /// An `OutboxTransition`.
        case outbox
        /// A `JournalCommand`.
        case command
        /// A `MediaTransition`.
        case media
    }

    package let position: JournalPosition
    /// Wall clock, milliseconds since 1970.
    package let at: Int64
    package let kind: Kind
    package let body: Data

    package init(position: JournalPosition, at: Int64, kind: Kind, body: Data) {
        self.position = position
        self.at = at
        self.kind = kind
        self.body = body
    }
}

/// Asks up to where `inbox` has applied the journal of that origin.
package struct AskPosition: Request {
    package static let operation = InboxOperation.position
    package let origin: String
    /// Whose journal it is: `ingress` or `provider`.
    package let process: Service

    package struct Answer: Codable, Hashable, Sendable {
        /// Nil when `inbox` never saw that origin.
        package let position: JournalPosition?
        package init(_ position: JournalPosition?) { self.position = position }
    }

    package init(origin: String, process: Service) {
        self.origin = origin
        self.process = process
    }
}

/// Apply these entries, in order, in one transaction with the new position.
package struct AppendEntries: Request {
    package static let operation = InboxOperation.append
    package let origin: String
    package let process: Service
    /// The entry that `inbox` applied last; nil when none.
    ///
    /// Must equal its position, or nothing is applied.
    package let after: JournalPosition?
    /// At most 1 MiB encoded, or one entry.
    ///
    /// A gap before the first is a hole: pruned before it was shipped.
    package let entries: [JournalEntry]
    /// When all there is has been shipped: the boot clock, in milliseconds, of the moment that was seen.
    package let completeTo: Int64?

    package struct Answer: Codable, Hashable, Sendable {
        package enum Outcome: String, Codable, Sendable {
            case applied
            /// `after` is not where `inbox` stands: nothing was applied.
            case mismatch
        }
        package let outcome: Outcome
        /// Where `inbox` stands now.
        package let position: JournalPosition?
        /// A digest of who was erased up to when; nil when nobody was.
        ///
        /// Another one than before: entries that were shipped earlier are to be looked at (``RedactEntries``).
        package let erasures: String?
        /// Whether one of these entries tells of somebody erased, so that they are to be looked at.
        package let namesErased: Bool?

        package init(
            _ outcome: Outcome, _ position: JournalPosition?, erasures: String? = nil,
            namesErased: Bool? = nil
        ) {
            self.outcome = outcome
            self.position = position
            self.erasures = erasures
            self.namesErased = namesErased
        }

        package enum CodingKeys: String, CodingKey {
            case outcome, position, erasures
            case namesErased = "names_erased"
        }
    }

    package init(
        origin: String, process: Service, after: JournalPosition?, entries: [JournalEntry],
        completeTo: Int64? = nil
    ) {
        self.origin = origin
        self.process = process
        self.after = after
        self.entries = entries
        self.completeTo = completeTo
    }

    package enum CodingKeys: String, CodingKey {
        case origin, process, after, entries
        case completeTo = "complete_to"
    }
}

// 64-bit numbers are decimal strings on the wire: many JSON readers keep 53 bits.

extension JournalPosition: Codable {
    package enum CodingKeys: String, CodingKey { case seq, mark }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(seq: try container.decimal(.seq), mark: try container.decimal(.mark))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(String(seq), forKey: .seq)
        try container.encode(String(mark), forKey: .mark)
    }
}

extension JournalHead: Codable {
    package enum CodingKeys: String, CodingKey { case origin, seq }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            origin: try container.decode(String.self, forKey: .origin),
            seq: try container.decimal(.seq))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(origin, forKey: .origin)
        try container.encode(String(seq), forKey: .seq)
    }
}

extension JournalEntry: Codable {
    package enum CodingKeys: String, CodingKey { case seq, mark, at, kind, body }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            position: JournalPosition(
                seq: try container.decimal(.seq), mark: try container.decimal(.mark)),
            at: try container.decode(Int64.self, forKey: .at),
            kind: try container.decode(Kind.self, forKey: .kind),
            body: try container.decode(Data.self, forKey: .body))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(String(position.seq), forKey: .seq)
        try container.encode(String(position.mark), forKey: .mark)
        try container.encode(at, forKey: .at)
        try container.encode(kind, forKey: .kind)
        try container.encode(body, forKey: .body)
    }
}

extension KeyedDecodingContainer {
    fileprivate func decimal<Number: FixedWidthInteger>(_ key: Key) throws -> Number {
        guard let number = Number(try decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "not a decimal number")
        }
        return number
    }
}
