internal import Reactor
internal import Wire

/// What health says of the secrets: those that are on their way out, and a list that cannot be read.
struct SecretHealth {
    /// A previous secret that was not needed for so long may go; milliseconds.
    static let quiet: Int64 = 24 * 3_600 * 1_000
    /// Tokens are warned of so long before they expire, and after it.
    static let notice: Int64 = 14 * 24 * 3_600 * 1_000
    /// More names than this are only counted.
    private static let named = 10

    /// Wall clock, milliseconds.
    let now: Int64
    /// Since when this signer sees what is used.
    let since: Int64
    let tokens: NamedTokens

    /// A list that cannot be read makes the whole `degraded`.
    var reasons: [Condition] {
        guard let trouble = tokens.trouble else { return [] }
        let effect =
            tokens.isKnown
            ? "the tokens of before stay good, and none that was revoked since is gone"
            : "no token is known but the gateway's own"
        return [
            Condition(
                "tokens_unreadable", "\(TokenList.path) is not taken: it \(trouble); \(effect)",
                hint: "It is taken as soon as it is in order: no restart is needed.")
        ]
    }

    /// Whether a previous secret is still in somebody's use; nil when there is none.
    func warning(of secret: RotatingSecret, lastUse: Timestamp?) -> Condition? {
        guard secret.previous != nil else { return nil }
        let name = secret.previousName
        if let lastUse, now - lastUse.milliseconds < Self.quiet {
            return Condition(
                "previous_secret_in_use", "\(name) was last needed at \(lastUse.text)",
                hint:
                    "Give the new secret to whoever still uses the old one; remove \(name) a day after its last use."
            )
        }
        let start = Timestamp(milliseconds: since).text
        let use =
            lastUse.map { "was last needed at \($0.text)" } ?? "has not been needed since \(start)"
        let isOver = now - since >= Self.quiet
        return Condition(
            "previous_secret_idle", "\(name) is set and \(use)",
            hint: isOver
                ? "Take it out of the settings, and ./run.sh restart signer."
                : "Take it out of the settings once that is a day; this signer runs since \(start)."
        )
    }

    /// Tokens that expire soon, or did not long ago and were not revoked.
    var tokenWarnings: [Condition] {
        let expiring = tokens.all.filter { token in
            guard token.revokedAt == nil, let end = token.expiresAt?.milliseconds else {
                return false
            }
            return abs(end - now) < Self.notice
        }.sorted {
            ($0.expiresAt?.milliseconds ?? 0, $0.name) < ($1.expiresAt?.milliseconds ?? 0, $1.name)
        }
        guard !expiring.isEmpty else { return [] }
        var texts = expiring.prefix(Self.named).map { token in
            let end = token.expiresAt ?? Timestamp(milliseconds: now)
            return "\(token.name) \(end.milliseconds > now ? "expires" : "expired") at \(end.text)"
        }
        if expiring.count > Self.named { texts.append("\(expiring.count - Self.named) more") }
        return [
            Condition(
                "token_expiring", "API tokens: " + texts.joined(separator: ", "),
                hint:
                    "./run.sh token add makes another, for whoever uses it; then ./run.sh token revoke."
            )
        ]
    }
}
