internal import IPC
package import Wire

/// A journal as its redactor sees it: read in order, and written over.
package protocol RedactionSource: JournalSource {
    /// Up to where it was looked at, by what the store knows for good.
    func lookedAt() async throws -> Checked
    /// Writes bodies over others and notes up to where it was looked, in one transaction.
    func redact(_ bodies: [RedactedBody], checked: Checked) async throws
    /// Empties the log of what was written over.
    func sweep() async throws
}

/// Who knows what may be kept of entries.
package protocol RedactionOracle: Sendable {
    /// What is to become of these entries; those that are not named stay.
    ///
    /// - Throws: whatever came in the way: ask again.
    func redact(_ entries: [JournalEntry], of origin: String) async throws -> [RedactedBody]
}

extension InboxSink: RedactionOracle {
    /// Some milliseconds of inbox's; the restart of inbox fits into it.
    private static let redactionLimit = Duration.seconds(10)

    package func redact(
        _ entries: [JournalEntry], of origin: String
    ) async throws -> [RedactedBody] {
        try await inbox.ask(
            RedactEntries(origin: origin, process: process, entries: entries),
            within: Self.redactionLimit
        ).bodies
    }
}
