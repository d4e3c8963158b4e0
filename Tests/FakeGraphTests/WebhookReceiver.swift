import Glibc
import Reactor
import TestSupport

/// Takes webhooks one at a time, as ingress would, and answers them as a test wants.
final class WebhookReceiver: Sendable {
    struct Webhook: Sendable {
        let head: String
        let body: [UInt8]
    }

    private let listener: Listener

    init() throws { listener = try Listener() }

    var url: String { "http://127.0.0.1:\(listener.port)/api/whatsapp/webhook" }

    /// Waits for the next webhook and answers it.
    func next(answering status: Int = 200) async throws -> Webhook {
        let number = listener.number
        return try await blocking {
            var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let limit = CInt(GatewayProcess.patience / .milliseconds(1))
            guard poll(&entry, 1, limit) == 1 else {
                throw HTTPFailure.timedOut
            }
            let socket = Descriptor(owning: try checked("accept") { accept(number, nil, nil) })
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while true {
                if let webhook = Self.whole(received) {
                    let answer = "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n"
                    _ = try Array(answer.utf8).withUnsafeBytes { try socket.send($0) }
                    return webhook
                }
                guard
                    case .moved(let count) = try buffer.withUnsafeMutableBytes({
                        try socket.read(into: $0)
                    })
                else { throw HTTPFailure.closed }
                received += buffer[..<count]
            }
        }
    }

    /// The request, once all of it has come.
    private static func whole(_ bytes: [UInt8]) -> Webhook? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let name = "Content-Length: "
        let line = head.split(separator: "\r\n").first { $0.hasPrefix(name) }
        guard let length = line.flatMap({ Int($0.dropFirst(name.count)) }),
            bytes.count == end.upperBound + length
        else { return nil }
        return Webhook(head: head, body: Array(bytes[end.upperBound...]))
    }
}
