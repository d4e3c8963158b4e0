internal import Daemon
internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Reactor
internal import Wire

// Files that people sent, and those that were uploaded, as provider keeps them.

extension Gateway {
    /// A file, or the part of it that the caller wants, read from provider as it goes out.
    func media(_ id: String, _ head: RequestHead) async throws -> Reply {
        // A byte of it, not none: for what is not here provider then says why, and what to do.
        let known = try await peers.providerForMedia.ask(
            ReadMedia(id: id, offset: 0, length: 1), within: Limits.mediaPart)
        guard let size = known.media.size.flatMap({ Int(exactly: $0) }),
            let sha256 = known.media.sha256
        else { throw Problem.unavailable(.provider) }
        let tag = EntityTag(sha256)
        let selection = Selection(head, size: size, tag: tag)
        let range: Range<Int>
        var response: Response
        switch selection {
        case .whole:
            range = 0..<size
            response = Response(.ok, contentType: known.media.mimeType)
        case .range(let wanted):
            range = wanted
            response = Response(.partialContent, contentType: known.media.mimeType)
        case .notModified:
            range = 0..<0
            response = Response(.notModified)
        case .preconditionFailed:
            return Reply(
                answers.problem(
                    Problem(
                        .preconditionFailed, status: 412, "The file is another one.",
                        hint: "Ask without If-Match; the ETag is the file's sha256.", id: id)))
        case .unsatisfiable:
            var refusal = answers.problem(
                Problem(
                    .rangeNotSatisfiable, status: 416, "The file has no byte in that range.",
                    hint: "It has \(size) bytes; the first is 0.", id: id))
            if let text = selection.contentRange(size: size) { refusal.add("Content-Range", text) }
            return Reply(refusal)
        }
        describe(known.media, tag, in: &response)
        if let text = selection.contentRange(size: size) { response.add("Content-Range", text) }
        if response.status == .notModified { return Reply(response) }
        let source = MediaParts(
            of: id, sha256: sha256, range, from: peers.providerForMedia, on: place.loop
        ) { [log = place.log] error in log.warning("download.cut error=\(error)") }
        return Reply(response, length: range.count, from: source)
    }

    private func describe(_ media: MediaRecord, _ tag: EntityTag, in response: inout Response) {
        response.add("ETag", tag.text)
        response.add("Accept-Ranges", "bytes")
        // Anybody may have sent it: a browser that comes by must neither guess nor run what it is.
        response.add("X-Content-Type-Options", "nosniff")
        response.add("Content-Security-Policy", "sandbox; default-src 'none'")
        response.add("Content-Disposition", Attachment.disposition(media.filename))
        response.add("Cache-Control", "private")
    }
}

/// A range of a file, asked of provider part by part.
private actor MediaParts: PartSource {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// The file is not any more what the head of the answer said.
    private struct Changed: Error {}

    private let id: String
    private let sha256: String
    private var rest: Range<Int>
    private let provider: Client
    private let loop: EventLoop
    private let report: @Sendable (any Error) -> Void

    init(
        of id: String, sha256: String, _ range: Range<Int>, from provider: Client,
        on loop: EventLoop, report: @escaping @Sendable (any Error) -> Void
    ) {
        self.id = id
        self.sha256 = sha256
        rest = range
        self.provider = provider
        self.loop = loop
        self.report = report
    }

    func next() async throws -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        do {
            let length = min(rest.count, MediaPart.longest)
            let part = try await provider.ask(
                ReadMedia(id: id, offset: Int64(rest.lowerBound), length: length),
                within: Limits.mediaPart)
            guard let bytes = part.bytes, !bytes.isEmpty, part.media.sha256 == sha256 else {
                throw Changed()
            }
            rest = rest.dropFirst(bytes.count)
            return [UInt8](bytes)
        } catch {
            if !(error is CancellationError) { report(error) }
            throw error
        }
    }
}
