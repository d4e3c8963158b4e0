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

    /// A previous secret that was needed within this time is still in somebody's use.
    private static let recently: Int64 = 24 * 3_600 * 1_000

    private let place: Place
    private let secrets: Secrets
    /// When each previous secret last proved something, by the name of its setting; wall clock, milliseconds.
    private var previousUsed: [String: Int64] = [:]
    private var figures: [String: Int64] = ["authentic": 0, "forged": 0]

    init(_ secrets: Secrets, in place: Place) {
        self.secrets = secrets
        self.place = place
    }

    func answer(_ operation: SignerOperation, _ call: Call) async throws -> Reply {
        switch operation {
        case .verify: try await call.answering(VerifySignature.self) { verify($0) }
        case .challenge: try await call.answering(CheckChallenge.self) { check($0) }
        case .authenticate: try await call.answering(Authenticate.self) { authenticate($0) }
        case .canary: try await call.answering(MakeCanary.self) { try canary($0) }
        case .sample: try await call.answering(MakeSample.self) { try sample($0) }
        case .proof: try await call.answering(MakeProof.self) { try proof($0) }
        case .describe: try await call.answering(DescribeSigner.self) { _ in report() }
        }
    }

    // MARK: Verifying

    private func verify(_ request: VerifySignature) -> VerifySignature.Answer {
        guard request.signature.hasPrefix(Self.prefix),
            let code = Hex.decode(request.signature.dropFirst(Self.prefix.count))
        else { return VerifySignature.Answer(.forged) }
        let isAuthentic = isProved("WHATSAPP_APP_SECRET", by: secrets.appSecret) { secret in
            equalInConstantTime(HMAC.sha256(key: secret, message: request.body), code)
        }
        figures[isAuthentic ? "authentic" : "forged", default: 0] += 1
        return VerifySignature.Answer(isAuthentic ? .authentic : .forged)
    }

    private func check(_ request: CheckChallenge) -> CheckChallenge.Answer {
        let isOurs = isProved("WHATSAPP_VERIFY_TOKEN", by: secrets.verifyToken) { secret in
            Self.isSame(request.verifyToken, secret)
        }
        return CheckChallenge.Answer(isOurs ? .verified : .refused)
    }

    private func authenticate(_ request: Authenticate) -> Authenticate.Answer {
        guard let token = secrets.apiToken,
            isProved("GATEWAY_API_TOKEN", by: token, { Self.isSame(request.token, $0) })
        else { return Authenticate.Answer(nil) }
        return Authenticate.Answer(TokenHolder(name: "default", scopes: Set(Scope.allCases)))
    }

    /// Tries the current secret and then the previous one, and keeps when that one was needed.
    private func isProved(
        _ name: String, by secret: RotatingSecret, _ proves: ([UInt8]) -> Bool
    ) -> Bool {
        if proves(secret.current) { return true }
        guard let previous = secret.previous, proves(previous) else { return false }
        previousUsed["\(name)_PREVIOUS"] = Clocks.wall
        return true
    }

    /// Compares digests, so that not even the length of a secret shows in the time it takes.
    private static func isSame(_ text: String, _ secret: [UInt8]) -> Bool {
        equalInConstantTime(SHA256.digest(Data(text.utf8)), SHA256.digest(Data(secret)))
    }

    // MARK: Signing

    private static let prefix = "sha256="
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
        let code = HMAC.sha256(key: secrets.appSecret.current, message: body)
        return SignedBody(body: body, signature: Self.prefix + Hex.encode(code))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    // MARK: Health

    private func report() -> ProcessReport {
        let now = Clocks.wall
        let warnings = previousUsed.filter { now - $0.value < Self.recently }.sorted {
            $0.key < $1.key
        }.map {
            Condition(
                "previous_secret_in_use",
                "\($0.key) was last needed at \(Timestamp(milliseconds: $0.value).text)",
                hint:
                    "Give the new secret to whoever still uses the old one; remove \($0.key) a day after its last use."
            )
        }
        return place.report(warnings: warnings, figures: figures)
    }
}
