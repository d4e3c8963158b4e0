internal import Glibc
internal import HTTP1
internal import Reactor

/// The socket of one HTTP connection: moves bytes and time in and out of its `ServerConnection`.
// Unchecked: only touched on the loop's thread, which the loop checks at `watch` and `after`.
final class HTTPConnection: @unchecked Sendable {
    /// Space offered to one read; a webhook of one message fits.
    private static let readSize = 8 << 10
    /// Reads in a row before other connections get their turn.
    private static let readsAtOnce = 4
    /// Bytes of an answer that the kernel holds beyond those on their way: some round trips' worth.
    private static let unsentLimit: CInt = 128 << 10

    private let loop: EventLoop
    let handler: any RequestHandler
    let date: DateLine
    private let budget: BodyBudget
    /// What this connection has of it.
    private var heldBody = 0
    private let onClose: @Sendable () -> Void
    private(set) var descriptor: Descriptor?
    var connection: ServerConnection
    private var head: RequestHead?
    var output: [UInt8] = []
    private var written = 0
    private var watched: EventLoop.Readiness = []
    private var timer: (timer: EventLoop.Timer, at: ContinuousClock.Instant)?
    var answering: Task<Void, Never>?
    /// The route that waits for a part of the body.
    var wanting: CheckedContinuation<[UInt8]?, any Error>?
    /// The answer that waits until its last part is out.
    var draining: CheckedContinuation<Void, Never>?
    private(set) var isStopping = false

    init(
        owning descriptor: consuming Descriptor, _ handler: any RequestHandler, _ date: DateLine,
        within budget: BodyBudget, on loop: EventLoop, onClose: @escaping @Sendable () -> Void
    ) {
        self.descriptor = consume descriptor
        self.handler = handler
        self.date = date
        self.budget = budget
        self.loop = loop
        self.onClose = onClose
        connection = ServerConnection(at: .now)
    }

    /// Begins to read.
    func start() { settle() }

    /// Lets the answer under way, or else the next one, be the last.
    func makeNextAnswerLast() { connection.makeNextAnswerLast() }

    /// Lets the answer under way, or to what has arrived, be the last one.
    ///
    /// A request that is in the socket already is still served: closing over it would be a reset. An
    /// answer without an end is ended.
    func stopKeepingAlive() {
        isStopping = true
        if connection.isEndless { answering?.cancel() }
        readSome()
        if descriptor != nil, connection.stopKeepingAlive() {
            if let number = descriptor?.number { shutdown(number, CInt(SHUT_WR)) }
            close()
        }
        settle()
    }

    /// Closes a connection whose peer has not sent a byte since it was accepted.
    func closeIfSilent() {
        if connection.deadline?.kind == .firstByte { close() }
    }

    // MARK: Events

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.write) { write() }
        if readiness.contains(.read) { readSome() }
        // A reset: nobody is left to be answered. (A half-closed peer is only readable.)
        if readiness.contains(.gone) { close() }
        settle()
    }

    private func readSome() {
        for _ in 0..<Self.readsAtOnce {
            guard descriptor != nil, connection.wantsBytes else { return }
            do {
                var outcome = Descriptor.Transfer.wouldBlock
                _ = try connection.read(minimum: Self.readSize) { buffer throws(SystemError) in
                    outcome = try descriptor?.read(into: buffer) ?? .ended
                    if case .moved(let count) = outcome { return count }
                    return 0
                }
                switch outcome {
                case .wouldBlock: return
                case .moved(let count):
                    received()
                    if count < Self.readSize { return }
                case .ended:
                    if case .close = connection.ended(at: .now) { close() }
                    return
                }
            } catch {
                return close()
            }
        }
    }

    private func received() {
        switch connection.received(at: .now) {
        case .wait: if !holdsBody() { refuse(connection.refuseBody()) }
        case .decide(let head): decide(head)
        case .deliver(let body): answer(body)
        case .part(let bytes): give(bytes)
        case .endOfBody: give(nil)
        case .refuse(let error): refuse(error)
        case .close: close()
        }
    }

    /// Whether there is memory for what has come of the body.
    private func holdsBody() -> Bool {
        let more = connection.heldBody - heldBody
        guard more > 0 else { return true }
        guard budget.take(more, total: connection.heldBody) else { return false }
        heldBody += more
        return true
    }

    /// The body is answered, or will never be.
    func letGoOfBody() {
        budget.give(heldBody)
        heldBody = 0
    }

    private func decide(_ head: RequestHead) {
        switch handler.admit(head) {
        case .answer(let response): respond(response)
        case .acceptParts(let limit, let part):
            switch connection.acceptParts(bodyLimit: limit, partLimit: part, at: .now) {
            case .takeParts: answerParts(head)
            case .refuse(let error): refuse(error)
            }
        case .accept(let limit):
            self.head = head
            switch connection.accept(bodyLimit: limit, at: .now) {
            case .waitForBody: break
            case .sendContinue(let bytes):
                output += bytes
                write()
            case .deliver(let body): answer(body)
            case .refuse(let error): refuse(error)
            case .close: close()
            }
        }
    }

    /// Asks the handler; the task is this connection's, and ends with it.
    private func answer(_ body: [UInt8]) {
        guard let head = head.take() else { return }
        answering = Task(executorPreference: loop) { [self] in
            await respond(await handler.answer(head, body: body))
        }
    }

    /// Asks a handler that takes the body in parts; the task is this connection's too.
    private func answerParts(_ head: RequestHead) {
        answering = Task(executorPreference: loop) { [self] in
            await respond(await handler.answer(head, parts: self))
        }
    }

    private func respond(_ reply: Reply) async {
        if let source = reply.source { return await respond(reply.response, from: source) }
        answering = nil
        guard descriptor != nil else { return }
        respond(reply.response)
        settle()
    }

    func respond(_ response: Response) {
        letGoOfBody()
        connection.respond(response, date: date.text, into: &output, at: .now)
        write()
    }

    func write() {
        do {
            while written < output.count {
                let start = written
                let outcome = try output.withUnsafeBytes { bytes in
                    try descriptor?.send(UnsafeRawBufferPointer(rebasing: bytes[start...]))
                        ?? .ended
                }
                switch outcome {
                case .moved(let count):
                    written += count
                    connection.writeProgressed(at: .now)
                case .wouldBlock: return
                case .ended: return close()
                }
            }
        } catch {
            return close()
        }
        output.removeAll(keepingCapacity: output.count <= Self.readSize)
        written = 0
        // What went out may have been `100 Continue`, with the body still to come.
        if connection.isWriting { afterAnswer() }
    }

    private func afterAnswer() {
        switch connection.written(at: .now) {
        case .wait: break
        case .sendPart: draining.take()?.resume()
        case .decide(let head): decide(head)
        case .refuse(let error): refuse(error)
        case .shutDownWriting:
            if let number = descriptor?.number { shutdown(number, CInt(SHUT_WR)) }
        case .close: close()
        }
    }

    // MARK: Waiting

    /// Watches for what is wanted now, and arms the timer of what must not take for ever.
    func settle() {
        guard let number = descriptor?.number else { return }
        var wanted: EventLoop.Readiness = connection.wantsBytes ? .read : []
        if written < output.count { wanted.insert(.write) }
        do {
            if wanted != watched || watched.isEmpty {
                try loop.watch(number, for: wanted) { self.ready($0) }
                watched = wanted
            }
        } catch {
            return close()
        }
        armTimer()
    }

    private func armTimer() {
        // A timer that fires too early only looks again, so it is moved forward alone.
        guard let deadline = connection.deadline?.at else { return }
        if let timer {
            guard deadline < timer.at else { return }
            loop.cancel(timer.timer)
        }
        timer = (loop.after(deadline - .now) { self.timeIsUp() }, deadline)
    }

    private func timeIsUp() {
        timer = nil
        guard descriptor != nil else { return }
        switch connection.expired(at: .now) {
        case .notYet: break
        case .refuse(let error): refuse(error)
        case .reset: reset()
        case .close: close()
        }
        settle()
    }

    /// Closes so that the peer sees an error: what it has is not the whole.
    func reset() {
        if let number = descriptor?.number {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                number, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        close()
    }

    /// Keeps the kernel from taking megabytes of the answer: a slow reader makes room in them so
    /// seldom that it could not be told from one that does not read.
    func limitUnsent() {
        guard let number = descriptor?.number else { return }
        var bytes = Self.unsentLimit
        setsockopt(
            number, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &bytes,
            socklen_t(MemoryLayout<CInt>.size))
    }

    func close() {
        guard let descriptor = descriptor.take() else { return }
        letGoOfBody()
        loop.unwatch(descriptor.number)
        if let timer = timer.take() { loop.cancel(timer.timer) }
        answering?.cancel()
        wanting.take()?.resume(throwing: CancellationError())
        draining.take()?.resume()
        onClose()
    }
}
