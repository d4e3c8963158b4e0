internal import Glibc
internal import Reactor

/// One connection of a `ScriptedServer`: cuts what comes into requests by `Content-Length`.
// Unchecked: only touched on the loop's thread, where its watch and timers run.
final class ScriptedConnection: @unchecked Sendable {
    private let number: Int
    private let loop: EventLoop
    private var descriptor: Descriptor?
    private var input: [UInt8] = []
    private var requests = 0
    /// The head that was read, while its body is awaited.
    private var head: String?
    private var output: [UInt8] = []
    private var closesAfterOutput = false
    private var readsBodies = true
    /// Before the next byte of a slow answer.
    private var dripping: EventLoop.Timer?
    private var onRequest: (@Sendable (ScriptedServer.Request) -> Void)?
    private var onEnd: (@Sendable () -> Void)?

    init(_ number: Int, owning descriptor: consuming Descriptor, on loop: EventLoop) {
        self.number = number
        self.loop = loop
        self.descriptor = consume descriptor
    }

    /// Hands over each request when it is whole; without `bodies` when its head is, and reads on no more.
    func serve(
        bodies: Bool, _ onRequest: @escaping @Sendable (ScriptedServer.Request) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) {
        readsBodies = bodies
        self.onRequest = onRequest
        self.onEnd = onEnd
        watchInput()
    }

    private func watchInput() {
        guard let socket = descriptor?.number else { return }
        guard let onRequest, readsBodies || requests == 0 else { return loop.unwatch(socket) }
        try? loop.watch(socket, for: .read) { [self] _ in
            if !read() { return close() }
            while let request = next() {
                if !readsBodies { loop.unwatch(socket) }
                onRequest(request)
            }
        }
    }

    /// Takes what is there; false at its end.
    private func read() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        guard let count = buffer.withUnsafeMutableBytes({ try? descriptor?.read(into: $0) }) else {
            return false
        }
        switch count {
        case .moved(let count): input += buffer[..<count]
        case .wouldBlock: break
        case .ended: return false
        }
        return true
    }

    private func next() -> ScriptedServer.Request? {
        guard descriptor != nil else { return nil }
        if head == nil {
            let end = Array("\r\n\r\n".utf8)
            guard let range = input.firstRange(of: end) else { return nil }
            head = String(decoding: input[..<range.lowerBound], as: UTF8.self)
            input.removeSubrange(..<range.upperBound)
        }
        guard let head else { return nil }
        let length = readsBodies ? Self.length(in: head) : 0
        guard input.count >= length else { return nil }
        let body = String(decoding: input[..<length], as: UTF8.self)
        input.removeFirst(length)
        self.head = nil
        requests += 1
        return ScriptedServer.Request(
            connection: number, number: requests, head: head, body: body)
    }

    private static func length(in head: String) -> Int {
        let name = "content-length:"
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count).drop { $0 == " " }) } ?? 0
    }

    /// Sends as the socket takes it; `thenClose` closes it after the last byte.
    func send(_ bytes: String, thenClose: Bool = false) {
        output += Array(bytes.utf8)
        closesAfterOutput = thenClose
        flush()
    }

    private func flush() {
        guard let socket = descriptor?.number else { return }
        while !output.isEmpty {
            switch output.withUnsafeBytes({ try? descriptor?.send($0) }) {
            case .moved(let count): output.removeFirst(count)
            case .wouldBlock:
                // Requests that come meanwhile wait, as they do at a server that answers in order.
                try? loop.watch(socket, for: .write) { [self] _ in flush() }
                return
            case .ended, nil: return close()
            }
        }
        if closesAfterOutput { return close() }
        watchInput()
    }

    func send(slowly bytes: ArraySlice<UInt8>, pause: Duration) {
        guard !bytes.isEmpty, descriptor != nil else { return }
        dripping = loop.after(pause) { [self] in
            send(String(decoding: bytes.prefix(1), as: UTF8.self))
            send(slowly: bytes.dropFirst(), pause: pause)
        }
    }

    func close(byReset: Bool = false) {
        guard let socket = descriptor?.number else { return }
        loop.unwatch(socket)
        if let dripping { loop.cancel(dripping) }
        if byReset {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        descriptor = nil
        onEnd?()
        onRequest = nil
        onEnd = nil
    }
}
