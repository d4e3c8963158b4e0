package import FoundationEssentials

/// Asks what a journal may keep of entries that `inbox` has applied, now that people were erased.
///
/// The owner of the journal asks, which knows no webhook's JSON. Asking again changes nothing.
package struct RedactEntries: Request {
    package static let operation = InboxOperation.redact
    package let origin: String
    package let process: Service
    /// As many as a shipment has at most.
    package let entries: [JournalEntry]

    package struct Answer: Codable, Hashable, Sendable {
        /// Those that are to become others, in the order of the entries.
        package let bodies: [RedactedBody]
        package init(_ bodies: [RedactedBody]) { self.bodies = bodies }
    }

    package init(origin: String, process: Service, entries: [JournalEntry]) {
        self.origin = origin
        self.process = process
        self.entries = entries
    }
}

/// What is left of an entry's body without the people who were erased.
package struct RedactedBody: Hashable, Sendable {
    /// Of the entry, which keeps its place.
    package let position: JournalPosition
    package let body: Data

    package init(position: JournalPosition, body: Data) {
        self.position = position
        self.body = body
    }
}

extension RedactedBody: Codable {
    package enum CodingKeys: String, CodingKey { case body }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            position: try JournalPosition(from: decoder),
            body: try container.decode(Data.self, forKey: .body))
    }

    package func encode(to encoder: any Encoder) throws {
        try position.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(body, forKey: .body)
    }
}
