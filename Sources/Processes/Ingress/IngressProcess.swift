internal import Daemon
internal import FoundationEssentials
internal import Glibc
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

/// The process that faces the network: it answers HTTP, and keeps what it answered in its journal.
struct IngressProcess: DaemonProcess {
    static let service = Service.ingress
    static let lock = "ingress/journal.lock"

    struct Settings: Sendable {
        let listen: ListenAddress
        let access: AccessRules
        let journalDays: Int
    }

    /// How long inbox may take to get what is left of a journal whose file was taken away.
    private static let displacedLimit = Duration.seconds(60)

    private let server: HTTPServer
    private let gateway: Gateway
    private let journal: Journal
    private let tasks: [Task<Void, Never>]

    static func settings(from surroundings: Surroundings) throws(SettingError) -> Settings {
        let listen = try ListenAddress(
            surroundings.value(ListenAddress.setting) ?? ListenAddress.standard)
        return Settings(
            listen: listen, access: try AccessRules(surroundings, listen),
            journalDays: try surroundings.journalDays())
    }

    /// Its folder, and the other processes: callers come by the socket that is open by then.
    static func sandbox(for settings: Settings, in stateDirectory: String) -> Sandbox {
        Sandbox(folders: ["\(stateDirectory)/ingress"], network: .group)
    }

    static func listen(
        _ settings: Settings, given: GivenSocket?, in sockets: SocketDirectory
    ) throws -> Descriptor { try settings.listen.listener(given: given) }

    static func start(_ settings: Settings, in place: Place) async throws -> Self {
        let directory = "\(place.stateDirectory)/ingress"
        let store = JournalStore(
            path: "\(directory)/journal.db", on: try ThreadExecutor(),
            retention: Retention(age: Int64(settings.journalDays) * 24 * 3_600 * 1_000))
        let displaced = Bell(on: place.loop)
        let journal = Journal(on: place.loop, over: store) { condition in
            place.tell(condition)
            if condition == .displaced { displaced.ring() }
        }
        try await journal.open()

        let inbox = place.client(to: .inbox)
        let sink = InboxSink(inbox, for: service)
        let redactor = Redactor(on: place.loop, of: store, asking: sink) { look in
            place.log.info(
                "erasure.redacted entries=\(look.entries) bodies=\(look.redacted) ms=\(look.milliseconds)"
            )
        }
        let shipper = Shipper(
            on: place.loop, from: store, to: sink, wokenBy: journal.entries, telling: redactor)
        let shipping = Task(executorPreference: place.loop) {
            do { try await shipper.run() } catch {
                guard await journal.noteDamage(error) else {
                    place.fail("journal.unreadable error=\(error)")
                }
            }
        }
        let examining = Task(executorPreference: place.loop) {
            await place.examine("ingress/journal.db") { try await journal.examine() }
        }
        let redacting = Task(executorPreference: place.loop) {
            do { try await redactor.run() } catch {
                guard await journal.noteDamage(error) else {
                    place.fail("journal.unreadable error=\(error)")
                }
            }
        }
        let upkeep = Task(executorPreference: place.loop) { await journal.keepUp() }
        let leaving = Task(executorPreference: place.loop) {
            while await !displaced.wait(atMost: .seconds(3_600)) {
                if Task.isCancelled { return }
            }
            // What is in the open file has no name any more: it goes out before this process does.
            _ = await shipper.drained(within: Self.displacedLimit)
            place.fail("store.displaced file=ingress/journal.db")
        }

        let gateway = Gateway(
            place, rules: settings.access, journal: journal, over: store, shipper: shipper,
            redactor: redactor, peers: Peers(place, inbox: inbox))
        let tally = Task(executorPreference: place.loop) { await gateway.keepTally() }
        await gateway.peers.connect()
        let server = HTTPServer(gateway, on: place.loop) { place.log.warning("http \($0)") }
        try await server.listen(on: place.listening.take())
        return Self(
            server: server, gateway: gateway, journal: journal,
            tasks: [shipping, redacting, examining, upkeep, leaving, tally])
    }

    func drain() async {
        // Each has lost the supervisor, and the next start waits until all have left.
        if hasLostParent(Surroundings.own) { await gateway.peers.stopWaiting() }
        await server.drain()
        await gateway.finishDrops()
        for task in tasks { task.cancel() }
        await gateway.flushAnswered()
        await journal.close()
    }
}

extension Surroundings {
    /// How long shipped entries stay as the raw ledger.
    fileprivate func journalDays() throws(SettingError) -> Int {
        try integer("GATEWAY_JOURNAL_DAYS", default: 7, in: 1...3_650)
    }
}

extension Place {
    /// Says what became of the journal; one that must not be written on ends the process.
    fileprivate func tell(_ condition: StoreCondition) {
        switch condition {
        case .closed: log.info("journal.closed")
        case .ready: log.info("journal.ready")
        case .full(let error): log.error("store.full error=\(error)")
        case .displaced: log.error("store.displaced file=ingress/journal.db")
        case .broken(let error): fail("store.io_failed error=\(error)")
        case .damaged(let error): log.error("store.damaged error=\(error)")
        }
    }
}
