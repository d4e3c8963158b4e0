internal import Curl
internal import FoundationEssentials

/// Meta's Graph as far as files go (WA §7.13): one call is one try.
protocol GraphMedia: Sendable {
    /// Where a file is, for the next five minutes.
    func resolve(
        _ id: String, of phoneNumberID: String
    ) async -> Result<ResolvedMedia, MediaFailure>

    /// Puts the file at an address into a sink; nil when all of it is there.
    func download(_ url: String, into sink: any AnswerSink) async -> MediaFailure?

    /// Hands over the file at `path`, and answers its id.
    func upload(
        _ file: Uploads.Finished, at path: String, within limit: Duration
    ) async -> Result<String, MediaFailure>
}

/// What Graph says of a file.
struct ResolvedMedia: Hashable, Sendable {
    let url: String
    /// Bytes.
    let size: Int64?
    /// Hex.
    let sha256: String?
}

/// Why a file did not go where it should.
enum MediaFailure: Error, Hashable, Sendable {
    /// Graph's own words.
    case refused(GraphError)
    /// No answer, or none that says anything of Graph's: another time it may.
    ///
    /// A file that Meta has under an id that nobody learned harms nobody, so an upload may be repeated too.
    case noAnswer(reason: String)
    /// Its address is none of Meta's, and was not asked.
    case foreignHost
}
