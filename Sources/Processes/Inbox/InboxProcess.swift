internal import Daemon
internal import Glibc
internal import IPC
internal import Reactor
internal import Wire

/// The process that holds the database people read: it knows no secret and opens no network socket.
struct InboxProcess: DaemonProcess {
    static let service = Service.inbox

    private let lock: Lock
    private let executor: ThreadExecutor
    let store: InboxStore
    private let server: Server<Inbox>

    /// It has no settings of its own.
    struct Settings: Sendable {}

    static func settings(from surroundings: Surroundings) throws -> Settings { Settings() }

    /// Its folder and its socket.
    static func sandbox(for settings: Settings, in stateDirectory: String) -> Sandbox {
        Sandbox(
            folders: ["\(stateDirectory)/inbox"], socketFolders: ["\(stateDirectory)/run"])
    }

    static func start(_ settings: Settings, in place: Place) async throws -> Self {
        let folder = "\(place.stateDirectory)/inbox"
        // A folder that was restored from a backup may be open to others.
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST, chmod(folder, 0o700) == 0 else {
            throw SystemError("mkdir \(folder)")
        }
        let lock = try await Lock.take("\(folder)/inbox.lock", on: place.loop)
        let executor = try ThreadExecutor()
        let store = InboxStore(path: "\(folder)/inbox.db", mode: place.mode, on: executor)
        let inbox = Inbox(store, in: place)
        try await inbox.open()
        let server = try await place.serve(inbox) { place.hello() }
        return Self(lock: lock, executor: executor, store: store, server: server)
    }

    func drain() async {
        await server.close()
        await store.close()
        executor.stop()
    }
}
