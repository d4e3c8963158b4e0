internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import Wire

/// A secret and the one that it replaced, both good during a rotation.
struct RotatingSecret: Sendable {
    /// The setting of the current one, such as `GATEWAY_API_TOKEN`.
    let name: String
    let current: [UInt8]
    let previous: [UInt8]?

    /// The setting of the one before.
    var previousName: String { Self.previousName(of: name) }

    private static func previousName(of name: String) -> String { name + "_PREVIOUS" }

    /// Reads `NAME` and `NAME_PREVIOUS`, each as a value or a file; nil when `NAME` is not set.
    init?(_ name: String, in surroundings: Surroundings, atLeast length: Int = 1)
        throws(SettingError)
    {
        let previousName = Self.previousName(of: name)
        let previous = try surroundings.secret(previousName)
        guard let current = try surroundings.secret(name) else {
            if previous != nil {
                throw SettingError(
                    name, "is not set, but \(previousName) is", cure: "set the new secret")
            }
            return nil
        }
        for (name, value) in [(name, current), (previousName, previous ?? current)]
        where value.utf8.count < length {
            throw SettingError(name, "is too short", cure: "use at least \(length) characters")
        }
        self.name = name
        self.current = Array(current.utf8)
        self.previous = previous.map { Array($0.utf8) }
    }

    /// The same with the digests of both, for what is compared as it is: digests are of one length, so
    /// that not even the length of a secret shows in the time that takes.
    var digested: RotatingSecret { RotatingSecret(digestsOf: self) }

    private init(digestsOf secret: RotatingSecret) {
        name = secret.name
        current = SHA256.digest(Data(secret.current))
        previous = secret.previous.map { SHA256.digest(Data($0)) }
    }
}

/// Everything that this process knows and no other does.
struct Secrets: Sendable {
    /// Short tokens can be guessed over the network.
    private static let shortestToken = 32

    let appSecret: RotatingSecret
    /// The digests of the verify token.
    let verifyToken: RotatingSecret
    /// The digests of the gateway's own API token; nil when nobody needs one (`GATEWAY_AUTH=open`).
    let apiToken: RotatingSecret?

    init(_ surroundings: Surroundings) throws(SettingError) {
        appSecret = try Self.required("WHATSAPP_APP_SECRET", in: surroundings)
        verifyToken = try Self.required("WHATSAPP_VERIFY_TOKEN", in: surroundings).digested
        apiToken =
            try RotatingSecret("GATEWAY_API_TOKEN", in: surroundings, atLeast: Self.shortestToken)?
            .digested
    }

    /// All that were given.
    var all: [RotatingSecret] { [appSecret, verifyToken] + (apiToken.map { [$0] } ?? []) }

    private static func required(
        _ name: String, in surroundings: Surroundings
    ) throws(SettingError) -> RotatingSecret {
        guard let secret = try RotatingSecret(name, in: surroundings) else {
            throw SettingError(
                name, "is not set", cure: "set it, or \(name)_FILE; in stub it is made by ./run.sh")
        }
        return secret
    }
}
