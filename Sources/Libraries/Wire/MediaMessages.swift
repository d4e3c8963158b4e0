package import FoundationEssentials

/// How it stands with a file of a message.
package enum MediaState: String, Codable, CaseIterable, Sendable {
    /// Known by its id, and not here yet.
    case pending
    /// Here, whole and checked.
    case stored
    /// It was here, was served, and made room for others.
    case evicted
    /// Meta will not give it, or gives something else than it announced.
    case failed
    /// Meta does not keep it any more, nor do we.
    case expired
}

/// A file as provider knows it.
package struct MediaRecord: Codable, Hashable, Sendable {
    /// Meta's id, or in stub one of the same form.
    package var id: String
    package var state: MediaState
    /// As it was announced, parameters and all: `audio/ogg; codecs=opus`.
    package var mimeType: String
    /// Bytes; nil until it is known.
    package var size: Int64?
    /// 64 lower-case hex digits; nil until it is known.
    package var sha256: String?
    /// As its sender named it: never to be used as a path.
    package var filename: String?
    /// Until when Meta knows the id.
    package var expiresAt: Timestamp?
    /// Why it is not here.
    package var error: Problem?

    package init(
        id: String, state: MediaState, mimeType: String, size: Int64? = nil,
        sha256: String? = nil, filename: String? = nil, expiresAt: Timestamp? = nil,
        error: Problem? = nil
    ) {
        self.id = id
        self.state = state
        self.mimeType = mimeType
        self.size = size
        self.sha256 = sha256
        self.filename = filename
        self.expiresAt = expiresAt
        self.error = error
    }

    package enum CodingKeys: String, CodingKey {
        case id, state, size, sha256, filename, error
        case mimeType = "mime_type"
        case expiresAt = "expires_at"
    }
}

/// How media goes over a frame.
package enum MediaPart {
    /// Bytes of one part, as design says of media between processes.
    ///
    /// As base64 it is a sixth of the longest frame.
    package static let longest = 1 << 20
}

/// A caller wants to upload a file, which is answered with a name for its parts.
package struct BeginUpload: Request {
    package static let operation = ProviderOperation.beginUpload
    package let mimeType: String
    package let filename: String?
    /// The phone number id that it is for; nil: the default one.
    package let from: String?
    /// Bytes, where the caller said it beforehand.
    package let size: Int64?

    package struct Answer: Codable, Hashable, Sendable {
        /// Names the upload in what follows.
        package var upload: String
        /// Bytes of the longest part.
        package var partLimit: Int

        package init(upload: String, partLimit: Int) {
            self.upload = upload
            self.partLimit = partLimit
        }

        package enum CodingKeys: String, CodingKey {
            case upload
            case partLimit = "part_limit"
        }
    }

    package init(mimeType: String, filename: String?, from: String?, size: Int64?) {
        self.mimeType = mimeType
        self.filename = filename
        self.from = from
        self.size = size
    }

    package enum CodingKeys: String, CodingKey {
        case filename, from, size
        case mimeType = "mime_type"
    }
}

/// The next part of an upload; the same part again changes nothing, and a gap is refused.
package struct UploadPart: Request {
    package static let operation = ProviderOperation.uploadPart
    package let upload: String
    /// Where it begins in the file.
    package let offset: Int64
    /// At most `MediaPart.longest`; base64 on the wire.
    package let bytes: Data

    package struct Answer: Codable, Hashable, Sendable {
        /// Bytes from the beginning that are here.
        package var received: Int64
        package init(received: Int64) { self.received = received }
    }

    package init(upload: String, offset: Int64, bytes: Data) {
        self.upload = upload
        self.offset = offset
        self.bytes = bytes
    }
}

/// That was all: hand it to Meta, and say under which id it can be sent.
package struct EndUpload: Request {
    package static let operation = ProviderOperation.endUpload
    package let upload: String

    package typealias Answer = MediaRecord

    package init(upload: String) { self.upload = upload }
}

/// Its caller left: nobody goes on with it, and what is here of it goes.
package struct DropUpload: Request {
    package static let operation = ProviderOperation.dropUpload
    package let upload: String

    package struct Answer: Codable, Hashable, Sendable {
        /// False when it is not known (any more), or with Meta already.
        package var dropped: Bool
        package init(dropped: Bool) { self.dropped = dropped }
    }

    package init(upload: String) { self.upload = upload }
}

/// A part of a file, or with a `length` of 0 only how it stands with it.
package struct ReadMedia: Request {
    package static let operation = ProviderOperation.media
    package let id: String
    package let offset: Int64
    /// At most `MediaPart.longest`.
    package let length: Int

    package struct Answer: Codable, Hashable, Sendable {
        package var media: MediaRecord
        /// As many as were asked for, fewer at the end of the file; nil when none was asked for.
        package var bytes: Data?

        package init(media: MediaRecord, bytes: Data?) {
            self.media = media
            self.bytes = bytes
        }
    }

    package init(id: String, offset: Int64, length: Int) {
        self.id = id
        self.offset = offset
        self.length = length
    }
}
