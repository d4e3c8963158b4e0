internal import Daemon
internal import IPC
internal import Wire

/// The process that holds the secrets: it opens no network socket, and no file after its start but the
/// list of tokens, which it may only read.
struct SignerProcess: DaemonProcess {
    static let service = Service.signer

    private let server: Server<Signer>
    /// Held as long as the process lives: a second signer must not take the socket away.
    private let lock: Lock

    static func settings(from surroundings: Surroundings) throws -> Secrets {
        try Secrets(surroundings)
    }

    /// Its lock, its socket, the list of tokens, and its notes of what was used.
    static func sandbox(for secrets: Secrets, in stateDirectory: String) -> Sandbox {
        let used = "\(stateDirectory)/\(TokenUses.path)"
        // The folder, not the list: whatever is put in the list's place has another identity.
        return Sandbox(
            reads: ["\(stateDirectory)/signer"],
            files: ["\(stateDirectory)/run/signer.lock", used],
            socketFolders: ["\(stateDirectory)/run"])
    }

    static func start(_ secrets: Secrets, in place: Place) async throws -> Self {
        let lock = try await Lock.take(
            "\(place.stateDirectory)/run/signer.lock", on: place.loop)
        let signer = try Signer(secrets, in: place)
        return Self(server: try await place.serve(signer) { place.hello() }, lock: lock)
    }

    func drain() async { await server.close() }
}
