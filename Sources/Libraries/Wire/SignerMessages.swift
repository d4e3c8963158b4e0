package import FoundationEssentials

/// Is this webhook body really from Meta? Asked by `ingress`, before anything looks into it.
package struct VerifySignature: Request {
    package static let operation = SignerOperation.verify
    /// The `X-Hub-Signature-256` header as received: `sha256=` and 64 hex digits.
    package let signature: String
    /// The body as received, at most 4 MiB; base64 on the wire.
    package let body: Data

    package struct Answer: Codable, Hashable, Sendable {
        package let verdict: Verdict
        package init(_ verdict: Verdict) { self.verdict = verdict }
    }

    package enum Verdict: String, Codable, Sendable { case authentic, forged }

    package init(signature: String, body: Data) {
        self.signature = signature
        self.body = body
    }
}

/// Does Meta's verification request name our verify token? The challenge itself never travels here.
package struct CheckChallenge: Request {
    package static let operation = SignerOperation.challenge
    /// `hub.verify_token` as received, percent-decoded.
    package let verifyToken: String

    package struct Answer: Codable, Hashable, Sendable {
        package let verdict: Verdict
        package init(_ verdict: Verdict) { self.verdict = verdict }
    }

    package enum Verdict: String, Codable, Sendable { case verified, refused }

    package init(verifyToken: String) { self.verifyToken = verifyToken }

    package enum CodingKeys: String, CodingKey { case verifyToken = "verify_token" }
}

/// Whose API token is this? Asked by `ingress` for every request that wants one.
package struct Authenticate: Request {
    package static let operation = SignerOperation.authenticate
    /// What stood behind `Authorization: Bearer `.
    package let token: String

    package struct Answer: Codable, Hashable, Sendable {
        /// Nil when nobody has that token.
        package let holder: TokenHolder?
        /// Whose token it was, and why it is nobody's any more; nil for one that never was.
        package let refused: RefusedToken?

        package init(_ holder: TokenHolder?) {
            self.holder = holder
            refused = nil
        }

        package init(refused: RefusedToken) {
            holder = nil
            self.refused = refused
        }
    }

    package init(token: String) { self.token = token }
}

/// A token that was good once; its name is no secret to whoever has it.
package struct RefusedToken: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, Sendable { case revoked, expired }

    package let name: String
    package let reason: Reason
    package let at: Timestamp

    package init(name: String, reason: Reason, at: Timestamp) {
        self.name = name
        self.reason = reason
        self.at = at
    }
}

/// The name and the rights of an API token.
package struct TokenHolder: Codable, Hashable, Sendable {
    package let name: String
    package let scopes: Set<Scope>

    package init(name: String, scopes: Set<Scope>) {
        self.name = name
        self.scopes = scopes
    }
}

/// What an API token allows; none of them holds another.
package enum Scope: String, Codable, CaseIterable, Sendable {
    /// Reading conversations, messages, events, files, and who waits in the dead letters.
    case read
    /// Sending messages and files, and marking conversations as read.
    case send
    /// Running the gateway: retrying and discarding dead letters, audits, backups, erasing a person.
    case operate
    /// How the gateway is: figures for Prometheus. Nobody's messages and nobody's numbers.
    case metrics
}

/// A signed body made by `signer` itself, to prove the webhook path end to end; it is no message.
package struct MakeCanary: Request {
    package static let operation = SignerOperation.canary
    package typealias Answer = SignedBody
    /// Comes back inside the body: 1–64 of `[A-Za-z0-9_-]`.
    package let nonce: String

    package init(nonce: String) { self.nonce = nonce }
}

/// A signed sample message made by `signer` itself; refused in live.
package struct MakeSample: Request {
    package static let operation = SignerOperation.sample
    package typealias Answer = SignedBody
    package let text: String
    /// Digits of the sender's number.
    package let from: String
    /// The sender's profile name.
    package let name: String
    package let phoneNumberID: String

    package init(text: String, from: String, name: String, phoneNumberID: String) {
        self.text = text
        self.from = from
        self.name = name
        self.phoneNumberID = phoneNumberID
    }

    package enum CodingKeys: String, CodingKey {
        case text, from, name
        case phoneNumberID = "phone_number_id"
    }
}

/// A webhook body and the header value that proves it.
package struct SignedBody: Codable, Hashable, Sendable {
    package let body: Data
    /// `sha256=` and 64 hex digits.
    package let signature: String

    package init(body: Data, signature: String) {
        self.body = body
        self.signature = signature
    }
}

/// Proof that whoever uses this access token knows the app secret (`appsecret_proof`); asked by `provider`.
package struct MakeProof: Request {
    package static let operation = SignerOperation.proof
    /// The access token, or the token, `|` and Unix seconds: 16–512 of `[A-Za-z0-9|_-]`.
    package let message: String

    package struct Answer: Codable, Hashable, Sendable {
        /// HMAC-SHA-256 of the message under the app secret: 64 lower-case hex digits.
        package let proof: String
        package init(_ proof: String) { self.proof = proof }
    }

    package init(message: String) { self.message = message }
}
