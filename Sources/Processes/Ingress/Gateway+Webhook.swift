internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

extension Gateway {
    /// Bodies beyond this go to signer over a connection of their own.
    private static let largeBody = 64 << 10
    /// Large bodies that may be with signer at once.
    private static let maximumLarge = 2

    /// Takes a webhook: verified first, then kept, then answered.
    func webhook(_ head: RequestHead, _ body: Data) async throws -> Response {
        guard let signature = SignatureHeader(head) else { return Self.forged(answers) }
        guard try await verify(VerifySignature(signature: signature.value, body: body)) else {
            return Self.forged(answers)
        }
        do {
            _ = try await journal.append(.webhook, body)
        } catch let error as JournalError {
            throw Self.notKept(error)
        }
        return Self.taken
    }

    /// Answers Meta's verification request with its challenge.
    func challenge(_ parameters: Parameters) async throws -> Response {
        let mode = try parameters.optional("hub.mode")
        let challenge = try parameters.optional("hub.challenge")
        let token = try parameters.optional("hub.verify_token")
        guard mode == "subscribe", let challenge, let token else {
            return Self.notVerified(answers)
        }
        // It is echoed, so it must be nothing that a browser or a log could mistake for more.
        guard (1...256).contains(challenge.utf8.count), challenge.utf8.allSatisfy(Self.isChallenge)
        else {
            throw .invalid(
                "hub.challenge", "hub.challenge is not what Meta sends.",
                hint: "Use 1–256 letters, digits, - and _.") as Problem
        }
        let answer = try await peers.signer.ask(
            CheckChallenge(verifyToken: token), within: Limits.signer)
        guard answer.verdict == .verified else { return Self.notVerified(answers) }
        var response = Response(.ok, contentType: "text/plain", body: Array(challenge.utf8))
        response.add("X-Content-Type-Options", "nosniff")
        return response
    }

    private static func isChallenge(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private func verify(_ request: VerifySignature) async throws -> Bool {
        guard request.body.count > Self.largeBody else {
            return try await peers.signer.ask(request, within: Limits.signer).verdict == .authentic
        }
        let deadline = ContinuousClock.now + Limits.signer
        while largeInProgress >= Self.maximumLarge {
            guard await largeDone.wait(atMost: deadline - .now) else {
                throw WireError.unavailable(.signer)
            }
        }
        largeInProgress += 1
        defer {
            largeInProgress -= 1
            largeDone.ring()
        }
        return try await peers.signerForLarge.ask(request, within: Limits.signer).verdict
            == .authentic
    }

    private static let taken = Response(
        .ok, contentType: "application/json", body: Array(#"{"success":true}"#.utf8))

    /// One fixed answer for every reason; what the signature should have been is nobody's business.
    static func forged(_ answers: Answers) -> Response {
        var response = answers.problem(
            Problem(
                .invalidSignature, status: 401, "The signature does not prove this body.",
                hint: "Sign the raw bytes with the app secret of the app that is subscribed: "
                    + "X-Hub-Signature-256: sha256=<64 hex digits>."))
        response.closes = true
        return response
    }

    private static func notVerified(_ answers: Answers) -> Response {
        answers.problem(
            Problem(
                .forbidden, status: 403, "This is not our verify token.",
                hint: "Enter the value of WHATSAPP_VERIFY_TOKEN in the app's webhook settings."))
    }

    /// What a sender is told when its entry could not be kept: send it again.
    static func notKept(_ error: JournalError) -> Problem {
        Problem(
            .storeFull, status: 503, "It could not be written to the journal.",
            hint:
                "Nothing was taken; send it again. ./run.sh status tells what is wrong with the disk.",
            retryable: true, retryAfterSeconds: 1)
    }
}
