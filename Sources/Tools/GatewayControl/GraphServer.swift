internal import HTTP1
internal import Reactor

/// Meta's Graph API as far as this tool plays it: plain HTTP on this machine, one handler for every request.
// Unchecked: only touched on the loop's thread.
final class GraphServer: @unchecked Sendable {
    /// What a request is answered with.
    struct Reply: Sendable {
        let response: Response
        /// How long Graph thinks about it.
        let delay: Duration

        /// An answer of status 200 in JSON.
        init(_ json: String, after delay: Duration = .zero) {
            response = Response(.ok, contentType: "application/json", body: Array(json.utf8))
            self.delay = delay
        }
    }

    /// Is given the body of each request, once it is whole.
    typealias Handler = ([UInt8]) -> Reply

    let port: UInt16
    private let loop: EventLoop
    private let listener: Descriptor
    private let handler: Handler
    private var connections: [CInt: GraphConnection] = [:]

    /// Listens at a free port.
    init(on loop: EventLoop, _ handler: @escaping Handler) throws {
        self.loop = loop
        self.handler = handler
        listener = try Loopback.listen()
        try listener.setNonBlocking()
        port = try Loopback.port(of: listener)
        try loop.watch(listener.number, for: .read) { [unowned self] _ in accept() }
    }

    private func accept() {
        while let socket = (try? listener.accept()) ?? nil {
            let number = socket.number
            let connection = GraphConnection(owning: socket)
            connections[number] = connection
            try? loop.watch(number, for: .read) { [unowned self] _ in serve(connection, number) }
        }
    }

    private func serve(_ connection: GraphConnection, _ number: CInt) {
        switch connection.receive() {
        case .wait: break
        case .close: drop(connection, number)
        case .request(let body):
            let reply = handler(body)
            guard reply.delay > .zero else { return answer(reply, connection, number) }
            loop.after(reply.delay) { [weak self] in self?.answer(reply, connection, number) }
        }
    }

    private func answer(_ reply: Reply, _ connection: GraphConnection, _ number: CInt) {
        // Who asked may have left meanwhile, and the number be another connection's.
        guard connections[number] === connection else { return }
        if !connection.respond(reply.response) { drop(connection, number) }
    }

    private func drop(_ connection: GraphConnection, _ number: CInt) {
        guard connections[number] === connection else { return }
        loop.unwatch(number)
        connections[number] = nil
    }
}

/// One connection of provider's; libcurl sends one request after the other.
// Unchecked: only touched on the loop's thread.
private final class GraphConnection: @unchecked Sendable {
    enum Received {
        case wait
        case request(body: [UInt8])
        /// It is of no more use.
        case close
    }

    /// More than a message of text.
    private static let bodyLimit = 64 << 10
    private static let date = "Thu, 01 Jan 1970 00:00:00 GMT"

    private let socket: Descriptor
    private var connection = ServerConnection(at: .now)

    init(owning socket: consuming Descriptor) { self.socket = socket }

    /// Reads what has come.
    func receive() -> Received {
        do {
            var outcome = Descriptor.Transfer.wouldBlock
            _ = try connection.read(minimum: 4_096) { buffer throws(SystemError) in
                outcome = try socket.read(into: buffer)
                if case .moved(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .wouldBlock: return .wait
            case .ended: return .close
            case .moved: break
            }
            switch connection.received(at: .now) {
            case .wait: return .wait
            case .decide: return accept()
            case .deliver(let body): return .request(body: body)
            case .refuse, .close, .part, .endOfBody: return .close
            }
        } catch {
            return .close
        }
    }

    private func accept() -> Received {
        switch connection.accept(bodyLimit: Self.bodyLimit, at: .now) {
        case .waitForBody: .wait
        case .deliver(let body): .request(body: body)
        case .sendContinue, .refuse, .close: .close
        }
    }

    /// Answers the request that was received; false once the connection is of no more use.
    func respond(_ response: Response) -> Bool {
        var bytes: [UInt8] = []
        connection.respond(response, date: Self.date, into: &bytes, at: .now)
        // A few hundred bytes, to somebody who has read all that came before.
        let outcome = try? bytes.withUnsafeBytes { try socket.send($0) }
        guard outcome == .moved(bytes.count) else { return false }
        switch connection.written(at: .now) {
        case .wait: return true
        default: return false
        }
    }
}
