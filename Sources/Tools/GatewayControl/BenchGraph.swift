internal import HTTP1
internal import Reactor

/// Meta's part in a benchmark: takes every message at once, and counts those that come twice.
// Unchecked: only touched on the loop's thread.
final class BenchGraph: @unchecked Sendable {
    private let loop: EventLoop
    private let listener: Descriptor
    let port: UInt16
    private var connections: [CInt: BenchGraphConnection] = [:]
    private var seen: Set<ArraySlice<UInt8>> = []
    /// Messages that came more than once.
    private(set) var repeated = 0

    var accepted: Int { seen.count }

    init(on loop: EventLoop) throws {
        self.loop = loop
        listener = try Loopback.listen()
        try listener.setNonBlocking()
        port = try Loopback.port(of: listener)
        try loop.watch(listener.number, for: .read) { [unowned self] _ in accept() }
    }

    private func accept() {
        while let socket = (try? listener.accept()) ?? nil {
            let number = socket.number
            let connection = BenchGraphConnection(owning: socket) { [unowned self] in answer($0) }
            connections[number] = connection
            try? loop.watch(number, for: .read) { [unowned self] _ in
                guard connections[number]?.serve() != true else { return }
                loop.unwatch(number)
                connections[number] = nil
            }
        }
    }

    /// Ours goes along with each message, and is another one for each attempt.
    private static let marker = Array(#""biz_opaque_callback_data":""#.utf8)

    private func answer(_ body: [UInt8]) -> Response {
        if let start = body.firstRange(of: Self.marker)?.upperBound {
            let isNew = seen.insert(body[start...].prefix { $0 != UInt8(ascii: "\"") }).inserted
            if !isNew { repeated += 1 }
        }
        let answer = """
            {"messaging_product":"whatsapp","contacts":[{"input":"1","wa_id":"1"}],\
            "messages":[{"id":"wamid.bench\(seen.count)"}]}
            """
        return Response(.ok, contentType: "application/json", body: Array(answer.utf8))
    }
}

/// One connection of provider's.
private final class BenchGraphConnection {
    /// More than a message of text.
    private static let bodyLimit = 64 << 10
    private static let date = "Thu, 01 Jan 1970 00:00:00 GMT"

    private let socket: Descriptor
    private let answer: ([UInt8]) -> Response
    private var connection = ServerConnection(at: .now)

    init(owning socket: consuming Descriptor, _ answer: @escaping ([UInt8]) -> Response) {
        self.socket = socket
        self.answer = answer
    }

    /// Answers what has come; false once the connection is of no more use.
    func serve() -> Bool {
        do {
            var outcome = Descriptor.Transfer.wouldBlock
            _ = try connection.read(minimum: 4_096) { buffer throws(SystemError) in
                outcome = try socket.read(into: buffer)
                if case .moved(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .wouldBlock: return true
            case .ended: return false
            case .moved: break
            }
            switch connection.received(at: .now) {
            case .wait: return true
            case .decide: return try accept()
            case .deliver(let body): return try respond(to: body)
            case .refuse, .close, .part, .endOfBody: return false
            }
        } catch {
            return false
        }
    }

    private func accept() throws -> Bool {
        switch connection.accept(bodyLimit: Self.bodyLimit, at: .now) {
        case .waitForBody: true
        case .deliver(let body): try respond(to: body)
        case .sendContinue, .refuse, .close: false
        }
    }

    private func respond(to body: [UInt8]) throws -> Bool {
        var bytes: [UInt8] = []
        connection.respond(answer(body), date: Self.date, into: &bytes, at: .now)
        // A few hundred bytes, to somebody who has read all that came before.
        let outcome = try bytes.withUnsafeBytes { try socket.send($0) }
        guard outcome == .moved(bytes.count) else { return false }
        switch connection.written(at: .now) {
        case .wait: return true
        // libcurl sends one request after the other.
        default: return false
        }
    }
}
