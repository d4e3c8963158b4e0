internal import CloudAPI
internal import Curl
internal import Digest
internal import FoundationEssentials
internal import JSON

extension GraphClient: GraphMedia {
    /// 100 MB over a line of 2 Mbit/s.
    private static let longestTransfer = Duration.seconds(600)
    /// Meta thinks about what was uploaded before it answers.
    private static let longestStall = Duration.seconds(60)

    func resolve(
        _ id: String, of phoneNumberID: String
    ) async -> Result<ResolvedMedia, MediaFailure> {
        let result = await request(
            .get,
            to: { settings, proof throws(TransferURL.Refusal) in
                try settings.media(id, of: phoneNumberID, proof: proof)
            })
        return Self.read(result) { answer in
            answer["url"]?.nonEmptyString.map { url in
                ResolvedMedia(
                    // A string or a number, as Meta's pages have both.
                    url: url, size: answer["file_size"]?.identifier.flatMap { Int64($0) },
                    sha256: answer["sha256"]?.text.flatMap(MediaDigest.hex))
            }
        }
    }

    func download(_ url: String, into sink: any AnswerSink) async -> MediaFailure? {
        guard let url = try? TransferURL(url), let hosts = settings.mediaHosts, hosts.include(url)
        else { return .foreignHost }
        let limits = FileLimits(
            whole: Self.longestTransfer, stall: Self.longestStall, sink: sink)
        switch await request(.get, file: limits, to: { _, _ in url }) {
        case .failure(let notBegun): return .noAnswer(reason: notBegun.reason)
        case .success(let result):
            guard result.status == 200 else { return MediaFailure(result) }
            return result.failure.map { .noAnswer(reason: $0) }
        }
    }

    func upload(
        _ file: Uploads.Finished, at path: String, within limit: Duration
    ) async -> Result<String, MediaFailure> {
        let form = Transfer.Form(
            fields: [
                Transfer.Field("messaging_product", "whatsapp"),
                Transfer.Field("type", file.mimeType),
            ],
            file: .init(
                name: "file", path: path, filename: file.filename ?? "file",
                mimeType: file.mimeType))
        let limits = FileLimits(
            whole: min(limit, Self.longestTransfer), stall: Self.longestStall)
        let result = await request(
            .upload(form), file: limits,
            to: { settings, proof throws(TransferURL.Refusal) in
                try settings.uploads(of: file.from, proof: proof)
            })
        return Self.read(result) { $0["id"]?.identifier }
    }

    /// What an answer has, or why it has nothing.
    private static func read<Value>(
        _ result: Result<TransferResult, NotBegun>, _ value: (JSONValue) -> Value?
    ) -> Result<Value, MediaFailure> {
        switch result {
        case .failure(let notBegun): return .failure(.noAnswer(reason: notBegun.reason))
        case .success(let result):
            if result.status == 200, result.failure == nil,
                let answer = try? JSONValue(parsing: result.body),
                let value = value(answer)
            {
                return .success(value)
            }
            return .failure(MediaFailure(result))
        }
    }
}

extension MediaFailure {
    /// Of an answer without what was asked for.
    fileprivate init(_ result: TransferResult) {
        switch GraphOutcome(result) {
        case .refused(let error): self = .refused(error)
        case .neverLeft(let reason), .unknown(let reason): self = .noAnswer(reason: reason)
        case .accepted: self = .noAnswer(reason: "an answer about something else")
        }
    }
}

extension GraphSettings {
    /// Nil when the base is no address, which its reading has refused.
    var mediaHosts: MediaHosts? { (try? TransferURL(base)).map(MediaHosts.init) }

    /// What a file's id tells about it.
    ///
    /// - Throws: `TransferURL.Refusal`, for an id that is no part of a path.
    func media(
        _ id: String, of phoneNumberID: String, proof: String
    ) throws(TransferURL.Refusal) -> TransferURL {
        guard Self.isPlain(id), Self.isPlain(phoneNumberID) else { throw .malformed }
        return try TransferURL(
            "\(base)/\(version.name)/\(id)?phone_number_id=\(phoneNumberID)&appsecret_proof=\(proof)"
        )
    }

    /// Where files of that number are posted.
    ///
    /// - Throws: `TransferURL.Refusal`, for a number that is no part of a path.
    func uploads(
        of phoneNumberID: String, proof: String
    ) throws(TransferURL.Refusal) -> TransferURL {
        guard Self.isPlain(phoneNumberID) else { throw .malformed }
        return try TransferURL(
            "\(base)/\(version.name)/\(phoneNumberID)/media?appsecret_proof=\(proof)")
    }

    /// Ids are opaque to us, but one with `/` or `?` in it would be another address.
    private static func isPlain(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// A digest as Meta writes it.
enum MediaDigest {
    /// Hex of base64 (44 characters) or of hex (64); nil for anything else. WA §4.4
    static func hex(_ text: String) -> String? {
        let bytes =
            text.utf8.count == 2 * SHA256.length
            ? Hex.decode(text[...]) : Data(base64Encoded: text).map { Array($0) }
        guard let bytes, bytes.count == SHA256.length else { return nil }
        return Hex.encode(bytes)
    }
}
