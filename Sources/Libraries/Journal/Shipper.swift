package import Reactor
internal import Wire

/// Ships one journal to inbox, one batch in flight, woken by the journal's bell.
package actor Shipper {
    /// How far inbox is behind this journal.
    package struct Lag: Hashable, Sendable {
        package let entries: Int64
        /// When the oldest of them was written, in ms since 1970; nil when there is none.
        package let oldestAt: Int64?

        package init(entries: Int64, oldestAt: Int64?) {
            self.entries = entries
            self.oldestAt = oldestAt
        }
    }

    /// Bytes of one batch once encoded; one entry may be more.
    package static let maximumBytes = 1 << 20
    /// Between two reports of an idle journal; provider's hold of 90 s waits for them.
    package static let reportInterval = Duration.seconds(2)

    private let loop: EventLoop
    private let source: any JournalSource
    private let sink: any JournalSink
    private let entries: EntryBell
    private let reportInterval: Duration
    private let redactor: Redactor?
    private let pause, progress: Bell
    private var shipping = Shipping()
    private var shipped: Int64 = 0
    private var oldestAt: Int64?

    /// The last thing that came in the way; nil once inbox has confirmed something after it.
    package private(set) var problem: (any Error)?
    /// New names given since start: each one is a file that was replaced.
    package private(set) var renewals = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Tells the redactor what inbox answers.
    package init(
        on loop: EventLoop, from source: any JournalSource, to sink: any JournalSink,
        wokenBy entries: EntryBell, telling redactor: Redactor? = nil,
        reportingEvery reportInterval: Duration = reportInterval
    ) {
        self.loop = loop
        self.source = source
        self.sink = sink
        self.entries = entries
        self.reportInterval = reportInterval
        self.redactor = redactor
        pause = Bell(on: loop)
        progress = Bell(on: loop)
    }

    /// How far inbox is behind, by what the loop knows: no question to anybody.
    package var lag: Lag {
        let count = max(0, (entries.head?.seq ?? 0) - shipped)
        return Lag(entries: count, oldestAt: count == 0 ? nil : oldestAt ?? entries.waitingSince)
    }

    /// Entries that were pruned before inbox had them, as last seen.
    package var hole: ClosedRange<Int64>? { shipping.hole }

    /// Whether somebody wants to hear up to when this journal is complete; true until said otherwise.
    package func reportCompleteness(_ wanted: Bool) { shipping.reportsCompleteness = wanted }

    /// Waits until inbox has all that is in the journal: true; false after `limit` or when cancelled.
    package func drained(within limit: Duration) async -> Bool {
        let until = ContinuousClock.now + limit
        while lag.entries > 0 {
            let left = until - ContinuousClock.now
            guard left > .zero, await progress.wait(atMost: left) else { return lag.entries == 0 }
        }
        return true
    }

    /// Tries again now instead of after the backoff: inbox is known to be back.
    package func hurry() { pause.ring() }

    /// Ships until its task is cancelled; the owner starts it once, after the start checkpoint.
    ///
    /// - Throws: `JournalError` when the journal can give nothing more: exit 70.
    package func run() async throws {
        var action = shipping.start()
        while !Task.isCancelled {
            do {
                action = try await perform(action)
            } catch {
                if (error as? JournalError)?.isFinal == true { throw error }
                problem = error
                action = shipping.failed()
            }
        }
    }

    private func perform(_ action: Shipping.Action) async throws -> Shipping.Action {
        switch action {
        case .readExtent:
            let extent = try await source.extent()
            entries.rename(extent.origin)
            shipped = extent.shipped
            oldestAt = extent.oldestUnshippedAt
            entries.shipped(upTo: extent.shipped)
            return shipping.extentRead(extent)
        case .askPosition(let origin):
            return shipping.positionAnswered(try await sink.position(in: origin))
        case .readMark(let seq):
            return shipping.markRead(try await source.mark(at: seq))
        case .renewOrigin:
            try await source.renewOrigin()
            renewals += 1
            return shipping.originRenewed()
        case .noteShipped(let seq):
            try await source.setShipped(seq)
            shipped = seq
            oldestAt = nil
            entries.shipped(upTo: seq)
            progress.ring()
            return shipping.shippedNoted()
        case .readBatch(let seq):
            let asOf = Clocks.boot
            let batch = try await source.batch(after: seq, maximumBytes: Self.maximumBytes)
            oldestAt = batch.entries.first?.at
            return shipping.batchRead(batch, asOf: asOf)
        case .append(let shipment):
            let answer = try await sink.append(shipment)
            await redactor?.heard(answer, after: shipment.after?.seq ?? 0)
            let next = shipping.appendAnswered(answer)
            if case .wait = next {
                problem = JournalError.disagreement(shipped: shipment.end, found: answer.position)
            } else {
                problem = nil
            }
            return next
        case .rest(let seq):
            return shipping.woken(
                byEntry: await entries.wait(beyond: seq, atMost: reportInterval))
        case .wait(let delay):
            _ = await pause.wait(atMost: delay)
            return shipping.waited()
        }
    }
}
