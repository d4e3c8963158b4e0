internal import Glibc
internal import Reactor

/// A caller's connection to the gateway, made anew when it has ended.
// Unchecked: only touched on the loop's thread.
final class KeptConnection: @unchecked Sendable {
    private let port: UInt16
    private let loop: EventLoop
    /// Rung when there is something to read.
    private let news: Bell
    private var socket: Descriptor?
    private var isAsking = false
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(to port: UInt16, on loop: EventLoop) {
        self.port = port
        self.loop = loop
        news = Bell(on: loop)
    }

    deinit { close() }

    /// Sends a whole request and waits for the whole answer, at most that long.
    func ask(_ request: [UInt8], within limit: Duration) async -> (CallOutcome, body: [UInt8]) {
        let deadline = ContinuousClock.now + limit
        isAsking = true
        defer { isAsking = false }
        do {
            try connect()
            // A request of some thousand bytes has room in an empty socket.
            guard
                try request.withUnsafeBytes({ try socket?.send($0) }) == .moved(request.count)
            else { return end(.reset) }
            var received: [UInt8] = []
            while true {
                switch try buffer.withUnsafeMutableBytes({ try socket?.read(into: $0) }) {
                case .moved(let count):
                    received += buffer[..<count]
                    guard let answer = Answer(received) else { continue }
                    if answer.closes { close() }
                    return (.answered(answer.status), answer.body)
                case .wouldBlock:
                    let left = deadline - .now
                    guard left > .zero else { return end(.silent) }
                    _ = await news.wait(atMost: left)
                case .ended, nil: return end(.reset)
                }
            }
        } catch {
            return end((error as? SystemError)?.code == ECONNREFUSED ? .refused : .reset)
        }
    }

    private func connect() throws {
        guard socket == nil else { return }
        let connected = try Loopback.connect(to: port)
        try loop.watch(connected.number, for: .read) { [unowned self] _ in
            // What comes unasked is the end: ingress has left.
            if isAsking { news.ring() } else { close() }
        }
        socket = consume connected
    }

    private func end(_ outcome: CallOutcome) -> (CallOutcome, body: [UInt8]) {
        close()
        return (outcome, [])
    }

    private func close() {
        if let socket = socket.take() { loop.unwatch(socket.number) }
    }
}

/// A whole answer of the gateway's.
private struct Answer {
    let status: Int
    let body: [UInt8]
    let closes: Bool

    /// Nil while it is not whole.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)),
            let head = IncomingAnswer.Head(bytes[..<end.lowerBound])
        else { return nil }
        let length = head["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        status = head.status
        body = Array(bytes[end.upperBound..<end.upperBound + length])
        closes = head["connection"] == "close"
    }
}
