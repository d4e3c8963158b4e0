internal import Daemon
internal import FoundationEssentials
internal import Reactor
internal import Wire

/// Everything of provider's that has to do with files: those that callers hand over, and those that came.
struct MediaPath: Sendable {
    let files: MediaFiles
    let shelf: MediaShelf
    let uploads: Uploads
    /// Rung when there may be more to fetch, more room for it, or files to remove.
    let bell: Bell
    private let tasks: [Task<Void, Never>]

    /// Opens the folder beside the outbox; what no row names is dropped.
    ///
    /// `executor` is the outbox's: its thread is where the disk is waited for.
    static func start(
        _ settings: ProviderSettings, in directory: String, _ outbox: Outbox,
        _ sendPath: SendPath, on executor: ThreadExecutor, _ place: Place
    ) async throws -> MediaPath {
        let loop = place.loop
        let files = MediaFiles(in: "\(directory)/media", on: executor)
        let named = try await outbox.change { _, tables, _ in try tables.media.files() }
        let there = try await files.open(keeping: named)
        // An outbox that was restored names files that are not here.
        if there.count < named.count {
            try await outbox.change { store, tables, now in
                for row in try tables.media.stored() where !there.contains(row.file ?? "") {
                    try store.missing(row, in: tables, at: now)
                }
            }
        }
        let bell = sendPath.filesChanged
        let shelf = MediaShelf(
            of: outbox, in: files, upTo: settings.mediaLimit, wokenBy: bell, on: loop)
        var tasks = [Task(executorPreference: loop) { await shelf.keepUp() }]
        var meta: MediaUploader?
        if let graph = sendPath.graph {
            meta = MediaUploader(over: graph, for: sendPath.sender, on: loop)
            let fetcher = MediaFetcher(
                of: outbox, to: shelf, over: graph, for: sendPath.sender, wokenBy: bell, on: loop
            ) { place.log.warning($0) }
            tasks.append(Task(executorPreference: loop) { await fetcher.run() })
        }
        let uploads = Uploads(to: files, on: loop) { [meta] finished, until in
            do {
                let id =
                    try await meta?.hand(
                        finished, at: files.unfinished(finished.name), until: until) ?? stubID()
                try await files.finish(finished.name)
                let row = MediaRow(id: id, finished, receivedAt: Clocks.wall)
                try await outbox.change { store, tables, now in
                    try store.uploaded(row, in: tables, at: now)
                }
                return .success(row.record)
            } catch {
                return .failure(error as? Problem ?? .unreadableMedia)
            }
        }
        return MediaPath(files: files, shelf: shelf, uploads: uploads, bell: bell, tasks: tasks)
    }

    /// Begins nothing more, and returns once nothing is under way.
    func stop() async {
        for task in tasks { task.cancel() }
        await uploads.close()
        for task in tasks { await task.value }
    }

    /// Of the form of Meta's: sixteen digits.
    private static func stubID() -> String {
        String(UInt64.random(in: 1_000_000_000_000_000...9_999_999_999_999_999))
    }
}

extension MediaRow {
    /// A file that Meta took under an id; `receivedAt` is the wall clock in ms.
    init(id: String, _ finished: Uploads.Finished, receivedAt: Int64) {
        self.init(
            id: id, phoneNumberID: finished.from, origin: .uploaded, state: .stored,
            mimeType: finished.mimeType, size: finished.size, sha256: finished.sha256,
            filename: finished.filename, receivedAt: receivedAt, file: finished.name)
    }
}
