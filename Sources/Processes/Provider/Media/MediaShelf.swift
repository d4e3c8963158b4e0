internal import Reactor
internal import Wire

/// The room that files have: what must go makes it, and health hears of what can't be made.
///
/// Only what was served at least once goes, the least recently served first. What waits to be fetched or was
/// never served stays: nobody else has it once Meta has forgotten it.
actor MediaShelf {
    /// Rows whose files are dropped in one transaction.
    static let atOnce = 100
    /// Between two looks for what is out of date.
    private static let checkInterval = Duration.seconds(60)
    /// Rows of what is gone stay so long, so that 410 can say why; ms.
    private static let memory: Int64 = 90 * 24 * 3_600 * 1_000
    /// A file that is not here so long before Meta drops it is said in health; ms.
    static let warnedBefore: Int64 = 24 * 3_600 * 1_000

    private let outbox: Outbox
    let files: MediaFiles
    /// Bytes of all files together.
    private let limit: Int64
    /// Rung when somebody was erased, among else.
    private let bell: Bell
    private let loop: EventLoop
    /// What is on its way.
    private var reserved: Int64 = 0
    /// Why nothing more is fetched.
    private var obstacle: Condition?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        of outbox: Outbox, in files: MediaFiles, upTo limit: Int64, wokenBy bell: Bell,
        on loop: EventLoop
    ) {
        self.outbox = outbox
        self.files = files
        self.limit = limit
        self.bell = bell
        self.loop = loop
    }

    // MARK: Room

    /// Keeps room for so many bytes until `release`; false when there is none and none can be made.
    func reserve(_ bytes: Int64) async -> Bool {
        guard await files.hasRoom(for: reserved + bytes) else {
            obstacle = Condition(
                "media_full", "less than 1 GiB is free on the disk: no file is fetched from Meta",
                hint: "Free some space; it goes on by itself.")
            return false
        }
        // Before anything is awaited again, so that nobody else takes it.
        reserved += bytes
        guard await makeRoom() else {
            reserved -= bytes
            obstacle = Condition(
                "media_full",
                "files that nobody has fetched fill GATEWAY_MEDIA_MB: no more is fetched from Meta",
                hint: "Fetch them (GET /api/whatsapp/media/{id}), or raise GATEWAY_MEDIA_MB and"
                    + " ./run.sh restart provider.")
            return false
        }
        obstacle = nil
        return true
    }

    func release(_ bytes: Int64) { reserved -= bytes }

    /// Drops what may go until all that is kept and reserved fits; false when it still does not.
    func makeRoom() async -> Bool {
        let allowed = limit - reserved
        while true {
            let step = try? await outbox.change { store, tables, now in
                try store.evict(downTo: allowed, in: tables, at: now)
            }
            // An outbox that cannot be written takes no files either.
            guard let step else { return false }
            for file in step.files { await files.remove(file) }
            if step.fits { return true }
            if step.files.isEmpty { return false }
        }
    }

    // MARK: Upkeep

    /// Lets what is out of date go, and at once what is of people who were erased, until its task is
    /// cancelled; the owner starts it once.
    func keepUp() async {
        var next = ContinuousClock.now
        while !Task.isCancelled {
            if ContinuousClock.now >= next {
                await tidy()
                next = .now + Self.checkInterval
            }
            // Last, so that nobody is erased unheard between this look and the wait.
            await removeErased()
            _ = await bell.wait(atMost: next - .now)
        }
    }

    private func tidy() async {
        while !Task.isCancelled {
            let dropped = try? await outbox.change { store, tables, now in
                try tables.media.forget(before: now - Self.memory)
                return try store.expire(in: tables, at: now)
            }
            guard let dropped, dropped.count > 0 else { break }
            for file in dropped.files { await files.remove(file) }
        }
        _ = await makeRoom()
    }

    /// Removes the files of people who were erased, until there are none.
    private func removeErased() async {
        do {
            while true {
                let names = try await outbox.change { _, tables, _ in
                    try tables.erasures.leftFiles()
                }
                guard !names.isEmpty else { return }
                for name in names {
                    await files.remove(name)
                    try await outbox.change { _, tables, _ in try tables.erasures.removed(name) }
                }
            }
        } catch {
            // The outbox says itself what is the matter with it; the next look goes on.
        }
    }

    // MARK: Health

    /// What health says of files.
    func report() async -> (warnings: [Condition], figures: [String: Int64]) {
        let counts = try? await outbox.change { _, tables, now in
            try tables.media.counts(at: now)
        }
        guard let counts else { return ([], [:]) }
        var warnings = counts.pending > 0 ? [obstacle].compactMap { $0 } : []
        if counts.expiring > 0 {
            let why = counts.problem
            warnings.append(
                Condition(
                    "media_expiring",
                    "\(counts.expiring) files are not here, and Meta drops them within a day: "
                        + (why?.message ?? "they wait for their turn"),
                    hint: why?.hint ?? "See sending_paused and media_full, if they are there."))
        }
        return (
            warnings,
            [
                "media_pending": counts.pending, "media_expiring": counts.expiring,
                "media_bytes": counts.bytes,
            ]
        )
    }
}
