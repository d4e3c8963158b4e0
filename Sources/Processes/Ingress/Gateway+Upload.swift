internal import Daemon
internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Reactor
internal import Wire

// Files that callers hand over, on their way to provider.

extension Gateway {
    /// At once: what provider takes; one more would be refused there, with its first part here.
    private static let maximumUploads = 8

    /// Hands a file on to provider as it arrives, and answers under which id it can be sent.
    ///
    /// One part of it is here at a time. Whatever is refused is refused without reading the rest.
    func upload(_ head: RequestHead, _ body: any PartSource) async throws -> Response {
        guard uploadsInProgress < Self.maximumUploads else { throw Self.tooManyUploads }
        uploadsInProgress += 1
        var unended: String?
        defer {
            if let unended { drop(unended) } else { uploadsInProgress -= 1 }
        }
        let file = try await IncomingFile(head, body)
        let provider = peers.providerForMedia
        let begin = BeginUpload(
            mimeType: file.mimeType, filename: file.filename, from: file.from, size: file.size)
        // In a task of its own, which goes on when the caller leaves: else nobody would learn the name of
        // what was begun, and it would stay.
        let begun = try await Task(executorPreference: place.loop) {
            try await provider.ask(begin, within: Limits.mediaPart)
        }.value
        unended = begun.upload
        var offset: Int64 = 0
        while let part = try await file.source.next() {
            var rest = part[...]
            while !rest.isEmpty {
                let piece = rest.prefix(begun.partLimit)
                let request = UploadPart(
                    upload: begun.upload, offset: offset, bytes: Data(piece))
                offset = try await provider.ask(request, within: Limits.mediaPart).received
                rest = rest.dropFirst(piece.count)
            }
        }
        let record = try await provider.ask(
            EndUpload(upload: begun.upload), within: Limits.uploadEnd)
        unended = nil
        return answers.json(.ok, Uploaded(record))
    }

    /// Lets provider forget an upload that failed here, or whose caller left; its place is taken until then.
    ///
    /// Not in the route's own task: that is cancelled when its caller leaves, and asks nobody any more.
    private func drop(_ upload: String) {
        let (provider, log) = (peers.providerForMedia, place.log)
        uploadDrops[upload] = Task(executorPreference: place.loop) {
            do {
                _ = try await provider.ask(DropUpload(upload: upload), within: Limits.mediaPart)
            } catch {
                // Provider forgets it when it ends, or by itself in a while.
                log.warning("upload.left error=\(error)")
            }
            await self.dropped(upload)
        }
    }

    private func dropped(_ upload: String) {
        uploadDrops[upload] = nil
        uploadsInProgress -= 1
    }

    /// Returns once provider was told of every upload that was left.
    func finishDrops() async {
        for drop in uploadDrops.values { await drop.value }
    }

    private static let tooManyUploads = Problem(
        .unavailable, status: 503, "Too many uploads are under way.",
        hint: "Try again when one of them has ended.", retryable: true, retryAfterSeconds: 5)
}

/// A file in a request: what is said of it, and where its bytes come from.
private struct IncomingFile {
    /// What a body is whose sender does not say it.
    private static let unknownType = "application/octet-stream"

    let mimeType: String
    let filename: String?
    /// The phone number id that it is for; nil: the default one.
    let from: String?
    /// Bytes; nil where they are not known beforehand.
    let size: Int64?
    let source: any PartSource

    /// Reads what stands before the file, in the head or in the form.
    ///
    /// - Throws: `Problem` 400; what the body throws.
    init(_ head: RequestHead, _ body: any PartSource) async throws {
        let parameters = try Parameters(head)
        let type = head.fields.all("Content-Type").first ?? Self.unknownType
        let form = ParameterizedValue(type).flatMap { value in
            value.value == "multipart/form-data" ? value : nil
        }
        var filename = try parameters.optional("filename")
        var from = try parameters.optional("from")
        if let form {
            let source = try FormFile(in: body, boundary: form["boundary"])
            let part = try await source.open()
            if let name = part.filename, !name.isEmpty { filename = name }
            from = source.fields["from"] ?? from
            // Meta's own form says the type in a field of that name.
            let types = [part.contentType, source.fields["type"]].compactMap(\.self)
            mimeType = types.first { $0.lowercased() != Self.unknownType } ?? Self.unknownType
            size = nil
            self.source = source
        } else {
            mimeType = type
            if case .length(let length) = head.framing { size = Int64(length) } else { size = nil }
            source = body
        }
        guard filename?.utf8.count ?? 0 <= Attachment.longestName else {
            throw Problem.invalid(
                "filename", "The file name is too long.",
                hint: "Use at most \(Attachment.longestName) bytes.")
        }
        (self.filename, self.from) = (filename, from)
    }
}

/// The body of an answer to an upload.
private struct Uploaded: Encodable {
    private let record: MediaRecord

    init(_ record: MediaRecord) { self.record = record }

    private enum CodingKeys: String, CodingKey {
        case success, id, size, sha256, filename
        case mimeType = "mime_type"
        case expiresAt = "expires_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(true, forKey: .success)
        try container.encode(record.id, forKey: .id)
        try container.encode(record.mimeType, forKey: .mimeType)
        try container.encode(record.size, forKey: .size)
        try container.encode(record.sha256, forKey: .sha256)
        try container.encode(record.filename, forKey: .filename)
        try container.encode(record.expiresAt, forKey: .expiresAt)
    }
}
