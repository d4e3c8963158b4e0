internal import Glibc
internal import Reactor

/// The gateway over HTTP, for this tool's few requests on this machine.
///
/// One request a connection, answered with `Connection: close`: no more of HTTP is needed here.
struct GatewayHTTP: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: String
    }

    /// What came back is no answer of the gateway's.
    struct NoAnswer: Error, CustomStringConvertible {
        let address: String
        var description: String { "\(address) did not answer" }
    }

    /// Longer than any deadline inside the gateway for what this tool asks.
    static let patience = 10

    private let address: String
    private var name = sockaddr_in()

    /// Takes an IPv4 address and a port; 0.0.0.0 is asked at 127.0.0.1.
    init(_ address: String) throws {
        self.address = address
        let parts = address.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]),
            inet_pton(
                AF_INET, parts[0] == "0.0.0.0" ? "127.0.0.1" : String(parts[0]), &name.sin_addr)
                == 1
        else { throw NoAnswer(address: address) }
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
    }

    /// Asks and waits for the whole answer, at most `patience` seconds without a byte; blocks.
    ///
    /// - Throws: `SystemError`, e.g. `ECONNREFUSED`; `NoAnswer`.
    func ask(
        _ method: String, _ path: String, headers: [String] = [], body: [UInt8] = [],
        patience: Int = Self.patience
    ) throws -> Answer {
        var answer = try begin(method, path, headers: headers, body: body, patience: patience)
        let text = String(decoding: try answer.wholeBody(), as: UTF8.self)
        return Answer(status: answer.head.status, body: text)
    }

    /// Asks, and returns once the head of the answer is here; blocks.
    ///
    /// - Throws: `SystemError`, e.g. `ECONNREFUSED`; `NoAnswer`.
    func begin(
        _ method: String, _ path: String, headers: [String] = [], body: [UInt8] = [],
        patience: Int = Self.patience
    ) throws -> IncomingAnswer {
        let socket = Descriptor(
            owning: try checked("socket") {
                Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
        let number = socket.number
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var name = name
        try checked("connect \(address)") {
            withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var head =
            ["\(method) \(path) HTTP/1.1", "Host: \(address)", "Connection: close"] + headers
        if !body.isEmpty { head.append("Content-Length: \(body.count)") }
        var request = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        while !request.isEmpty {
            guard case .moved(let count) = try request.withUnsafeBytes({ try socket.send($0) })
            else {
                throw NoAnswer(address: address)
            }
            request.removeFirst(count)
        }
        return try IncomingAnswer(from: socket, of: address)
    }
}
