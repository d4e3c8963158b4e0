/// Copy the outbox to `provider/backup.db` while it is in use.
package struct BackUpOutbox: Request {
    package static let operation = ProviderOperation.backUp
    package typealias Answer = StoreCopy
    package init() {}
}

/// Copy inbox's database to `inbox/backup.db` while it is in use.
package struct BackUpInbox: Request {
    package static let operation = InboxOperation.backUp
    package typealias Answer = StoreCopy
    package init() {}
}

/// A copy of a store, whole and synced.
package struct StoreCopy: Codable, Hashable, Sendable {
    /// Its path within the state directory.
    package var file: String
    package var bytes: Int64
    /// Of inbox: how far each journal was applied when the copy was made.
    package var applied: [AppliedJournal]?

    package init(file: String, bytes: Int64, applied: [AppliedJournal]? = nil) {
        self.file = file
        self.bytes = bytes
        self.applied = applied
    }
}

extension Problem {
    /// The disk has less room than a copy takes.
    package static func noRoomForCopy(bytes: Int64) -> Problem {
        Problem(
            .storeFull, status: 507, "There is no room for a copy of \(bytes) bytes.",
            hint: "Free that much, and 1 GiB more, on the disk of the state directory.",
            retryable: true)
    }

    /// Two at once would write the same file.
    package static let copyUnderWay = Problem(
        .unavailable, status: 503, "A backup is under way.", hint: "Wait until it has ended.",
        retryable: true, retryAfterSeconds: 10)

    /// The copy could not be written; the store is as good as before.
    package static func copyFailed(_ reason: String) -> Problem {
        Problem(
            .internalError, status: 500, "The copy could not be made: \(reason)",
            hint: "Check the disk; what is copied is not touched by this.")
    }
}
