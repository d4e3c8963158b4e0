internal import Daemon
internal import IPC
internal import Wire

/// The process that holds the secrets: it opens no network socket, and no file after its start but the
/// list of tokens, which it may only read.
struct SignerProcess: DaemonProcess {
    static let service = Service.signer

    static let lock = "run/signer.lock"

    private let server: Server<Signer>

    static func settings(from surroundings: Surroundings) throws(SettingError) -> Secrets {
        try Secrets(surroundings)
    }

    /// The list of tokens, and its notes of what was used.
    static func sandbox(for secrets: Secrets, in stateDirectory: String) -> Sandbox {
        // The folder, not the list: whatever is put in the list's place has another identity.
        Sandbox(
            reads: ["\(stateDirectory)/signer"], files: ["\(stateDirectory)/\(TokenUses.path)"])
    }

    static func start(_ secrets: Secrets, in place: Place) async throws -> Self {
        let signer = try Signer(secrets, in: place)
        return Self(server: try await place.serve(signer) { place.hello() })
    }

    func drain() async { await server.close() }
}
