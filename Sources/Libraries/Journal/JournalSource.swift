package import Wire
/// A journal as its shipper sees it: something that is read in order, and told how far inbox is.
///
/// A source answers from what is committed and synced, and nothing before its start checkpoint.
/// Every function throws when the store can't be read; `JournalError.isFinal` tells whether to go on.
package protocol JournalSource: Sendable {
    func extent() async throws -> JournalExtent
    /// The entries after `seq` in order: as many as fit into `maximumBytes` once encoded, or one.
    func batch(after seq: Int64, maximumBytes: Int) async throws -> JournalBatch
    /// The mark of an entry; nil when there is no such entry (any more).
    func mark(at seq: Int64) async throws -> UInt64?
    /// Notes that inbox has everything up to `seq`, which may be less than was noted before.
    func setShipped(_ seq: Int64) async throws
    /// Gives the journal a new name, so that all it has is shipped again.
    func renewOrigin() async throws
}

/// Where a journal begins and ends.
package struct JournalExtent: Hashable, Sendable {
    /// The journal's name: 32 lowercase hex digits, random.
    package let origin: String
    /// The first entry that was not pruned.
    package let oldest: Int64?
    /// The last entry.
    package let newest: JournalPosition?
    /// Inbox has everything up to here, as far as the journal knows; 0 for nothing.
    package let shipped: Int64
    /// When the first entry after `shipped` was written, in ms since 1970.
    package let oldestUnshippedAt: Int64?

    package init(
        origin: String, oldest: Int64?, newest: JournalPosition?, shipped: Int64,
        oldestUnshippedAt: Int64?
    ) {
        self.origin = origin
        self.oldest = oldest
        self.newest = newest
        self.shipped = shipped
        self.oldestUnshippedAt = oldestUnshippedAt
    }
}

/// Entries without a gap between them.
package struct JournalBatch: Hashable, Sendable {
    package let entries: [JournalEntry]
    /// Whether there was nothing after the last of them when they were read.
    package let reachesHead: Bool

    package init(entries: [JournalEntry], reachesHead: Bool) {
        self.entries = entries
        self.reachesHead = reachesHead
    }

    /// About what an entry costs in a frame: base64 is 4 bytes for 3, and the members around it.
    static func encodedSize(ofBody count: Int) -> Int { (count + 2) / 3 * 4 + 128 }
}
