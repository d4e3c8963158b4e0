package import FoundationEssentials

/// The API tokens beside the gateway's own, as they lie in `signer/tokens`: the tool writes it, signer reads it.
///
/// Of a token only its SHA-256 is here. It needs no salt and no slow hash, as passwords do: a token is
/// 256 bits of the kernel's random source, which nobody finds by trying.
package struct TokenList: Hashable, Sendable {
    /// Its place in the state directory.
    package static let path = "signer/tokens"
    /// As many tokens as there may be, with the revoked ones that are still known by name.
    package static let limit = 1_000
    /// Bytes of its file: `limit` of the longest, and as much again.
    package static let longestFile = 1 << 20
    /// Who still uses a token that was revoked is told so for as long, in milliseconds.
    package static let memory: Int64 = 90 * 24 * 3_600 * 1_000
    /// The name of the gateway's own token, `GATEWAY_API_TOKEN`, which is not in the list.
    package static let ownName = "default"

    /// One token, good or not any more.
    package struct Token: Codable, Hashable, Sendable {
        package let name: String
        /// Sorted, at least one.
        package let scopes: [Scope]
        /// Of the whole token as callers send it; 64 lower-case hex digits.
        package let sha256: String
        package let createdAt: Timestamp
        package let expiresAt: Timestamp?
        package fileprivate(set) var revokedAt: Timestamp?

        package enum CodingKeys: String, CodingKey {
            case name, scopes, sha256
            case createdAt = "created_at"
            case expiresAt = "expires_at"
            case revokedAt = "revoked_at"
        }

        /// Why it is not good at that time; nil when it is.
        package func refusal(at now: Timestamp) -> RefusedToken? {
            if let revokedAt { return RefusedToken(name: name, reason: .revoked, at: revokedAt) }
            guard let expiresAt, expiresAt <= now else { return nil }
            return RefusedToken(name: name, reason: .expired, at: expiresAt)
        }
    }

    /// Each name once, and each digest once.
    package private(set) var tokens: [Token] = []

    package init() {}

    // MARK: Changes

    /// What the list does not take, and what to do instead.
    package struct Refusal: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Adds a token; one of that name that was revoked before is forgotten.
    package mutating func add(
        _ name: String, sha256: String, scopes: Set<Scope>, expiresAt: Timestamp? = nil,
        at now: Timestamp
    ) throws(Refusal) {
        guard Self.isName(name) else {
            throw Refusal(description: "a name has 1–64 of a-z, 0-9, ., _ and -")
        }
        guard name != Self.ownName else {
            throw Refusal(
                description:
                    "\(name) is the gateway's own token, GATEWAY_API_TOKEN; use another name")
        }
        guard !scopes.isEmpty else { throw Refusal(description: "a token needs a scope") }
        if let expiresAt, expiresAt <= now {
            throw Refusal(description: "the token would have expired already")
        }
        forget(at: now)
        if let index = tokens.firstIndex(where: { $0.name == name }) {
            guard tokens[index].revokedAt != nil else {
                throw Refusal(
                    description:
                        "there is a token \(name) already; revoke it first, or use another name")
            }
            tokens.remove(at: index)
        }
        guard tokens.count < Self.limit else {
            throw Refusal(
                description:
                    "there are \(Self.limit) tokens, with those that were revoked within 90 days; more are not kept"
            )
        }
        tokens.append(
            Token(
                name: name, scopes: scopes.sorted { $0.rawValue < $1.rawValue }, sha256: sha256,
                createdAt: now, expiresAt: expiresAt, revokedAt: nil))
    }

    /// From now on that token is nobody's; its name stays known for 90 days.
    package mutating func revoke(_ name: String, at now: Timestamp) throws(Refusal) {
        guard name != Self.ownName else {
            throw Refusal(
                description:
                    "\(name) is the gateway's own token: give another GATEWAY_API_TOKEN, or take its file away, and ./run.sh restart signer"
            )
        }
        guard let index = tokens.firstIndex(where: { $0.name == name }) else {
            throw Refusal(
                description: "there is no token \(name); ./run.sh token list has their names")
        }
        guard tokens[index].revokedAt == nil else {
            throw Refusal(description: "the token \(name) is revoked already")
        }
        tokens[index].revokedAt = now
        forget(at: now)
    }

    private mutating func forget(at now: Timestamp) {
        tokens.removeAll { token in
            token.revokedAt.map { now.milliseconds - $0.milliseconds > Self.memory } ?? false
        }
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

// MARK: - The file

extension TokenList {
    /// The bytes are no list; the text says what is wrong with them.
    package struct Damage: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private struct File: Codable {
        static let version = 1
        let version: Int
        let tokens: [Token]
    }

    /// Reads what `encoded` writes, and nothing that only resembles it.
    package init(_ bytes: Data) throws(Damage) {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: bytes) } catch {
            throw Damage(description: "is no list of tokens")
        }
        guard file.version == File.version else {
            throw Damage(
                description: "is of version \(file.version), which this release cannot read")
        }
        guard file.tokens.count <= Self.limit else {
            throw Damage(description: "has more than \(Self.limit) tokens")
        }
        var names: Set<String> = []
        var digests: Set<String> = []
        for token in file.tokens {
            guard Self.isName(token.name), token.name != Self.ownName, !token.scopes.isEmpty,
                Self.isDigest(token.sha256)
            else { throw Damage(description: "has a token that is none") }
            guard names.insert(token.name).inserted, digests.insert(token.sha256).inserted else {
                throw Damage(description: "has the token \(token.name) twice")
            }
        }
        tokens = file.tokens
    }

    /// Its file: JSON, for people to read too.
    package func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(File(version: File.version, tokens: tokens)) + Data("\n".utf8)
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
