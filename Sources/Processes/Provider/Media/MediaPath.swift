internal import Daemon
internal import FoundationEssentials
internal import Reactor
internal import Wire

/// Everything of provider's that has to do with files: those that callers hand over, and those that are kept.
struct MediaPath: Sendable {
    let files: MediaFiles
    let uploads: Uploads

    /// Opens the folder beside the outbox; what no row names is dropped.
    ///
    /// `executor` is the outbox's: its thread is where the disk is waited for.
    static func start(
        in directory: String, _ outbox: Outbox, on executor: ThreadExecutor, _ place: Place
    ) async throws -> MediaPath {
        let files = MediaFiles(in: "\(directory)/media", on: executor)
        try await files.open(
            keeping: try await outbox.change { _, tables, _ in try tables.media.files() })
        let uploads = Uploads(to: files, on: place.loop) { finished, _ in
            do {
                try await files.finish(finished.name)
                let row = MediaRow(
                    id: Self.stubID(), finished, receivedAt: Clocks.wall)
                try await outbox.change { store, tables, now in
                    try store.uploaded(row, in: tables, at: now)
                }
                return .success(row.record)
            } catch {
                return .failure(error as? Problem ?? .unreadableMedia)
            }
        }
        return MediaPath(files: files, uploads: uploads)
    }

    func stop() async { await uploads.close() }

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
