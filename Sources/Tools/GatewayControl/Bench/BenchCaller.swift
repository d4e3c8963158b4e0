internal import Reactor

/// One caller of a benchmark: a kept connection, and the next request as soon as the last is answered.
// Unchecked: only touched on the loop's thread.
final class BenchCaller: @unchecked Sendable {
    /// Makes the bytes of the next request; nil: no more.
    typealias Next = () -> [UInt8]?
    /// Told of each answer: its status, 0 for a connection that ended instead, and how long it took.
    typealias Answered = (_ status: Int, _ took: Duration) -> Void

    private let loop: EventLoop
    private let port: UInt16
    private let next: Next
    private let answered: Answered
    private var socket: Descriptor?
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    private var received: [UInt8] = []
    private var begunAt = ContinuousClock.now

    init(
        of port: UInt16, on loop: EventLoop, next: @escaping Next, answered: @escaping Answered
    ) {
        self.port = port
        self.loop = loop
        self.next = next
        self.answered = answered
    }

    /// Asks until there is no next request.
    func start() { ask() }

    private func ask() {
        guard let request = next() else { return close() }
        begunAt = .now
        do {
            try connect()
            let sent = try request.withUnsafeBytes { bytes in try socket?.send(bytes) }
            // A request of some hundred bytes has room in an empty socket.
            if sent != .moved(request.count) { fail() }
        } catch {
            fail()
        }
    }

    private func connect() throws {
        guard socket == nil else { return }
        let connected = try Loopback.connect(to: port)
        try loop.watch(connected.number, for: .read) { [unowned self] _ in receive() }
        socket = consume connected
    }

    private func receive() {
        let outcome = try? buffer.withUnsafeMutableBytes { buffer in
            try socket?.read(into: buffer)
        }
        switch outcome ?? nil {
        case .moved(let count): received += buffer[..<count]
        case .wouldBlock: return
        case .ended, nil: return fail()
        }
        guard let answer = AnswerHead(received) else { return }
        guard received.count >= answer.length else { return }
        received = []
        if answer.closes { close() }
        answered(answer.status, .now - begunAt)
        ask()
    }

    private func fail() {
        close()
        received = []
        answered(0, .now - begunAt)
        // Not from here: a gateway that is gone would make it a loop without an end.
        loop.after(.milliseconds(100)) { [weak self] in self?.ask() }
    }

    private func close() {
        if let socket = socket.take() { loop.unwatch(socket.number) }
    }
}

/// What must be known of one of the gateway's answers.
private struct AnswerHead {
    let status: Int
    /// Of the whole answer, in bytes.
    let length: Int
    let closes: Bool

    /// Nil while the head is not whole.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) } ?? 0
        let prefix = "Content-Length: "
        let body = lines.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
        length = end.upperBound + (body ?? 0)
        closes = lines.contains("Connection: close")
    }
}
