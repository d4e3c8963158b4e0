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

    private let loop: EventLoop
    private let handler: any RequestHandler
    private let date: DateLine
    private let onClose: @Sendable () -> Void
    private var descriptor: Descriptor?
    private var connection: ServerConnection
    private var head: RequestHead?
    private var output: [UInt8] = []
    private var written = 0
    private var watched: EventLoop.Readiness = []
    private var timer: (timer: EventLoop.Timer, at: ContinuousClock.Instant)?
    private var answering: Task<Void, Never>?

    init(
        owning descriptor: consuming Descriptor, _ handler: any RequestHandler, _ date: DateLine,
        on loop: EventLoop, onClose: @escaping @Sendable () -> Void
    ) {
        self.descriptor = consume descriptor
        self.handler = handler
        self.date = date
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
    /// A request that is in the socket already is still served: closing over it would be a reset.
    func stopKeepingAlive() {
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
        case .wait: break
        case .decide(let head): decide(head)
        case .deliver(let body): answer(body)
        case .refuse(let error): respond(handler.refusal(error))
        case .close: close()
        }
    }

    private func decide(_ head: RequestHead) {
        switch handler.admit(head) {
        case .answer(let response): respond(response)
        case .accept(let limit):
            self.head = head
            switch connection.accept(bodyLimit: limit, at: .now) {
            case .waitForBody: break
            case .sendContinue(let bytes):
                output += bytes
                write()
            case .deliver(let body): answer(body)
            case .refuse(let error): respond(handler.refusal(error))
            case .close: close()
            }
        }
    }

    /// Asks the handler; the task is this connection's, and ends with it.
    private func answer(_ body: [UInt8]) {
        guard let head = head.take() else { return }
        answering = Task(executorPreference: loop) { [self] in
            let response = await handler.answer(head, body: body)
            answering = nil
            guard descriptor != nil else { return }
            respond(response)
            settle()
        }
    }

    private func respond(_ response: Response) {
        connection.respond(response, date: date.text, into: &output, at: .now)
        write()
    }

    private func write() {
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
        guard written > 0 else { return }
        output.removeAll(keepingCapacity: output.count <= Self.readSize)
        written = 0
        // What went out may have been `100 Continue`, with the body still to come.
        if connection.isWriting { afterAnswer() }
    }

    private func afterAnswer() {
        switch connection.written(at: .now) {
        case .wait: break
        case .decide(let head): decide(head)
        case .refuse(let error): respond(handler.refusal(error))
        case .shutDownWriting:
            if let number = descriptor?.number { shutdown(number, CInt(SHUT_WR)) }
        case .close: close()
        }
    }

    // MARK: Waiting

    /// Watches for what is wanted now, and arms the timer of what must not take for ever.
    private func settle() {
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
        case .refuse(let error): respond(handler.refusal(error))
        case .reset:
            if let number = descriptor?.number {
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(
                    number, SOL_SOCKET, SO_LINGER, &linger,
                    socklen_t(MemoryLayout.size(ofValue: linger)))
            }
            close()
        case .close: close()
        }
        settle()
    }

    private func close() {
        guard let descriptor = descriptor.take() else { return }
        loop.unwatch(descriptor.number)
        if let timer = timer.take() { loop.cancel(timer.timer) }
        answering?.cancel()
        onClose()
    }
}
