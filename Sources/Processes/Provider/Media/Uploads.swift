internal import CloudAPI
internal import Digest
internal import FoundationEssentials
internal import Reactor
internal import Wire

/// The files that callers are handing over, part by part, until Meta has them.
///
/// All of it is forgotten when the process ends: whoever was uploading begins again.
actor Uploads {
    /// At once: each may hold 100 MB of the disk.
    static let atOnce = 8
    /// Without a part an upload is dropped, and the answer to one that ended is forgotten.
    static let idleLimit = Duration.seconds(300)

    /// Characters; what file systems take.
    static let longestName = 255

    private struct Upload {
        let mimeType: String
        let filename: String?
        let from: String
        let limits: MediaLimits
        let size: Int64?
        var received: Int64 = 0
        let digest = RunningSHA256()
        /// Rung when a part is written.
        let bell: Bell
        var isBusy = false
        var timer: EventLoop.Timer?
        /// Hands it to Meta; its answer is kept for whoever asks again.
        var ending: Task<Result<MediaRecord, Problem>, Never>?
        /// Its caller left while it was on its way to Meta.
        var isLeft = false
    }

    private let loop: EventLoop
    private let files: MediaFiles
    private let idleLimit: Duration
    /// Makes a whole, unfinished file Meta's and ours.
    private let keep: @Sendable (Finished, _ until: Int64) async -> Result<MediaRecord, Problem>
    /// By the name of the file.
    private var uploads: [String: Upload] = [:]

    /// A file of which every part is here.
    struct Finished: Sendable {
        /// Of the unfinished file.
        let name: String
        let mimeType: String
        let filename: String?
        let from: String
        let size: Int64
        let sha256: String
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        to files: MediaFiles, on loop: EventLoop, idleLimit: Duration = Uploads.idleLimit,
        keep: @escaping @Sendable (Finished, _ until: Int64) async -> Result<MediaRecord, Problem>
    ) {
        self.files = files
        self.loop = loop
        self.idleLimit = idleLimit
        self.keep = keep
    }

    /// Begins an upload from that number.
    ///
    /// - Throws: `Problem` of status 413, 415, 503.
    func begin(_ asked: BeginUpload, from: String) async throws -> BeginUpload.Answer {
        guard let limits = MediaLimits.of(asked.mimeType), asked.mimeType.isLine else {
            throw Problem.mediaTypeNotTaken(asked.mimeType)
        }
        if let filename = asked.filename, filename.unicodeScalars.count > Self.longestName {
            throw Problem.invalid(
                "filename", "filename is too long.",
                hint: "Use at most \(Self.longestName) characters.")
        }
        if let size = asked.size {
            guard size >= 0 else {
                throw Problem.invalid("size", "size is \(size).", hint: "Give its bytes.")
            }
            guard size <= limits.longest else { throw Problem.mediaTooLarge(limits) }
        }
        guard await files.hasRoom(for: asked.size ?? 0) else { throw Problem.mediaStoreFull }
        guard uploads.values.count(where: { $0.ending == nil }) < Self.atOnce else {
            throw Problem.tooManyUploads
        }
        let name = MediaFiles.newName()
        uploads[name] = Upload(
            mimeType: asked.mimeType, filename: asked.filename, from: from, limits: limits,
            size: asked.size, bell: Bell(on: loop))
        touch(name)
        do { try await files.create(name) } catch {
            drop(name)
            throw Problem.unreadableMedia
        }
        return BeginUpload.Answer(upload: name, partLimit: MediaPart.longest)
    }

    /// Takes a part; parts of one upload go one after the other.
    ///
    /// - Throws: `Problem`.
    func add(_ part: UploadPart) async throws -> UploadPart.Answer {
        guard part.bytes.count <= MediaPart.longest else {
            throw Problem.invalid(
                "bytes", "The part has \(part.bytes.count) bytes.",
                hint: "Send at most \(MediaPart.longest).")
        }
        try await waitForTurn(part.upload)
        guard let upload = uploads[part.upload] else { throw Problem.uploadGone }
        touch(part.upload)
        let (end, overflow) = part.offset.addingReportingOverflow(Int64(part.bytes.count))
        if part.offset >= 0, !overflow, end <= upload.received, upload.received > 0 {
            return UploadPart.Answer(received: upload.received)
        }
        guard part.offset == upload.received, upload.ending == nil else {
            throw Problem.invalid(
                "offset",
                "The part begins at \(part.offset), and \(upload.received) bytes are here.",
                hint: "Send the part that begins at \(upload.received).")
        }
        guard end <= upload.limits.longest else {
            drop(part.upload)
            throw Problem.mediaTooLarge(upload.limits)
        }
        uploads[part.upload]?.isBusy = true
        defer {
            uploads[part.upload]?.isBusy = false
            upload.bell.ring()
        }
        do { try await files.write(part.bytes, at: part.offset, to: part.upload) } catch {
            drop(part.upload)
            throw error as? Problem ?? .unreadableMedia
        }
        part.bytes.withUnsafeBytes { upload.digest.update($0) }
        uploads[part.upload]?.received = end
        touch(part.upload)
        return UploadPart.Answer(received: end)
    }

    /// Ends an upload, and answers once Meta has the file; asked again, it answers the same.
    ///
    /// - Throws: `Problem`; after a retryable one the same upload may be ended again.
    func end(_ name: String, until: Int64) async throws -> MediaRecord {
        try await waitForTurn(name)
        guard let upload = uploads[name] else { throw Problem.uploadGone }
        if let ending = upload.ending { return try await ending.value.get() }
        guard upload.received > 0, upload.received == upload.size ?? upload.received else {
            let wanted = upload.size.map { " of \($0)" } ?? ""
            throw Problem.invalid(
                "size", "\(upload.received)\(wanted) bytes came.", hint: "Upload the whole file.")
        }
        let finished = Finished(
            name: name, mimeType: upload.mimeType, filename: upload.filename, from: upload.from,
            size: upload.received, sha256: upload.digest.hex())
        let ending = Task(executorPreference: loop) { await self.finish(finished, until: until) }
        uploads[name]?.ending = ending
        return try await ending.value.get()
    }

    private func finish(
        _ finished: Finished, until: Int64
    ) async -> Result<MediaRecord, Problem> {
        let result = await keep(finished, until)
        switch result {
        // Meta or the disk may be there the next time; the file still is.
        case .failure(let problem) where problem.retryable:
            uploads[finished.name]?.ending = nil
            if uploads[finished.name]?.isLeft == true { drop(finished.name) }
        case .failure: await files.remove(finished.name)
        case .success: break
        }
        touch(finished.name)
        return result
    }

    /// Frees the slot and the file of an upload whose caller left.
    ///
    /// One that is on its way to Meta already goes when it could only be ended again.
    func drop(_ left: DropUpload) async throws -> DropUpload.Answer {
        try await waitForTurn(left.upload)
        guard uploads[left.upload]?.ending == nil else {
            uploads[left.upload]?.isLeft = true
            return DropUpload.Answer(dropped: false)
        }
        return DropUpload.Answer(dropped: drop(left.upload))
    }

    private func waitForTurn(_ name: String) async throws {
        while let upload = uploads[name], upload.isBusy {
            _ = await upload.bell.wait(atMost: .seconds(60))
            if Task.isCancelled { throw CancellationError() }
        }
    }

    /// Somebody is still there.
    private func touch(_ name: String) {
        guard uploads[name] != nil else { return }
        if let timer = uploads[name]?.timer { loop.cancel(timer) }
        uploads[name]?.timer = loop.after(idleLimit) { [self] in
            assumeIsolated { $0.expire(name) }
        }
    }

    private func expire(_ name: String) {
        guard let upload = uploads[name] else { return }
        guard !upload.isBusy else { return touch(name) }
        drop(name)
    }

    /// Forgets it; tells whether it was there.
    @discardableResult
    private func drop(_ name: String) -> Bool {
        guard let upload = uploads.removeValue(forKey: name) else { return false }
        if let timer = upload.timer { loop.cancel(timer) }
        // One that was ended is kept under the name of its row, or removed already.
        guard upload.ending == nil else { return true }
        Task(executorPreference: loop) { await self.files.remove(name) }
        return true
    }

    /// Lets go of all: what was unfinished is dropped at the next start.
    func close() async {
        for upload in uploads.values { if let timer = upload.timer { loop.cancel(timer) } }
        for upload in uploads.values { _ = await upload.ending?.value }
        uploads = [:]
    }
}

extension String {
    /// Whether it is visible ASCII and blanks, and so cannot end a line of a head.
    fileprivate var isLine: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
