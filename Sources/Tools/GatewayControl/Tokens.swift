internal import Daemon
internal import Digest
internal import FoundationEssentials
internal import Reactor
internal import Wire

/// What a token of ours begins with, so that people and scanners for leaked secrets know it.
private let tokenPrefix = "wagw_"

/// Makes, lists and revokes API tokens; returns the exit code.
///
/// - Throws: `TokenFile.Unusable`, `TokenList.Refusal`, `SystemError`.
func tokens(_ surroundings: Surroundings, _ arguments: [String]) throws -> CInt {
    let command: TokenCommand
    do { command = try TokenCommand(arguments) } catch {
        complain("\(error)")
        return Exit.usage
    }
    let stateDirectory = try surroundings.stateDirectory()
    let file = try TokenFile(in: stateDirectory)
    let now = Timestamp(seconds: Clocks.wall / 1_000)
    switch command {
    case .add(let name, let scopes, let days):
        let token = tokenPrefix + makeSecret()
        let expiresAt = days.map {
            Timestamp(seconds: now.milliseconds / 1_000 + Int64($0) * 86_400)
        }
        try file.change { (list) throws(TokenList.Refusal) in
            try list.add(
                name, sha256: Hex.encode(SHA256.digest(Data(token.utf8))), scopes: scopes,
                expiresAt: expiresAt, at: now)
        }
        // Alone on the standard output, so that it can go straight to where it is wanted.
        print(token)
        complain(
            "this is the token \(name), told this once; it is good at once, "
                + (expiresAt.map { "until \($0.text)" } ?? "until it is revoked"))
        if surroundings.value("GATEWAY_AUTH") == "open" {
            complain("nobody is asked for a token yet: no WHATSAPP_ setting is there")
        }
    case .revoke(let name):
        try file.change { (list) throws(TokenList.Refusal) in try list.revoke(name, at: now) }
        print("\(name) is revoked: no request with it is answered any more")
    case .list:
        let list = try file.read()
        print(TokenTable(list, uses(in: stateDirectory), at: now).text)
    }
    return Exit.done
}

/// Signer's notes; none when there are none yet.
private func uses(in stateDirectory: String) -> TokenUses {
    let path = "\(stateDirectory)/\(TokenUses.path)"
    guard let content = try? PrivateFile.read(path, upTo: TokenUses.longestFile).content else {
        return TokenUses()
    }
    return TokenUses(String(decoding: content, as: UTF8.self))
}

/// The tokens as a table for people, the gateway's own first.
struct TokenTable {
    let text: String

    init(_ list: TokenList, _ uses: TokenUses, at now: Timestamp) {
        let heads = ["NAME", "SCOPES", "CREATED", "LAST USED", "EXPIRES", "STATE"]
        let own = [
            TokenList.ownName, Scope.allCases.map(\.rawValue).joined(separator: ","), "-",
            uses["GATEWAY_API_TOKEN"]?.text ?? "never", "-", "GATEWAY_API_TOKEN",
        ]
        let rows = list.tokens.sorted { $0.name < $1.name }.map { token in
            [
                token.name, token.scopes.map(\.rawValue).joined(separator: ","),
                token.createdAt.text, uses[token.sha256]?.text ?? "never",
                token.expiresAt?.text ?? "never", Self.state(of: token, at: now),
            ]
        }
        let lines = [heads, own] + rows
        let widths = heads.indices.map { column in lines.map { $0[column].utf8.count }.max() ?? 0 }
        text = lines.map { line in
            zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.utf8.count)
            }.joined(separator: "  ").trimmingSuffix { $0 == " " }
        }.joined(separator: "\n")
    }

    private static func state(of token: TokenList.Token, at now: Timestamp) -> String {
        switch token.refusal(at: now) {
        case nil: "good"
        case let refused? where refused.reason == .expired: "expired"
        case let refused?: "revoked \(refused.at.text)"
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isDropped(last) { text.removeLast() }
        return String(text)
    }
}
