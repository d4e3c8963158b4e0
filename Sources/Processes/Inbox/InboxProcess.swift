internal import Daemon
internal import IPC
internal import Reactor
internal import Wire

/// The process that holds the database people read: it knows no secret and opens no network socket.
struct InboxProcess: DaemonProcess {
    static let service = Service.inbox

    static let lock = "inbox/inbox.lock"

    private let executor: ThreadExecutor
    let store: InboxStore
    private let server: Server<Inbox>
    /// Nil when everything is kept.
    private let retiring: Task<Void, Never>?
    private let looking: Task<Void, Never>
    private let examining: Task<Void, Never>
    private let sweeping: Task<Void, Never>

    static func settings(from surroundings: Surroundings) throws(SettingError) -> InboxSettings {
        try InboxSettings(surroundings)
    }

    /// Its folder; it asks nobody.
    static func sandbox(for settings: InboxSettings, in stateDirectory: String) -> Sandbox {
        Sandbox(folders: ["\(stateDirectory)/inbox"])
    }

    static func start(_ settings: InboxSettings, in place: Place) async throws -> Self {
        let executor = try ThreadExecutor()
        let store = InboxStore(
            path: "\(place.stateDirectory)/inbox/inbox.db", mode: place.mode, on: executor)
        let inbox = Inbox(store, in: place)
        try await inbox.open()
        let server = try await place.serve(inbox) { place.hello() }
        let retiring = settings.keepDays.map { days in
            Task(executorPreference: place.loop) { await inbox.retire(afterDays: days) }
        }
        let looking = Task(executorPreference: place.loop) { await inbox.lookAgain() }
        let examining = Task(executorPreference: place.loop) {
            await place.examine("inbox/inbox.db") { try await inbox.examine() }
        }
        let sweeping = Task(executorPreference: place.loop) { await inbox.sweep() }
        return Self(
            executor: executor, store: store, server: server, retiring: retiring,
            looking: looking, examining: examining, sweeping: sweeping)
    }

    func drain() async {
        await server.close()
        examining.cancel()
        retiring?.cancel()
        looking.cancel()
        sweeping.cancel()
        await retiring?.value
        await looking.value
        await sweeping.value
        await store.close()
        executor.stop()
    }
}
