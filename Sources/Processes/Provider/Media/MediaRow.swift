internal import FoundationEssentials
internal import Wire

/// A file as outbox.db knows it.
struct MediaRow: Hashable, Sendable {
    enum Origin: String, Sendable {
        /// Named by a webhook.
        case received
        /// Handed to Meta by us.
        case uploaded

        /// How long Meta knows the id, in ms. WA §7.13
        var life: Int64 {
            switch self {
            case .received: 7 * 24 * 3_600 * 1_000
            case .uploaded: 30 * 24 * 3_600 * 1_000
            }
        }
    }

    /// Meta's.
    var id: String
    var phoneNumberID: String
    var origin: Origin
    var state: MediaState
    var mimeType: String
    var size: Int64?
    /// Hex; before it is stored, what was announced.
    var sha256: String?
    var filename: String?
    /// Wall clock, ms.
    var receivedAt: Int64
    /// The name of its file, while there is one.
    var file: String?
    /// How often fetching it failed.
    var failures = 0
    /// Those among them that blame the file itself.
    var strikes = 0
    /// Why it is not here.
    var problem: Problem?
    /// Wall clock, ms, of its last change, and later than the one before.
    var changedAt: Int64 = 0

    /// Wall clock, ms: when Meta forgets the id.
    var expiresAt: Int64 { receivedAt + origin.life }

    var record: MediaRecord {
        MediaRecord(
            id: id, state: state, mimeType: mimeType, size: size, sha256: sha256,
            filename: filename, expiresAt: Timestamp(milliseconds: expiresAt), error: problem)
    }
}
