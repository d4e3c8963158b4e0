internal import Daemon
internal import Digest
internal import Wire

/// A secret and the one that it replaced, both good during a rotation.
struct RotatingSecret: Sendable {
    let current: [UInt8]
    let previous: [UInt8]?

    /// Reads `NAME` and `NAME_PREVIOUS`, each as a value or a file; nil when `NAME` is not set.
    init?(_ name: String, in surroundings: Surroundings, atLeast length: Int = 1)
        throws(SettingError)
    {
        let previousName = name + "_PREVIOUS"
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
        self.current = Array(current.utf8)
        self.previous = previous.map { Array($0.utf8) }
    }
}

/// Everything that this process knows and no other does.
struct Secrets: Sendable {
    /// Short tokens can be guessed over the network.
    private static let shortestToken = 32

    let appSecret: RotatingSecret
    let verifyToken: RotatingSecret
    /// Nil when nobody needs one (`GATEWAY_AUTH=open`).
    let apiToken: RotatingSecret?

    init(_ surroundings: Surroundings) throws(SettingError) {
        appSecret = try Self.required("WHATSAPP_APP_SECRET", in: surroundings)
        verifyToken = try Self.required("WHATSAPP_VERIFY_TOKEN", in: surroundings)
        apiToken = try RotatingSecret(
            "GATEWAY_API_TOKEN", in: surroundings, atLeast: Self.shortestToken)
    }

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
