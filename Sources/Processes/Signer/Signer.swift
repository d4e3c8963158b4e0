internal import CloudAPI
internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import IPC
internal import Reactor
internal import Wire

/// Says whether a body is Meta's and a token is ours; signs only bodies that it makes itself, and
/// access tokens.
actor Signer: Responder {
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.loop.asUnownedSerialExecutor() }

    private let place: Place
    private let secrets: Secrets
    private var tokens: NamedTokens
    private var uses: UseNotes
    private var refusals = Refusals()
    private var reminder = Reminder()
    private var figures: [String: Int64] = ["authentic": 0, "forged": 0, "tokens_refused": 0]

    /// - Throws: `SystemError` when the notes of what was used cannot be opened.
    init(_ secrets: Secrets, in place: Place) throws {
        self.secrets = secrets
        self.place = place
        tokens = NamedTokens(in: place.stateDirectory)
        uses = try UseNotes(in: place.stateDirectory)
        tell(tokens.refresh())
    }

    func answer(_ operation: SignerOperation, _ call: Call) async throws -> Reply {
        switch operation {
        case .verify: try await call.answering(VerifySignature.self) { verify($0) }
        case .challenge: try await call.answering(CheckChallenge.self) { check($0) }
        case .authenticate: try await call.answering(Authenticate.self) { try authenticate($0) }
        case .canary: try await call.answering(MakeCanary.self) { try canary($0) }
        case .sample: try await call.answering(MakeSample.self) { try sample($0) }
        case .proof: try await call.answering(MakeProof.self) { try proof($0) }
        case .describe: try await call.answering(DescribeSigner.self) { _ in report() }
        }
    }

    // MARK: Verifying

    private func verify(_ request: VerifySignature) -> VerifySignature.Answer {
        guard let signature = BodySignature(request.signature) else {
            return VerifySignature.Answer(.forged)
        }
        let isAuthentic = isProved(by: secrets.appSecret) { secret in
            signature.proves(request.body, under: secret)
        }
        figures[isAuthentic ? "authentic" : "forged", default: 0] += 1
        if !isAuthentic { noteRefusal() }
        return VerifySignature.Answer(isAuthentic ? .authentic : .forged)
    }

    private func noteRefusal() {
        refusals.add(at: Clocks.boot)
        guard refusals.isAlarming(at: Clocks.boot), reminder.isDue() else { return }
        place.log.warning("signatures.refused count=\(figures["forged", default: 0])")
    }

    private func check(_ request: CheckChallenge) -> CheckChallenge.Answer {
        let digest = SHA256.digest(Data(request.verifyToken.utf8))
        let isOurs = isProved(by: secrets.verifyToken) { equalInConstantTime(digest, $0) }
        return CheckChallenge.Answer(isOurs ? .verified : .refused)
    }

    /// Whose token it is, at about the cost of any other: its SHA-256, two comparisons, a `stat`, a look-up.
    ///
    /// - Throws: `Problem` for a token that may be in a list that cannot be read.
    private func authenticate(_ request: Authenticate) throws -> Authenticate.Answer {
        let digest = SHA256.digest(Data(request.token.utf8))
        if let own = secrets.apiToken, isProved(by: own, { equalInConstantTime(digest, $0) }) {
            note(own.name, at: Clocks.wall)
            return Authenticate.Answer(
                TokenHolder(name: TokenList.ownName, scopes: Set(Scope.allCases)))
        }
        tell(tokens.refresh())
        guard tokens.isKnown else { throw Self.tokensUnknown }
        let now = Clocks.wall
        guard let token = tokens[digest] else { return refused(Authenticate.Answer(nil)) }
        note(token.sha256, at: now)
        if let refusal = token.refusal(at: Timestamp(milliseconds: now)) {
            return refused(Authenticate.Answer(refused: refusal))
        }
        return Authenticate.Answer(TokenHolder(name: token.name, scopes: Set(token.scopes)))
    }

    private func refused(_ answer: Authenticate.Answer) -> Authenticate.Answer {
        figures["tokens_refused", default: 0] += 1
        return answer
    }

    private static let tokensUnknown = Problem(
        .unavailable, status: 503, "signer cannot read its list of tokens",
        hint: "Try again; ./run.sh status tells what is wrong with it.", retryable: true,
        retryAfterSeconds: 60)

    /// Tries the current secret and then the previous one, and notes when that one was needed.
    private func isProved(by secret: RotatingSecret, _ proves: ([UInt8]) -> Bool) -> Bool {
        if proves(secret.current) { return true }
        guard let previous = secret.previous, proves(previous) else { return false }
        note(secret.previousName, at: Clocks.wall)
        return true
    }

    private func note(_ key: String, at now: Int64) {
        do {
            try uses.note(key, at: now) { key in
                if let digest = Hex.decode(key[...]) {
                    return !tokens.isKnown || tokens[digest] != nil
                }
                return secrets.all.contains {
                    key == $0.name || key == $0.previousName && $0.previous != nil
                }
            }
        } catch {
            place.log.warning("use.unnoted error=\(error)")
        }
    }

    private nonisolated func tell(_ news: NamedTokens.News?) {
        switch news {
        case nil: break
        case .taken(let count): place.log.info("tokens.taken count=\(count)")
        case .unreadable(let problem): place.log.error("tokens.unreadable error=\(problem)")
        }
    }

    // MARK: Signing

    private static let longestSample = 4_096

    /// A body that inbox keeps as what it is, a proof that the way from verification to storage is whole.
    private func canary(_ request: MakeCanary) throws -> SignedBody {
        guard (1...64).contains(request.nonce.utf8.count),
            request.nonce.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x5F || Self.isAlphanumeric($0) })
        else {
            throw Problem.invalid(
                "nonce", "nonce is not usable.", hint: "Use 1–64 of letters, digits, - and _.")
        }
        return signed(Data(#"{"object":"gateway_canary","nonce":"\#(request.nonce)"}"#.utf8))
    }

    private func sample(_ request: MakeSample) throws -> SignedBody {
        guard place.mode == .stub else {
            throw Problem(
                .forbidden, status: 403, "Samples are made in stub mode only.",
                hint: "Send a real message to the number instead.")
        }
        guard (1...Self.longestSample).contains(request.text.unicodeScalars.count) else {
            throw Problem.invalid(
                "text", "text is empty or too long.", hint: "Use 1–4096 characters.")
        }
        var random = SystemRandomNumberGenerator()
        let seconds = Clocks.wall / 1_000
        let wamid =
            "wamid.SAMPLE"
            + Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
        return signed(
            SamplePayload.textMessage(
                text: request.text, from: request.from, name: request.name,
                phoneNumberID: request.phoneNumberID, wamid: wamid, timestamp: seconds))
    }

    private func proof(_ request: MakeProof) throws -> MakeProof.Answer {
        MakeProof.Answer(
            try TokenProof.make(of: request.message, under: secrets.appSecret.current))
    }

    private func signed(_ body: Data) -> SignedBody {
        let signature = BodySignature(of: body, under: secrets.appSecret.current)
        return SignedBody(body: body, signature: signature.text)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    // MARK: Health

    private func report() -> ProcessReport {
        tell(tokens.refresh())
        let now = Clocks.wall
        let health = SecretHealth(
            now: now, since: place.starts.startedAt.milliseconds, tokens: tokens)
        var warnings = secrets.all.compactMap {
            health.warning(of: $0, lastUse: uses[$0.previousName])
        }
        warnings += health.tokenWarnings
        if refusals.isAlarming(at: Clocks.boot) {
            warnings.append(
                Condition(
                    "signatures_refused",
                    "over \(Refusals.alarming) webhooks within a minute had a wrong signature",
                    hint:
                        "If Meta's are among them, WHATSAPP_APP_SECRET is not that of the app which "
                        + "is subscribed: compare them, then ./run.sh restart signer."))
        }
        return place.report(reasons: health.reasons, warnings: warnings, figures: figures)
    }
}
