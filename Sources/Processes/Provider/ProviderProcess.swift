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

    /// What there is while the outbox can be used.
    fileprivate struct Work {
        let server: Server<Provider>
        let outbox: Outbox
        let sendPath: SendPath
        let media: MediaPath
        let shipping: Task<Void, Never>
        let redacting: Task<Void, Never>
        let upkeep: Task<Void, Never>
        let examining: Task<Void, Never>
        /// Waits for the file to be taken away.
        let ending: Task<Void, Never>
    }

    private enum Life {
        case working(Work)
        case damaged(Server<DamagedProvider>)
    }

    private let life: Life

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
        let directory = "\(place.stateDirectory)/provider"
        return Self(life: try await live(settings, in: directory, place))
    }

    private static func live(
        _ settings: ProviderSettings, in directory: String, _ place: Place
    ) async throws -> Life {
        let loop = place.loop
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
        do {
            try await outbox.open()
            return .working(
                try await work(settings, in: directory, outbox, store, displaced, executor, place))
        } catch {
            guard case .damaged(let damage) = await outbox.condition else { throw error }
            let provider = DamagedProvider(in: place, because: damage)
            return .damaged(try await place.serve(provider) { place.hello() })
        }
    }

    private static func work(
        _ settings: ProviderSettings, in directory: String, _ outbox: Outbox, _ store: OutboxStore,
        _ displaced: Bell, _ executor: ThreadExecutor, _ place: Place
    ) async throws -> Work {
        let loop = place.loop
        let sink = InboxSink(place.client(to: .inbox), for: service)
        let redactor = Redactor(on: loop, of: store, asking: sink) { look in
            place.log.info(
                "erasure.redacted entries=\(look.entries) bodies=\(look.redacted) ms=\(look.milliseconds)"
            )
        }
        let shipper = Shipper(
            on: loop, from: store, to: sink, wokenBy: outbox.entries, telling: redactor)
        let shipping = Task(executorPreference: loop) {
            do { try await shipper.run() } catch {
                guard await outbox.noteDamage(error) else {
                    place.fail("outbox.unreadable error=\(error)")
                }
            }
        }
        let examining = Task(executorPreference: loop) {
            await place.examine("provider/outbox.db") { try await outbox.examine() }
        }
        let redacting = Task(executorPreference: loop) {
            do { try await redactor.run() } catch {
                guard await outbox.noteDamage(error) else {
                    place.fail("outbox.unreadable error=\(error)")
                }
            }
        }
        let upkeep = Task(executorPreference: loop) { await outbox.keepUp() }
        let ending = endWhenDisplaced(displaced, shipper, place)
        let sendPath = try await SendPath.start(settings, outbox, place)
        let media = try await MediaPath.start(
            settings, in: directory, outbox, sendPath, on: executor, place)

        let provider = Provider(
            in: place, over: outbox, from: settings.numbers, by: sendPath.sender,
            marking: sendPath.marks, keeping: media, with: sendPath.templates,
            speaking: settings.graph?.version, erasing: { await redactor.left }
        ) { await shipper.lag }
        let server = try await place.serve(provider) {
            place.hello(journal: try? await outbox.head())
        }
        return Work(
            server: server, outbox: outbox, sendPath: sendPath, media: media, shipping: shipping,
            redacting: redacting, upkeep: upkeep, examining: examining, ending: ending)
    }

    /// As long as one request to Graph, from its connect to its answer, and 5 s for what is left.
    static func drainLimit(_ settings: ProviderSettings) -> Duration {
        guard let graph = settings.graph else { return .seconds(15) }
        return graph.connectLimit + graph.answerLimit + .seconds(5)
    }

    func drain() async {
        switch life {
        case .working(let work): await work.drain()
        case .damaged(let server): await server.close()
        }
    }
}

extension ProviderProcess.Work {
    fileprivate func drain() async {
        // Claims nothing more and waits out its POSTs; what comes meanwhile is queued for the next process.
        await sendPath.sender.stop()
        // What has no answer yet is asked again of the next process, with the same ids.
        await server.close()
        for task in [ending, upkeep, shipping, redacting, examining] { task.cancel() }
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
    fileprivate func tell(_ condition: StoreCondition) {
        switch condition {
        case .closed: log.info("outbox.closed")
        case .ready: log.info("outbox.ready")
        case .full(let error): log.error("store.full error=\(error)")
        case .displaced: log.error("store.displaced file=provider/outbox.db")
        case .broken(let error): fail("store.io_failed error=\(error)")
        case .damaged(let error): log.error("store.damaged error=\(error)")
        }
    }
}
