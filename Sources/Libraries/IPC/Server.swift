internal import FoundationEssentials
private import JSON
package import Reactor
package import Wire

/// The socket of one process: takes frames from its peers, lets the responder answer them in any order.
///
/// A frame that cannot be decoded costs its sender the connection, never the process its life; an
/// unknown method is answered.
package actor Server<Answering: Responder> {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Requests of one connection that may be worked on at once; the rest waits in its socket.
    private static var maximumInProgress: Int { 1_024 }
    /// How long to leave waiting connections alone when descriptors ran out.
    private static var acceptPause: Duration { .milliseconds(100) }

    private struct Connection {
        let stream: FrameStream
        var peer: Hello?
        var inProgress: [Int64: Task<Void, Never>] = [:]
    }

    private let loop: EventLoop
    private let responder: Answering
    private let hello: @Sendable () async -> Hello
    private let report: @Sendable (Incident) -> Void
    private var listener: Descriptor?
    private var connections: [UInt64: Connection] = [:]
    private var lastConnection: UInt64 = 0
    private var lastTask: Int64 = 0
    private let encoder = JSONEncoder.gateway()
    private let decoder = JSONDecoder()

    package init(
        _ responder: Answering, on loop: EventLoop, hello: @escaping @Sendable () async -> Hello,
        report: @escaping @Sendable (Incident) -> Void
    ) {
        self.responder = responder
        self.loop = loop
        self.hello = hello
        self.report = report
    }

    /// Begins to take connections on a listening socket.
    package func listen(on listener: consuming Descriptor) throws(SystemError) {
        let number = listener.number
        self.listener = consume listener
        try watchListener(number)
    }

    /// Takes no more connections and closes those at hand; what was asked meanwhile is asked again elsewhere.
    package func close() {
        if let listener = listener.take() { loop.unwatch(listener.number) }
        for id in connections.keys { drop(id) }
    }

    /// Whether a request is being worked on.
    package var isBusy: Bool { connections.values.contains { !$0.inProgress.isEmpty } }

    // MARK: Connections

    private func watchListener(_ number: CInt) throws(SystemError) {
        try loop.watch(number, for: .read) { [self] _ in assumeIsolated { $0.acceptAll() } }
    }

    private func acceptAll() {
        do {
            while let accepted = try listener?.accept() { try add(accepted) }
        } catch {
            report(.acceptFailed(error))
            pauseAccepting()
        }
    }

    private func pauseAccepting() {
        guard let number = listener?.number else { return }
        loop.unwatch(number)
        loop.after(Self.acceptPause) { [self] in assumeIsolated { $0.acceptAgain() } }
    }

    private func acceptAgain() {
        guard let number = listener?.number else { return }
        do { try watchListener(number) } catch {
            report(.acceptFailed(error))
            pauseAccepting()
        }
    }

    private func add(_ accepted: consuming Descriptor) throws(SystemError) {
        let credentials = try PeerCredentials(of: accepted)
        guard credentials.isTrusted else { return report(.denied(uid: credentials.uid)) }
        lastConnection += 1
        let id = lastConnection
        let stream = FrameStream(owning: accepted, on: loop)
        connections[id] = Connection(stream: stream)
        do {
            try stream.start(
                onFrame: { [self] payload in assumeIsolated { $0.received(payload, on: id) } },
                onEnd: { [self] end in assumeIsolated { $0.ended(end, id) } })
        } catch {
            drop(id)
            throw error
        }
    }

    private func ended(_ end: FrameStream.End, _ id: UInt64) {
        switch end {
        case .malformed(let error): report(.badFrame(peer: name(of: id), error))
        case .notReading: report(.notReading(peer: name(of: id)))
        case .closed, .broken: break
        }
        drop(id)
    }

    private func drop(_ id: UInt64) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        connection.stream.close()
        for task in connection.inProgress.values { task.cancel() }
    }

    private func name(of id: UInt64) -> String { connections[id]?.peer?.process ?? "unknown" }

    // MARK: Requests

    private func received(_ payload: Data, on id: UInt64) {
        do throws(WireError) {
            let request = try IncomingRequest(payload)
            if let peer = connections[id]?.peer {
                start(request, from: peer, on: id)
            } else {
                try introduce(request, on: id)
            }
        } catch {
            report(.badFrame(peer: name(of: id), error))
            drop(id)
        }
    }

    private func introduce(_ request: IncomingRequest, on id: UInt64) throws(WireError) {
        guard request.method == Protocol.hello else {
            throw .malformed("no \(Protocol.hello) first")
        }
        let peer = try request.decodeHello(with: decoder)
        run(on: id) { [self] in await greet(peer, request, on: id) }
    }

    private func greet(_ peer: Hello, _ request: IncomingRequest, on id: UInt64) async {
        let own = await hello()
        guard peer.protocol == own.protocol, peer.mode == own.mode else {
            report(.strange(peer: peer))
            let problem = Problem(
                .unavailable, status: 503,
                "\(own.process) speaks protocol \(own.protocol) in mode \(own.mode.rawValue)",
                hint: "Restart the whole group, so that all processes are of one release and mode.")
            return send(refusal: RemoteError(problem), to: request, on: id)
        }
        connections[id]?.peer = peer
        send(own, to: request, on: id)
    }

    private func start(_ request: IncomingRequest, from peer: Hello, on id: UInt64) {
        guard let operation = Answering.Operations(rawValue: request.method) else {
            return send(refusal: .unknownMethod(request.method), to: request, on: id)
        }
        let call = Call(request: request, decoder: decoder, peer: peer)
        run(on: id) { [self] in await respond(operation, call, on: id) }
    }

    private func respond(_ operation: Answering.Operations, _ call: Call, on id: UInt64) async {
        let request = call.request
        do {
            let reply = try await responder.answer(operation, call)
            send(reply.answer, to: request, on: id)
        } catch let problem as Problem {
            send(refusal: RemoteError(problem), to: request, on: id)
        } catch let bad as BadParameters {
            report(.badFrame(peer: call.peer.process, bad.error))
            send(refusal: .invalidParams("\(bad.error)"), to: request, on: id)
        } catch is CancellationError where Task.isCancelled {
            return
        } catch {
            report(.failed(method: request.method, error))
            let problem = Problem.internalError(in: Answering.Operations.service)
            send(refusal: RemoteError(problem), to: request, on: id)
        }
    }

    /// Runs `body` as a task that the connection owns: it is cancelled when the peer hangs up.
    private func run(on id: UInt64, _ body: @escaping @Sendable () async -> Void) {
        lastTask += 1
        let number = lastTask
        let task = Task(executorPreference: loop) { [self] in
            await body()
            await finished(number, on: id)
        }
        connections[id]?.inProgress[number] = task
        if let connection = connections[id], connection.inProgress.count >= Self.maximumInProgress {
            connection.stream.pause()
        }
    }

    private func finished(_ number: Int64, on id: UInt64) {
        guard connections[id]?.inProgress.removeValue(forKey: number) != nil else { return }
        connections[id]?.stream.resume()
    }

    private func send(_ answer: any Encodable, to request: IncomingRequest, on id: UInt64) {
        do {
            try write(on: id) { try Outgoing.answer(answer, id: request.id, with: encoder) }
        } catch {
            // Said, not hung up on: the asker would only ask the same again over a new connection.
            report(.failed(method: request.method, error))
            let problem = Problem.internalError(in: Answering.Operations.service)
            send(refusal: RemoteError(problem), to: request, on: id)
        }
    }

    private func send(refusal: RemoteError, to request: IncomingRequest, on id: UInt64) {
        do {
            try write(on: id) { try Outgoing.refusal(refusal, id: request.id, with: encoder) }
        } catch {
            report(.failed(method: request.method, error))
            drop(id)
        }
    }

    private func write(on id: UInt64, _ payload: () throws -> Data) throws {
        guard let stream = connections[id]?.stream else { return }
        try stream.send(try payload())
    }
}
