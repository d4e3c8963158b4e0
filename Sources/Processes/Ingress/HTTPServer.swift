internal import Glibc
internal import HTTP1
internal import Reactor

/// The listening TCP socket and the connections it gave.
actor HTTPServer {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Descriptors kept free for the journal, the sockets between processes and the log.
    private static let reservedDescriptors = 128
    /// How long waiting connections are left alone when descriptors ran out.
    private static let acceptPause = Duration.milliseconds(100)
    /// Connections taken at once, before those at hand are served.
    private static let acceptedAtOnce = 64
    /// How long a connection without a request is left open when draining: what its caller sends
    /// as we close would be reset, and it could not know whether it was taken.
    private static let farewell = Duration.milliseconds(200)

    /// How long a process that stops waits for the first byte of a peer that has just connected.
    private static let silenceTolerated = Duration.seconds(1)

    private let loop: EventLoop
    private let handler: any RequestHandler
    private let date = DateLine()
    private let bodies: BodyBudget
    private let report: @Sendable (String) -> Void
    private let maximumConnections: Int
    private var listener: Descriptor?
    private var isAccepting = false
    private var isDraining = false
    private var connections: [UInt64: HTTPConnection] = [:]
    private var lastConnection: UInt64 = 0
    private let allClosed: Bell

    init(
        _ handler: any RequestHandler, on loop: EventLoop,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.handler = handler
        self.loop = loop
        self.report = report
        bodies = BodyBudget(report: report)
        allClosed = Bell(on: loop)
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        maximumConnections = max(1, Int(clamping: files.rlim_cur) - Self.reservedDescriptors)
    }

    /// Begins to take connections.
    func listen(on listener: consuming Descriptor) throws(SystemError) {
        self.listener = consume listener
        try resumeAccepting()
    }

    /// Takes no more connections, answers what has come, and returns when all are closed.
    ///
    /// Callers that come meanwhile wait in the listening socket for the next process.
    func drain() async {
        isDraining = true
        pauseAccepting()
        for connection in connections.values { connection.makeNextAnswerLast() }
        let deadline = ContinuousClock.now + Self.farewell
        while !connections.isEmpty, ContinuousClock.now < deadline {
            _ = await allClosed.wait(atMost: deadline - .now)
        }
        for connection in connections.values { connection.stopKeepingAlive() }
        loop.after(Self.silenceTolerated) { [self] in assumeIsolated { $0.closeSilent() } }
        while !connections.isEmpty { _ = await allClosed.wait(atMost: .seconds(1)) }
        listener = nil
    }

    private func closeSilent() {
        for connection in connections.values { connection.closeIfSilent() }
    }

    private func resumeAccepting() throws(SystemError) {
        // What waits in the backlog is for the next process.
        guard !isAccepting, !isDraining, let number = listener?.number else { return }
        try loop.watch(number, for: .read) { [self] _ in assumeIsolated { $0.acceptSome() } }
        isAccepting = true
    }

    private func pauseAccepting() {
        guard isAccepting, let number = listener?.number else { return }
        loop.unwatch(number)
        isAccepting = false
    }

    private func acceptSome() {
        do {
            for _ in 0..<Self.acceptedAtOnce {
                guard connections.count < maximumConnections else {
                    report("accept.paused connections=\(connections.count)")
                    return pauseAccepting()
                }
                guard let accepted = try listener?.accept() else { return }
                add(accepted)
            }
        } catch {
            report("accept.failed error=\(error)")
            pauseAccepting()
            loop.after(Self.acceptPause) { [self] in assumeIsolated { $0.acceptAgain() } }
        }
    }

    private func acceptAgain() {
        do { try resumeAccepting() } catch { report("accept.failed error=\(error)") }
    }

    private func add(_ accepted: consuming Descriptor) {
        var yes: CInt = 1
        // Answers are whole when they are written: waiting for more would only delay them.
        setsockopt(
            accepted.number, CInt(IPPROTO_TCP), TCP_NODELAY, &yes,
            socklen_t(MemoryLayout<CInt>.size))
        lastConnection += 1
        let id = lastConnection
        let connection = HTTPConnection(
            owning: accepted, handler, date, within: bodies, on: loop
        ) { [self] in assumeIsolated { $0.closed(id) } }
        connections[id] = connection
        connection.start()
    }

    private func closed(_ id: UInt64) {
        guard connections.removeValue(forKey: id) != nil else { return }
        if connections.isEmpty { allClosed.ring() }
        if !isAccepting, listener != nil, connections.count < maximumConnections { acceptAgain() }
    }
}
