package import FoundationEssentials
package import Reactor
internal import SQLite
package import Wire

/// The journal as the loop sees it: an append returns once the commit that holds it was synced.
///
/// Group commit without a timer: whatever arrives while a commit is syncing goes into the next one. A
/// caller whose task is cancelled still waits for its commit, since the entry is written anyway.
package actor Journal {
    private struct Waiter {
        let entry: JournalStore.Pending
        let continuation: CheckedContinuation<JournalPosition, any Error>
    }

    /// Rows of one transaction: beyond this a commit takes longer without getting cheaper per row.
    package static let maximumRows = 128
    /// Bytes of one transaction, unless one entry alone is larger.
    package static let maximumBytes = 1 << 20
    /// Bytes that may wait: 16 of the largest webhooks.
    ///
    /// More means that the disk does not keep up.
    package static let maximumWaitingBytes = 64 << 20

    private let loop: EventLoop
    private let store: JournalStore
    private var waiting: [Waiter] = []
    private var waitingBytes = 0
    private var drainer: Task<Void, Never>?
    private var isClosing = false

    /// Rings on the loop for every commit.
    package nonisolated let entries: EntryBell
    private var state: StoreState
    /// Whether entries are taken, and if not, why.
    package var condition: StoreCondition { state.condition }
    /// The journal's name and the last entry that somebody was answered for; nil before `open`.
    package var head: JournalHead? { entries.head }
    /// Transactions so far, for metrics.
    package private(set) var commits = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Calls `report` on the loop whenever `condition` becomes another, and again while it stays full.
    package init(
        on loop: EventLoop, over store: JournalStore,
        report: @escaping @Sendable (StoreCondition) -> Void = { _ in }
    ) {
        self.loop = loop
        self.store = store
        state = StoreState(report: report)
        entries = EntryBell(on: loop)
    }

    /// Opens the store and waits for its start checkpoint; appends are refused until then.
    ///
    /// A damaged file is no reason to stay down: `condition` says so, and all else goes on.
    /// - Throws: `DatabaseError`: stay down.
    package func open() async throws {
        do {
            let found = try await store.open()
            entries.ring(JournalHead(origin: found.origin, seq: found.newest?.seq ?? 0))
            state.become(.ready)
        } catch {
            guard noteDamage(error) else { throw error }
        }
    }

    /// Reads the whole file, if a process has left it open, while entries are taken; answers whether it was read.
    ///
    /// What is damaged shows in `condition`.
    /// - Throws: what else kept it from being read.
    package func examine() async throws -> Bool {
        guard await store.wasLeftOpen else { return false }
        do { try await DatabaseCheck.run(store.path) } catch {
            guard noteDamage(error) else { throw error }
        }
        return true
    }

    /// Takes nothing more if that error, of whoever read the file, says that it is damaged; answers whether it does.
    package func noteDamage(_ error: any Error) -> Bool { state.noteDamage(error) }

    /// Writes an entry and returns its place once it is synced.
    ///
    /// - Throws: `JournalError`. It was not kept, or that is not known: whoever sent it must send it again.
    package func append(
        _ kind: JournalEntry.Kind, _ body: Data, at: Int64 = Clocks.wall
    ) async throws -> JournalPosition {
        switch condition {
        case .ready, .full: if isClosing { throw JournalError.notOpen }
        case .closed: throw JournalError.notOpen
        case .displaced: throw JournalError.displaced(path: store.path)
        case .broken(let error), .damaged(let error): throw JournalError.store(error)
        }
        guard waitingBytes + body.count <= Self.maximumWaitingBytes else {
            throw JournalError.overloaded(waiting: waitingBytes)
        }
        return try await withCheckedThrowingContinuation { continuation in
            let entry = JournalStore.Pending(kind: kind, body: body, at: at)
            waiting.append(Waiter(entry: entry, continuation: continuation))
            waitingBytes += body.count
            if drainer == nil {
                drainer = Task(executorPreference: loop) { await self.drain() }
            }
        }
    }

    // MARK: Group commit

    private func drain() async {
        while !waiting.isEmpty {
            let batch = takeBatch()
            commits += 1
            do {
                let outcomes = try await store.commit(batch.map(\.entry))
                state.noteCommit()
                settle(batch, outcomes)
            } catch {
                await fail(batch, error)
            }
        }
        // Nothing was awaited since the look at `waiting`: an append after this starts another drainer.
        drainer = nil
    }

    private func takeBatch() -> [Waiter] {
        var bytes = 0
        let count = waiting.prefix(Self.maximumRows).prefix { waiter in
            bytes += waiter.entry.body.count
            return bytes <= Self.maximumBytes
        }.count
        let batch = Array(waiting.prefix(max(1, count)))
        waiting.removeFirst(batch.count)
        waitingBytes -= batch.reduce(0) { $0 + $1.entry.body.count }
        return batch
    }

    private func settle(_ batch: [Waiter], _ outcomes: [JournalStore.Outcome]) {
        let newest = outcomes.compactMap { try? $0.get() }.last
        if let newest { entries.ring(newest: newest.seq) }
        for (waiter, outcome) in zip(batch, outcomes) {
            waiter.continuation.resume(with: outcome.mapError { JournalError.refused($0) })
        }
    }

    private func fail(_ batch: [Waiter], _ error: any Error) async {
        // The commit stands in the open file: it is shipped before the owner exits.
        if state.note(error) == .displaced, let newest = try? await store.extent().newest {
            entries.ring(newest: newest.seq)
        }
        for waiter in batch { waiter.continuation.resume(throwing: error) }
    }

    // MARK: Upkeep

    /// Between two looks at the path: an answered entry is at risk for no longer than this.
    private static let checkInterval = Duration.seconds(5)
    /// Looks at the path between two prunings.
    private static let checksPerPruning = 12

    /// Watches the path and prunes what is old, until its task is cancelled; the owner starts it once.
    package func keepUp() async {
        let pause = Bell(on: loop)
        var checks = 0
        while !Task.isCancelled {
            await check()
            if checks % Self.checksPerPruning == 0 { await prune() }
            checks += 1
            _ = await pause.wait(atMost: Self.checkInterval)
        }
    }

    /// Looks once whether the path still names the open file.
    package func check() async {
        if await store.isDisplaced, condition != .closed { state.become(.displaced) }
    }

    /// Deletes what retention allows; a failure is seen by the next append too.
    package func prune() async {
        if case .damaged = condition { return }
        do {
            while try await store.prune(now: Clocks.wall) > 0, !Task.isCancelled {}
        } catch { state.noteEnd(error) }
    }

    /// Takes no more entries, and returns once all that were taken are answered.
    package func close() async {
        isClosing = true
        await drainer?.value
        await store.close()
        state.become(.closed)
    }
}
