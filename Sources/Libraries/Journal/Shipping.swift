package import Wire

/// What a shipper does next: a value without I/O or clock.
///
/// Each function says what happened, and answers the one thing to do now. Inbox keeps its position in
/// the transaction of the effects, so that whatever got lost on the way, asking it again is enough.
/// Anything unexpected leads back to asking; nothing leads past an entry that inbox has not confirmed.
package struct Shipping {
    /// The one thing to do now; each is answered by the function named like it.
    package enum Action: Hashable, Sendable {
        /// Read the journal's extent → `extentRead`.
        case readExtent
        /// Ask inbox for its position in this journal → `positionAnswered` or `failed`.
        case askPosition(origin: String)
        /// Read the mark of that entry → `markRead`.
        case readMark(seq: Int64)
        /// Give the journal a new name → `originRenewed`.
        case renewOrigin
        /// Note in the journal that inbox has everything up to `seq` → `shippedNoted`.
        case noteShipped(seq: Int64)
        /// Note the wall clock, then read a batch → `batchRead`.
        case readBatch(after: Int64)
        /// Send this to inbox → `appendAnswered` or `failed`.
        case append(Shipment)
        /// Wait until there is an entry after `seq`, or the report interval is over → `woken`.
        case rest(seq: Int64)
        /// Wait that long → `waited`.
        case wait(Duration)
    }

    /// A batch on its way, or with no entries a report that there is nothing more.
    package struct Shipment: Hashable, Sendable {
        package let origin: String
        package let after: JournalPosition?
        package let entries: [JournalEntry]
        /// Boot clock in ms: everything that was answered before it has been shipped, this included.
        package let completeTo: Int64?

        package init(
            origin: String, after: JournalPosition?, entries: [JournalEntry], completeTo: Int64?
        ) {
            self.origin = origin
            self.after = after
            self.entries = entries
            self.completeTo = completeTo
        }

        /// Where inbox stands once it has applied this.
        package var end: JournalPosition? { entries.last?.position ?? after }
    }

    private enum State {
        case readingExtent
        case asking(JournalExtent)
        case comparing(JournalExtent, JournalPosition)
        case renewing
        case noting(origin: String, JournalPosition?)
        case reading(origin: String, after: JournalPosition?, reporting: Bool)
        case appending(Shipment)
        case resting(origin: String, after: JournalPosition?)
        case waiting
    }

    private var state = State.readingExtent
    private var backoff = Backoff()
    /// Whether the last shipment was a mismatch too.
    private var hasMismatched = false

    /// Whether anybody wants to hear up to when the journal is complete.
    package var reportsCompleteness = true
    /// Entries that were pruned before inbox had them, as last seen; inbox sees the same gap.
    package private(set) var hole: ClosedRange<Int64>?

    package init() {}

    /// Begins, or begins again.
    package mutating func start() -> Action {
        state = .readingExtent
        return .readExtent
    }

    package mutating func extentRead(_ extent: JournalExtent) -> Action {
        guard case .readingExtent = state else { return start() }
        state = .asking(extent)
        return .askPosition(origin: extent.origin)
    }

    /// Compares where inbox stands with what the journal has.
    ///
    /// Inbox can't be beyond the head as it was read before the question: only entries that were
    /// committed and synced by then can have reached it, or the file is another one.
    package mutating func positionAnswered(_ position: JournalPosition?) -> Action {
        guard case .asking(let extent) = state else { return start() }
        guard let position else { return note(nil, in: extent.origin) }
        guard let newest = extent.newest, position.seq <= newest.seq else { return renew() }
        state = .comparing(extent, position)
        return .readMark(seq: position.seq)
    }

    /// Goes on after inbox's position if it is of this journal, else ships everything under a new name.
    ///
    /// Without a mark there is nothing to compare: the entry was pruned, inbox is far behind, and all that
    /// the journal has is shipped in either case.
    package mutating func markRead(_ mark: UInt64?) -> Action {
        guard case .comparing(let extent, let position) = state else { return start() }
        guard mark == nil || mark == position.mark else { return renew() }
        return note(position, in: extent.origin)
    }

    package mutating func originRenewed() -> Action { start() }

    package mutating func shippedNoted() -> Action {
        guard case .noting(let origin, let position) = state else { return start() }
        return read(origin, after: position, reporting: false)
    }

    /// Ships what was read, or rests if that is nothing; `asOf` is the boot clock in ms before the reading.
    package mutating func batchRead(_ batch: JournalBatch, asOf now: Int64) -> Action {
        guard case .reading(let origin, let after, let reporting) = state else { return start() }
        let completeTo = reportsCompleteness && batch.reachesHead ? now : nil
        if let first = batch.entries.first {
            let expected = (after?.seq ?? 0) + 1
            if first.position.seq > expected { hole = expected...first.position.seq - 1 }
        } else if !reporting || completeTo == nil {
            state = .resting(origin: origin, after: after)
            return .rest(seq: after?.seq ?? 0)
        }
        let shipment = Shipment(
            origin: origin, after: after, entries: batch.entries, completeTo: completeTo)
        state = .appending(shipment)
        return .append(shipment)
    }

    /// Goes on after a batch that inbox applied; asks again where it stands after one that it did not.
    package mutating func appendAnswered(_ answer: AppendEntries.Answer) -> Action {
        guard case .appending(let shipment) = state else { return start() }
        // A request that was sent again after a lost answer no longer follows on, but the mark proves
        // that inbox has applied it.
        let isNoReport = !shipment.entries.isEmpty
        guard answer.position == shipment.end, answer.outcome == .applied || isNoReport else {
            // Once is what a restored inbox looks like; twice in a row is a fault, not to be hurried.
            if hasMismatched { return failed() }
            hasMismatched = true
            return start()
        }
        hasMismatched = false
        backoff.succeeded()
        if isNoReport { return note(shipment.end, in: shipment.origin) }
        state = .resting(origin: shipment.origin, after: shipment.after)
        return .rest(seq: shipment.after?.seq ?? 0)
    }

    /// Looks for entries, and reports if there are none and the interval is over.
    package mutating func woken(byEntry: Bool) -> Action {
        guard case .resting(let origin, let after) = state else { return start() }
        return read(origin, after: after, reporting: !byEntry)
    }

    /// Inbox was away, refused, or may have applied what was sent without our hearing of it.
    package mutating func failed() -> Action {
        state = .waiting
        return .wait(backoff.failed())
    }

    package mutating func waited() -> Action { start() }

    private mutating func renew() -> Action {
        state = .renewing
        return .renewOrigin
    }

    private mutating func note(_ position: JournalPosition?, in origin: String) -> Action {
        state = .noting(origin: origin, position)
        return .noteShipped(seq: position?.seq ?? 0)
    }

    private mutating func read(
        _ origin: String, after: JournalPosition?, reporting: Bool
    ) -> Action {
        state = .reading(origin: origin, after: after, reporting: reporting)
        return .readBatch(after: after?.seq ?? 0)
    }
}
