package import IPC
package import Wire

/// Where a journal is shipped to.
package protocol JournalSink: Sendable {
    /// Where it stands in the journal of that name; nil when it never saw it.
    func position(in origin: String) async throws -> JournalPosition?
    /// Applies a shipment if it follows on where the sink stands.
    ///
    /// - Throws: whatever came in the way; it may have been applied all the same.
    func append(_ shipment: Shipping.Shipment) async throws -> AppendEntries.Answer
}

/// Inbox, over its socket.
package struct InboxSink: JournalSink {
    /// A batch of 1 MiB is applied in a fraction of this, but after a crash one entry at a time.
    private static let limit = Duration.seconds(30)
    /// An answer from memory; the restart of inbox fits into it.
    private static let positionLimit = Duration.seconds(5)

    let inbox: Client
    let process: Service

    /// Ships the journal of `process`.
    package init(_ inbox: Client, for process: Service) {
        self.inbox = inbox
        self.process = process
    }

    package func position(in origin: String) async throws -> JournalPosition? {
        try await inbox.ask(
            AskPosition(origin: origin, process: process), within: Self.positionLimit
        ).position
    }

    package func append(_ shipment: Shipping.Shipment) async throws -> AppendEntries.Answer {
        try await inbox.ask(
            AppendEntries(
                origin: shipment.origin, process: process, after: shipment.after,
                entries: shipment.entries, completeTo: shipment.completeTo),
            within: Self.limit)
    }
}
