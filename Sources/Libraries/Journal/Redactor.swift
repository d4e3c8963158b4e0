package import Reactor
internal import Wire

/// Takes out of a journal what it holds of people who were erased: behind its shipper, and never in its way.
///
/// A step reads some entries that inbox has, asks inbox what may be kept of them, and writes that over them in one
/// transaction. A kill at any point costs the steps since the last that wrote; doing one again changes nothing.
package actor Redactor {
    /// Bytes of one step once encoded, or one entry: some milliseconds of the store, so that appends don't wait.
    package static let maximumBytes = 256 << 10
    /// Steps after which it is noted how far it was looked, although nothing was written over.
    private static let stepsPerNote = 16
    /// The last step of a look is only ended when the log is empty; another one may read it for a moment.
    private static let rest = Duration.seconds(3_600)

    /// What a look at all entries came to.
    package struct Look: Hashable, Sendable {
        package var entries: Int64 = 0
        /// Bodies that were written over.
        package var redacted: Int64 = 0
        package var milliseconds: Int64 = 0
    }

    private let loop: EventLoop
    private let source: any RedactionSource
    private let oracle: any RedactionOracle
    private let report: @Sendable (Look) -> Void
    private let news: Bell
    private let pause: Bell
    private var redacting: Redacting?
    /// What was heard before the store could be asked how far it is.
    private var early: [(answer: AppendEntries.Answer, after: Int64)] = []
    private var look = Look()
    private var unnoted = 0
    private var isSwept = true

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Calls `report` on the loop whenever all that inbox has was looked at and something was written over.
    package init(
        on loop: EventLoop, of source: any RedactionSource, asking oracle: any RedactionOracle,
        report: @escaping @Sendable (Look) -> Void = { _ in }
    ) {
        self.loop = loop
        self.source = source
        self.oracle = oracle
        self.report = report
        news = Bell(on: loop)
        pause = Bell(on: loop)
    }

    /// Entries that are still to be looked at; 0 also means that the log has nothing left of what was written over.
    package var left: Int64 { (redacting?.left ?? 0) + (isSwept ? 0 : 1) }

    /// What inbox answered to a shipment that followed on entry `after`.
    func heard(_ answer: AppendEntries.Answer, after: Int64) {
        guard answer.outcome == .applied else { return }
        guard redacting != nil else { return early.append((answer, after)) }
        redacting?.heard(answer, after: after)
        news.ring()
    }

    /// Looks until its task is cancelled; the owner starts it once, after the start checkpoint.
    ///
    /// - Throws: `JournalError` when the journal can give or take nothing more: exit 70.
    package func run() async throws {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                try await work()
                backoff.succeeded()
            } catch {
                if (error as? JournalError)?.isFinal == true { throw error }
                _ = await pause.wait(atMost: backoff.failed())
            }
        }
    }

    /// One step, or the end of a look and the wait for the next.
    private func work() async throws {
        if redacting == nil {
            redacting = Redacting(try await source.lookedAt())
            for (answer, after) in early { redacting?.heard(answer, after: after) }
            early = []
        }
        if let (after, upTo) = redacting?.next() { return try await step(after, upTo) }
        try await end()
        // More may have been heard meanwhile.
        if redacting?.next() == nil { _ = await news.wait(atMost: Self.rest) }
    }

    private func step(_ after: Int64, _ upTo: Int64) async throws {
        let begin = ContinuousClock.now
        let origin = try await source.extent().origin
        let entries = try await source.batch(after: after, maximumBytes: Self.maximumBytes).entries
            .filter { $0.position.seq <= upTo }
        // What is not there any more was pruned.
        let last = entries.last?.position.seq ?? upTo
        let bodies = entries.isEmpty ? [] : try await oracle.redact(entries, of: origin)
        let erasures = redacting?.checked.erasures ?? ""
        look.entries += Int64(entries.count)
        unnoted += 1
        if !bodies.isEmpty || unnoted >= Self.stepsPerNote {
            if !bodies.isEmpty { isSwept = false }
            try await source.redact(bodies, checked: Checked(erasures: erasures, seq: last))
            look.redacted += Int64(bodies.count)
            unnoted = 0
        }
        redacting?.looked(upTo: last)
        // As long as it took: what waits for the store, or for inbox, is served in between.
        _ = await pause.wait(atMost: begin.duration(to: .now))
        look.milliseconds += Int64(begin.duration(to: .now) / .milliseconds(1))
    }

    /// All that inbox has was looked at.
    private func end() async throws {
        if unnoted > 0, let checked = redacting?.checked {
            try await source.redact([], checked: checked)
            unnoted = 0
        }
        guard !isSwept else { return look = Look() }
        try await source.sweep()
        isSwept = true
        report(look)
        look = Look()
    }
}
