internal import Daemon
internal import IPC
internal import Wire

/// The process that holds the secrets: it opens no file after its start, and no network socket.
struct SignerProcess: DaemonProcess {
    static let service = Service.signer

    private let server: Server<Signer>
    /// Held as long as the process lives: a second signer must not take the socket away.
    private let lock: Lock

    static func settings(from surroundings: Surroundings) throws -> Secrets {
        try Secrets(surroundings)
    }

    /// Nothing but its lock and its socket.
    static func sandbox(for secrets: Secrets, in stateDirectory: String) -> Sandbox {
        Sandbox(
            files: ["\(stateDirectory)/run/signer.lock"], socketFolders: ["\(stateDirectory)/run"])
    }

    static func start(_ secrets: Secrets, in place: Place) async throws -> Self {
        let lock = try await Lock.take(
            "\(place.stateDirectory)/run/signer.lock", on: place.loop)
        let signer = Signer(secrets, in: place)
        return Self(server: try await place.serve(signer) { place.hello() }, lock: lock)
    }

    func drain() async { await server.close() }
}
