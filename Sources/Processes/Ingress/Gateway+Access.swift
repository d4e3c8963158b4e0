internal import Daemon
internal import HTTP1
internal import IPC
internal import Wire

// Who may have what they ask for.

extension Gateway {
    /// Lets a request on if its sender may have what it asks for.
    ///
    /// - Throws: `Problem`: 401, 403, or 503 while signer is away.
    func authorize(_ head: RequestHead, for scope: Scope) async throws {
        guard rules.wantsToken(head) else { return }
        guard let token = Self.token(of: head) else { throw Self.tokenWanted }
        try await authorize(token, for: scope)
    }

    /// Whether whoever began a long answer may have more of it; true while signer is away.
    func mayGoOn(_ head: RequestHead, for scope: Scope) async -> Bool {
        do {
            try await authorize(head, for: scope)
            return true
        } catch let problem as Problem {
            return problem.httpStatus != 401 && problem.httpStatus != 403
        } catch {
            return true
        }
    }

    private func authorize(_ token: String, for scope: Scope) async throws {
        let answer = try await holder(of: token)
        if let refused = answer.refused {
            note(refused.name, refused.reason.rawValue)
            throw Problem(
                .unauthorized, status: 401,
                "The token \(refused.name) \(refused.reason == .revoked ? "was revoked" : "expired") at \(refused.at.text).",
                hint: "Ask for another; ./run.sh token add makes one.")
        }
        guard let holder = answer.holder else { throw Self.tokenWanted }
        guard holder.scopes.contains(scope) else {
            note(holder.name, "scope wanted=\(scope.rawValue)")
            let scopes = holder.scopes.map(\.rawValue).sorted().joined(separator: ", ")
            throw Problem(
                .forbidden, status: 403,
                "The token \(holder.name) may not do this: it has \(scopes), and not \(scope.rawValue).",
                hint: "Use a token with the scope \(scope.rawValue).")
        }
    }

    /// Whose token that is.
    func holder(of token: String) async throws -> Authenticate.Answer {
        try await peers.signer.ask(Authenticate(token: token), within: Limits.signer)
    }

    /// The token of `Bearer token`; the scheme's case does not matter (RFC 9110 §11.1).
    static func token(of head: RequestHead) -> String? {
        guard case .one(let value) = head.fields.only("Authorization") else { return nil }
        let parts = value.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    private static let tokenWanted = Problem(
        .unauthorized, status: 401, "This needs an API token.",
        hint:
            "Send Authorization: Bearer and a token: of ./run.sh token add, or the one whose file is named at the start of ./run.sh."
    )

    /// Nothing is logged of a token that nobody ever had: whoever likes can send those.
    private func note(_ name: String, _ reason: String) {
        guard refusals.isNew("\(name) \(reason)", at: .now) else { return }
        place.log.warning("token.refused name=\(name) reason=\(reason)")
    }
}

/// Refusals that the log has had lately: a caller that tries again and again is one line a minute.
struct RefusalNotes {
    private static let pause = Duration.seconds(60)
    /// More than names and reasons that there can be, nearly always.
    private static let most = 4_096

    private var noted: [String: ContinuousClock.Instant] = [:]

    /// Whether that refusal is worth a line now; it then counts as noted.
    mutating func isNew(_ refusal: String, at now: ContinuousClock.Instant) -> Bool {
        if let last = noted[refusal], now - last < Self.pause { return false }
        if noted.count >= Self.most { noted = noted.filter { now - $0.value < Self.pause } }
        guard noted.count < Self.most else { return false }
        noted[refusal] = now
        return true
    }
}
