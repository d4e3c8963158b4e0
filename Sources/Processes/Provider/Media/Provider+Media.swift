internal import FoundationEssentials
internal import Reactor
internal import Wire

extension Provider {
    func beginUpload(_ asked: BeginUpload) async throws -> BeginUpload.Answer {
        try await media.uploads.begin(asked, from: try numbers.sender(asked.from))
    }

    /// A part of a file, or how it stands with it.
    ///
    /// - Throws: `Problem` of status 404; where bytes are asked for that are not here, 503 or 410.
    func readMedia(_ asked: ReadMedia) async throws -> ReadMedia.Answer {
        guard asked.offset >= 0, (0...MediaPart.longest).contains(asked.length) else {
            throw Problem.invalid(
                asked.offset < 0 ? "offset" : "length", "That is no part of a file.",
                hint: "Ask for 0 to \(MediaPart.longest) bytes, from 0 on.")
        }
        let row = try await outbox.change { _, tables, _ in try tables.media.find(asked.id) }
        guard let row else { throw Problem.noMedia(asked.id) }
        guard asked.length > 0 else { return ReadMedia.Answer(media: row.record, bytes: nil) }
        guard row.state == .stored, let file = row.file else {
            throw Problem.mediaNotHere(row, in: mode)
        }
        let bytes: Data?
        do { bytes = try await media.files.read(file, at: asked.offset, asked.length) } catch {
            throw Problem.unreadableMedia
        }
        guard let bytes else {
            try await outbox.change { store, tables, now in
                try store.missing(row, in: tables, at: now)
            }
            media.bell.ring()
            throw Problem.unreadableMedia
        }
        // What begins beyond the end has served nobody.
        if !bytes.isEmpty, asked.offset + Int64(bytes.count) >= row.size ?? .max {
            try await outbox.change { _, tables, now in
                try tables.media.markServed(row.id, at: now)
            }
            // What was served may make room.
            media.bell.ring()
        }
        return ReadMedia.Answer(media: row.record, bytes: bytes)
    }
}
