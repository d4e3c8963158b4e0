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
    /// Nil when everything is kept.
    private let retiring: Task<Void, Never>?

    static func settings(from surroundings: Surroundings) throws -> InboxSettings {
        try InboxSettings(surroundings)
    }

    /// Its folder and its socket.
    static func sandbox(for settings: InboxSettings, in stateDirectory: String) -> Sandbox {
        Sandbox(
            folders: ["\(stateDirectory)/inbox"], socketFolders: ["\(stateDirectory)/run"])
    }

    static func start(_ settings: InboxSettings, in place: Place) async throws -> Self {
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
        let retiring = settings.keepDays.map { days in
            Task(executorPreference: place.loop) { await inbox.retire(afterDays: days) }
        }
        return Self(
            lock: lock, executor: executor, store: store, server: server, retiring: retiring)
    }

    func drain() async {
        await server.close()
        retiring?.cancel()
        await retiring?.value
        await store.close()
        executor.stop()
    }
}
