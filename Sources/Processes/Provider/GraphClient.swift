internal import Curl
internal import FoundationEssentials
internal import IPC
internal import Reactor
internal import Wire

/// Meta's Graph, over libcurl: each send is one request, made once.
///
/// Transfers are bounded by whoever asks. Close the `Transfers` it was given after it.
actor GraphClient: Graph {
    /// Proves a token with the app secret (`signer.proof`): 64 hex digits.
    typealias Prove = @Sendable (_ message: String) async throws -> String

    /// How long signer may take for a proof: longer than a restart of it does.
    private static let proofLimit = Duration.seconds(5)
    /// A proof older than this is asked for anew, so that a new app secret takes effect.
    private static let proofLife = Duration.seconds(60)
    private static let userAgent = "whatsapp-gateway/\(Protocol.release)"

    let settings: GraphSettings
    private let transfers: Transfers
    private let loop: EventLoop
    private let prove: Prove
    private var onUsage: @Sendable (GraphUsage) -> Void
    private var proof: (text: String, at: ContinuousClock.Instant)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// `onUsage` is called on the loop with what an answer says of Graph's limits.
    init(
        _ settings: GraphSettings, over transfers: Transfers, on loop: EventLoop,
        prove: @escaping Prove, onUsage: @escaping @Sendable (GraphUsage) -> Void = { _ in }
    ) {
        self.settings = settings
        self.transfers = transfers
        self.loop = loop
        self.prove = prove
        self.onUsage = onUsage
    }

    /// Says whom to tell what an answer says of Graph's limits; called on the loop.
    func notifyOfUsage(_ onUsage: @escaping @Sendable (GraphUsage) -> Void) {
        self.onUsage = onUsage
    }

    /// Asks the real signer.
    static func proof(by signer: Client) -> Prove {
        { try await signer.ask(MakeProof(message: $0), within: proofLimit).proof }
    }

    func send(_ body: Data, from phoneNumberID: String) async -> GraphOutcome {
        switch await post(body, toMessagesOf: phoneNumberID) {
        case .success(let result): GraphOutcome(result)
        case .failure(let notBegun): .neverLeft(reason: notBegun.reason)
        }
    }

    /// Why not a byte of a request has left.
    struct NotBegun: Error, Hashable {
        let reason: String
    }

    /// Posts JSON to `/{phoneNumberID}/messages`; all of it takes `limit` at most, if there is one.
    func post(
        _ body: Data, toMessagesOf phoneNumberID: String, within limit: Duration? = nil
    ) async -> Result<TransferResult, NotBegun> {
        await request(
            .post(body), [Transfer.Field("Content-Type", "application/json")], within: limit,
            to: { settings, proof throws(TransferURL.Refusal) in
                try settings.messages(of: phoneNumberID, proof: proof)
            })
    }

    /// What a request that carries a file differs in.
    struct FileLimits: Sendable {
        /// From the first byte of the request to the last of the answer.
        let whole: Duration
        /// Without a byte either way.
        let stall: Duration
        /// Where the answer goes.
        var sink: (any AnswerSink)?
    }

    /// Makes one request of any kind, with the token, its proof and our name.
    ///
    /// `url` is made of how Graph is reached and the proof; all of it takes `limit` at most, if there is one.
    func request(
        _ method: Transfer.Method, _ fields: [Transfer.Field] = [], within limit: Duration? = nil,
        file: FileLimits? = nil,
        to url: (GraphSettings, _ proof: String) throws(TransferURL.Refusal) -> TransferURL
    ) async -> Result<TransferResult, NotBegun> {
        let proof: String
        do { proof = try await currentProof() } catch {
            return .failure(NotBegun(reason: "no proof of the token from signer: \(error)"))
        }
        let address: TransferURL
        do { address = try url(settings, proof) } catch {
            return .failure(NotBegun(reason: "an id in its address is none of Graph's"))
        }
        let result = await transfers.perform(
            Transfer(
                method, address,
                fields: [
                    Transfer.Field("Authorization", "Bearer \(settings.token.secret)"),
                    Transfer.Field("Accept", file?.sink == nil ? "application/json" : "*/*"),
                    Transfer.Field("User-Agent", Self.userAgent),
                ] + fields,
                connectLimit: limit.map { min($0 / 2, settings.connectLimit) }
                    ?? settings.connectLimit,
                answerLimit: file?.whole ?? limit.map { min($0 / 2, settings.answerLimit) }
                    ?? settings.answerLimit,
                authorities: settings.authorities, stallLimit: file?.stall, into: file?.sink))
        if let usage = GraphUsage(result) { onUsage(usage) }
        return .success(result)
    }

    /// The proof at hand while it is young; an older one only while signer is away.
    private func currentProof() async throws -> String {
        if let proof, ContinuousClock.now - proof.at < Self.proofLife { return proof.text }
        do {
            let text = try await prove(settings.token.secret)
            proof = (text, .now)
            return text
        } catch {
            guard let proof else { throw error }
            return proof.text
        }
    }
}
