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

    /// Longer than a restart of signer takes.
    private static let proofLimit = Duration.seconds(5)
    /// A proof older than this is asked for anew, so that a new app secret takes effect.
    private static let proofLife = Duration.seconds(60)
    private static let userAgent = "whatsapp-gateway/\(Protocol.release)"

    private let settings: GraphSettings
    private let transfers: Transfers
    private let loop: EventLoop
    private let prove: Prove
    private let onUsage: @Sendable (GraphUsage) -> Void
    private var proof: (text: String, at: ContinuousClock.Instant)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// `onUsage` is called on the loop with what an answer says of Graph's limits.
    init(
        _ settings: GraphSettings, over transfers: Transfers, on loop: EventLoop,
        prove: @escaping Prove, onUsage: @escaping @Sendable (GraphUsage) -> Void
    ) {
        self.settings = settings
        self.transfers = transfers
        self.loop = loop
        self.prove = prove
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
        let proof: String
        do { proof = try await currentProof() } catch {
            return .failure(NotBegun(reason: "no proof of the token from signer: \(error)"))
        }
        let url: TransferURL
        do { url = try settings.messages(of: phoneNumberID, proof: proof) } catch {
            return .failure(NotBegun(reason: "\(phoneNumberID) is no phone number id"))
        }
        let result = await transfers.perform(
            Transfer(
                .post(body), url,
                fields: [
                    Transfer.Field("Authorization", "Bearer \(settings.token.secret)"),
                    Transfer.Field("Content-Type", "application/json"),
                    Transfer.Field("Accept", "application/json"),
                    Transfer.Field("User-Agent", Self.userAgent),
                ],
                connectLimit: limit.map { min($0 / 2, settings.connectLimit) }
                    ?? settings.connectLimit,
                answerLimit: limit.map { min($0 / 2, settings.answerLimit) }
                    ?? settings.answerLimit,
                authorities: settings.authorities))
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
