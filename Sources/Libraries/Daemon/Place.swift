internal import Glibc
package import IPC
package import Reactor
package import Wire

/// Where a process runs: its loop, its log, and the directories of the group.
package struct Place: Sendable {
    package let service: Service
    package let mode: Mode
    package let loop: EventLoop
    package let log: Log
    /// Absolute; holds everything that is kept.
    package let stateDirectory: String
    /// Held as long as the process lives; nil in tests that run no process.
    let lock: Lock?
    package let starts: Starts
    package let sockets: SocketDirectory
    /// What it listens on.
    package let listening: Listening
    package let confinement: Confinement

    /// Ends the process so that it is started again: for what must not be retried in place.
    package func fail(_ reason: String) -> Never {
        log.fatal(reason)
        exit(Exit.ourFault)
    }

    /// After a start, before a store is read as a whole: what waited for the start comes first.
    private static let examining = Duration.seconds(2)

    /// Has a store read as a whole in the background, and says when that was done, or could not be.
    ///
    /// `examine` answers whether there was a reason to.
    package func examine(_ file: String, by examine: () async throws -> Bool) async {
        _ = await Bell(on: loop).wait(atMost: Self.examining)
        if Task.isCancelled { return }
        let begin = ContinuousClock.now
        do {
            guard try await examine() else { return }
            let took = (ContinuousClock.now - begin) / .milliseconds(1)
            log.info("store.examined file=\(file) milliseconds=\(Int(took))")
        } catch {
            log.warning("store.unexamined file=\(file) error=\(error)")
        }
    }

    /// The introduction of this process to its peers.
    package func hello(journal: JournalHead? = nil) -> Hello {
        Hello(process: service.rawValue, mode: mode, pid: getpid(), journal: journal)
    }

    /// What health shows of this process.
    package func report(
        reasons: [Condition] = [], warnings: [Condition] = [], figures: [String: Int64] = [:]
    ) -> ProcessReport {
        var reasons = reasons
        if starts.isStorm(at: Clocks.wall) {
            reasons.append(
                Condition(
                    "restart_storm", "\(service.rawValue) keeps restarting",
                    hint: "See ./run.sh logs \(service.rawValue)."))
        }
        return ProcessReport(
            process: service, mode: mode, pid: getpid(), restarts: starts.restarts,
            startedAt: starts.startedAt, sandbox: confinement.word, reasons: reasons,
            warnings: warnings + confinement.warnings(of: service), figures: figures)
    }

    /// A client to another process of the group.
    package func client(to service: Service) -> Client {
        Client(to: service, in: sockets, as: hello(), on: loop)
    }

    /// Lets `responder` answer on this process's socket.
    package func serve<Answering: Responder>(
        _ responder: Answering, hello: @escaping @Sendable () async -> Hello
    ) async throws -> Server<Answering> {
        let server = Server(responder, on: loop, hello: hello) { [log] in log.warning("\($0)") }
        try await server.listen(on: listening.take())
        return server
    }
}
