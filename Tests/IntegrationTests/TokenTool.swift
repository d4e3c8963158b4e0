import Glibc
import TestSupport
import Testing

/// The tool that makes, lists and revokes tokens, as `./run.sh token` runs it.
extension TestGroup {
    /// Runs it to its end.
    func token(_ arguments: String..., with fault: Fault? = nil) async throws -> CommandResult {
        let program = [try executable("gatewayctl"), "token"] + arguments
        let command = fault.map { $0.launcher + program } ?? program
        return try await runToEnd(
            command[0], Array(command.dropFirst()),
            environment: [
                "GATEWAY_STATE_DIR": folder.path, "GATEWAY_AUTH": auth.rawValue,
                "SWIFT_BACKTRACE": "enable=no",
            ])
    }

    /// Makes a token and answers it.
    func addToken(_ name: String, _ scopes: String, _ more: String...) async throws -> String {
        let program = try executable("gatewayctl")
        let made = try await runToEnd(
            program, ["token", "add", name, "--scope", scopes] + more,
            environment: ["GATEWAY_STATE_DIR": folder.path, "GATEWAY_AUTH": auth.rawValue])
        #expect(made.ended == .exited(0), "\(made.output)")
        return String(made.output.prefix { $0 != "\n" })
    }

    /// Revokes one that is there.
    func revokeToken(_ name: String) async throws {
        let revoked = try await token("revoke", name)
        #expect(revoked.ended == .exited(0), "\(revoked.output)")
    }

    /// Asks a route that wants the scope `read`.
    func read(with token: String) async throws -> HTTPAnswer {
        try await ask("GET", "/api/whatsapp/conversations", Self.bearer(token))
    }

    static func bearer(_ token: String) -> [String] { ["Authorization: Bearer \(token)"] }

    var tokenFile: String { folder.file("signer/tokens") }

    /// Writes a file of the state directory anew, as somebody with an editor does.
    func put(_ text: String, at path: String, mode: mode_t = 0o600) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        try #require(file >= 0)
        defer { close(file) }
        try #require(fchmod(file, mode) == 0)
        var text = text
        let written = text.withUTF8 { write(file, $0.baseAddress, $0.count) }
        try #require(written == text.utf8.count)
    }
}
