internal import Daemon
internal import FoundationEssentials
internal import IPC
internal import Journal
internal import Reactor
internal import SQLite
internal import Wire

/// The process that sends: it keeps what it was given in its outbox before it answers.
struct ProviderProcess: DaemonProcess {
    static let service = Service.provider
    static let lock = "provider/outbox.lock"

    private let server: Server<Provider>
    private let outbox: Outbox
    private let sendPath: SendPath
    private let media: MediaPath
    private let shipping: Task<Void, Never>
    private let upkeep: Task<Void, Never>
    /// Waits for the file to be taken away.
    private let ending: Task<Void, Never>

    static func settings(from surroundings: Surroundings) throws(SettingError) -> ProviderSettings {
        try ProviderSettings(surroundings)
    }

    /// Its folder and the other processes; in live mode Graph, and what it takes to find and trust it.
    static func sandbox(for settings: ProviderSettings, in stateDirectory: String) -> Sandbox {
        var sandbox = Sandbox(folders: ["\(stateDirectory)/provider"], network: .group)
        guard let graph = settings.graph else { return sandbox }
        sandbox.network = .internet
        sandbox.connects = graph.ports
        sandbox.reads = GraphSettings.systemFiles + (graph.authorities.map { [$0] } ?? [])
        return sandbox
    }

    static func start(_ settings: ProviderSettings, in place: Place) async throws -> Self {
        let loop = place.loop
        let directory = "\(place.stateDirectory)/provider"
        let executor = try ThreadExecutor()
        let store = OutboxStore(
            path: "\(directory)/outbox.db", mode: place.mode,
            businessAccountID: settings.businessAccountID, retention: settings.retention,
            on: executor)
        let displaced = Bell(on: loop)
        let outbox = Outbox(on: loop, over: store) { condition in
            place.tell(condition)
            if condition == .displaced { displaced.ring() }
        }
        try await outbox.open()

        let shipper = Shipper(
            on: loop, from: store, to: InboxSink(place.client(to: .inbox), for: service),
            wokenBy: outbox.entries)
        let shipping = Task(executorPreference: loop) {
            do { try await shipper.run() } catch { place.fail("outbox.unreadable error=\(error)") }
        }
        let upkeep = Task(executorPreference: loop) { await outbox.keepUp() }
        let ending = endWhenDisplaced(displaced, shipper, place)
        let sendPath = try await SendPath.start(settings, outbox, place)
        let media = try await MediaPath.start(
            settings, in: directory, outbox, sendPath, on: executor, place)

        let provider = Provider(
            in: place, over: outbox, from: settings.numbers, by: sendPath.sender,
            marking: sendPath.marks, keeping: media, with: sendPath.templates,
            speaking: settings.graph?.version
        ) { await shipper.lag }
        let server = try await place.serve(provider) {
            place.hello(journal: try? await outbox.head())
        }
        return Self(
            server: server, outbox: outbox, sendPath: sendPath, media: media, shipping: shipping,
            upkeep: upkeep, ending: ending)
    }

    func drain() async {
        // What was asked meanwhile is asked again of the next process, with the same ids.
        await server.close()
        ending.cancel()
        upkeep.cancel()
        shipping.cancel()
        await media.stop()
        await sendPath.stop()
        await outbox.close()
    }
}

extension ProviderProcess {
    /// How long entries may still go out from a file whose path is gone.
    private static let lastShipping = Duration.seconds(10)

    /// Ships what an open file without a path still holds, then ends the process.
    private static func endWhenDisplaced(
        _ displaced: Bell, _ shipper: Shipper, _ place: Place
    ) -> Task<Void, Never> {
        Task(executorPreference: place.loop) {
            while await !displaced.wait(atMost: .seconds(3_600)) { if Task.isCancelled { return } }
            _ = await shipper.drained(within: lastShipping)
            place.fail("store.displaced file=provider/outbox.db")
        }
    }
}

extension Place {
    /// Says what became of the outbox; one that must not be written on ends the process.
    fileprivate func tell(_ condition: Outbox.Condition) {
        switch condition {
        case .closed: log.info("outbox.closed")
        case .ready: log.info("outbox.ready")
        case .full(let error): log.error("store.full error=\(error)")
        case .displaced: log.error("store.displaced file=provider/outbox.db")
        case .broken(let error): fail("store.io_failed error=\(error)")
        }
    }
}
