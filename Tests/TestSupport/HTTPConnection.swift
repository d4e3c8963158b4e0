internal import FoundationEssentials
internal import Glibc
package import JSON
internal import Reactor

/// Why there was no answer.
package enum HTTPFailure: Error, Hashable {
    /// Nobody listens at the port.
    case refused
    /// The peer reset the connection.
    case reset
    /// It was closed before a whole answer had come.
    case closed
    case timedOut
    /// What came is no answer.
    case malformed(String)
    case failed(CInt)
}

/// An answer as it came.
package struct HTTPAnswer: Sendable {
    package var status: Int
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    package var json: JSONValue {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) ?? .null
    }

    package subscript(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A client's side of one TCP connection, kept alive as long as both want; every call blocks.
///
/// Use it inside `blocking`.
// Unchecked: it is handed from one `blocking` to the next, never used by two at once.
package final class HTTPConnection: @unchecked Sendable {
    private let socket: Descriptor
    private let timeout: Duration
    private var received: [UInt8] = []

    /// Connects to a port of this machine.
    ///
    /// - Throws: `HTTPFailure`.
    package init(port: UInt16, timeout: Duration = .seconds(15)) throws(HTTPFailure) {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(AF_INET, type, 0)
        guard number >= 0 else { throw .failed(errno) }
        socket = Descriptor(owning: number)
        self.timeout = timeout
        var yes: CInt = 1
        setsockopt(
            number, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        let (seconds, fraction) = timeout.components
        // Never zero, which would be no limit.
        var limit = timeval(
            tv_sec: Int(seconds), tv_usec: Int(fraction / 1_000_000_000_000) + 1)
        setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Self.failure(errno) }
    }

    private static func failure(_ code: CInt) -> HTTPFailure {
        switch code {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE: .reset
        case EAGAIN, ETIMEDOUT, EINPROGRESS: .timedOut
        default: .failed(code)
        }
    }

    /// Whether the server has reset this connection; reads nothing.
    package var isReset: Bool {
        var state = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        getsockopt(socket.number, CInt(IPPROTO_TCP), TCP_INFO, &state, &length)
        return state.tcpi_state == UInt8(TCP_CLOSE)
    }

    // MARK: Requests

    /// Asks and waits for the answer.
    ///
    /// - Throws: `HTTPFailure`.
    package func ask(
        _ method: String, _ path: String, _ fields: [String] = [], body: [UInt8]? = nil
    ) throws(HTTPFailure) -> HTTPAnswer {
        try send(Self.request(method, path, fields, body: body))
        return try receive(isHead: method == "HEAD")
    }

    /// The bytes of a request; `Host` is set unless `fields` have one.
    package static func request(
        _ method: String, _ path: String, _ fields: [String] = [], body: [UInt8]? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !fields.contains(where: { $0.lowercased().hasPrefix("host:") }) {
            lines.append("Host: 127.0.0.1")
        }
        lines += fields
        if let body { lines.append("Content-Length: \(body.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }

    /// Sends bytes as they are.
    ///
    /// - Throws: `HTTPFailure`.
    package func send(_ bytes: some Sequence<UInt8>) throws(HTTPFailure) {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    socket.number, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    CInt(MSG_NOSIGNAL))
            }
            if count >= 0 { sent += count } else if errno != EINTR { throw Self.failure(errno) }
        }
    }

    /// Tells the server that nothing more will come.
    package func endSending() { shutdown(socket.number, CInt(SHUT_WR)) }

    /// Makes the end of this connection a reset instead of a close.
    package func resetAtEnd() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket.number, SOL_SOCKET, SO_LINGER, &linger,
            socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    // MARK: Answers

    /// Waits for one whole answer.
    ///
    /// - Throws: `HTTPFailure`.
    package func receive(isHead: Bool = false) throws(HTTPFailure) -> HTTPAnswer {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let answer = try takeAnswer(isHead: isHead) {
                if answer.status == 100 { continue }
                return answer
            }
            guard try receiveMore(until: deadline) else { throw .closed }
        }
    }

    /// Everything until the server closes the connection.
    ///
    /// - Throws: `HTTPFailure.timedOut` when it does not.
    package func receiveToEnd() throws(HTTPFailure) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        while try receiveMore(until: deadline) {}
        defer { received = [] }
        return received
    }

    /// What has come, head and framing included, once `isEnough` says so of it.
    ///
    /// - Throws: `HTTPFailure.timedOut`, or `closed` when the end came first.
    package func receiveText(
        until isEnough: (String) -> Bool
    ) throws(HTTPFailure) -> String {
        let deadline = ContinuousClock.now + timeout
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if isEnough(text) { return text }
            guard try receiveMore(until: deadline) else { throw .closed }
        }
    }

    /// Whether an answer, or the end, comes within that time.
    package func hasAnswer(within limit: Duration) -> Bool {
        !received.isEmpty || wait(for: socket.number, until: .now + limit)
    }

    /// The whole answers among what has been received.
    package func answersSoFar() -> [HTTPAnswer] { HTTPAnswer.all(in: received) }

    /// False at the end.
    private func receiveMore(until deadline: ContinuousClock.Instant) throws(HTTPFailure) -> Bool {
        guard wait(for: socket.number, until: deadline) else { throw .timedOut }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(socket.number, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Self.failure(errno) }
        received += buffer[..<count]
        return count > 0
    }

    private func takeAnswer(isHead: Bool) throws(HTTPFailure) -> HTTPAnswer? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        guard let head = HTTPAnswer(head: received[..<end.lowerBound]) else {
            throw .malformed(String(decoding: received.prefix(80), as: UTF8.self))
        }
        var length = head["Content-Length"].flatMap { Int($0) } ?? 0
        if isHead || head.status == 204 || head.status < 200 { length = 0 }
        guard received.count >= end.upperBound + length else { return nil }
        var answer = head
        answer.body = Array(received[end.upperBound..<(end.upperBound + length)])
        received.removeFirst(end.upperBound + length)
        return answer
    }
}

extension HTTPAnswer {
    /// Reads a status line and fields; nil when they are none.
    fileprivate init?(head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "),
            let status = Int(first.dropFirst(9).prefix(3))
        else { return nil }
        self.status = status
        body = []
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " })
            )
        }
    }

    /// All answers that stand in these bytes one after the other.
    package static func all(in bytes: [UInt8]) -> [HTTPAnswer] {
        var rest = bytes[...]
        var answers: [HTTPAnswer] = []
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)),
            let head = HTTPAnswer(head: rest[..<end.lowerBound])
        {
            answers.append(head)
            rest = rest[end.upperBound...].dropFirst(
                head["Content-Length"].flatMap { Int($0) } ?? 0)
        }
        return answers
    }
}
