internal import Glibc
package import Reactor

/// An HTTP/1.1 server on loopback, on the test's own loop, that does to each request what its script says.
package actor ScriptedServer {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// What becomes of a new connection.
    package enum Greeting: Sendable {
        case serve
        /// It is taken and never read.
        case ignore
        case close
        /// These bytes are sent at once, whatever comes.
        case send(String)
    }

    /// A request as far as it was read when the script was asked.
    package struct Request: Sendable {
        /// Both count from 1; requests by connection.
        package let connection: Int
        package let number: Int
        package let head: String
        /// Empty when the script was asked at the end of the head.
        package let body: String
    }

    /// What becomes of a request.
    package enum Reaction: Sendable {
        /// These bytes are sent; the connection stays.
        case send(String)
        /// These bytes are sent, and then it is closed.
        case sendAndClose(String)
        /// These bytes are sent one by one, with a pause before each.
        case sendSlowly(String, pause: Duration)
        /// Nothing, for ever.
        case hang
        case close
        /// Closed by RST.
        case reset
    }

    package nonisolated let port: UInt16
    /// Every request that was read whole, in order.
    package private(set) var received: [Request] = []
    /// How many connections were taken.
    package private(set) var connections = 0
    private let listener: Listener
    private let loop: EventLoop
    private let greeting: Greeting
    private let asksEarly: Bool
    private let script: @Sendable (Request) -> Reaction
    private var open: [Int: ScriptedConnection] = [:]
    private let progress: Bell

    /// With `asksEarly` the script is asked at the end of the head, and no body is read.
    ///
    /// - Throws: `SystemError`.
    package init(
        on loop: EventLoop, greeting: Greeting = .serve, asksEarly: Bool = false,
        script: @escaping @Sendable (Request) -> Reaction = { _ in .hang }
    ) async throws {
        self.loop = loop
        self.greeting = greeting
        self.asksEarly = asksEarly
        self.script = script
        progress = Bell(on: loop)
        let listener = try Listener()
        self.listener = listener
        port = listener.port
        try listener.setNonBlocking()
        try loop.watch(listener.number, for: .read) { [self] _ in
            assumeIsolated { $0.accept() }
        }
    }

    /// Closes everything; without it the loop would watch the listener for ever.
    package func stop() {
        loop.unwatch(listener.number)
        closeConnections()
    }

    /// Closes every connection, idle ones too.
    package func closeConnections() {
        let connections = open.values
        open = [:]
        for connection in connections { connection.close() }
    }

    /// Waits for so many connections, and so many requests that were read whole; false after ten seconds.
    package func has(connections: Int = 0, received: Int = 0) async -> Bool {
        while self.connections < connections || self.received.count < received {
            guard await progress.wait(atMost: .seconds(10)) else { return false }
        }
        return true
    }

    private func accept() {
        guard let descriptor = listener.accept() else { return }
        connections += 1
        progress.ring()
        let number = connections
        switch greeting {
        case .close: return
        case .serve, .ignore, .send: break
        }
        let connection = ScriptedConnection(number, owning: descriptor, on: loop)
        open[number] = connection
        if case .send(let bytes) = greeting { connection.send(bytes) }
        guard case .serve = greeting else { return }
        connection.serve(bodies: !asksEarly) { [self] request in
            assumeIsolated { $0.react(to: request, on: connection) }
        } onEnd: { [self] in
            assumeIsolated { $0.open[number] = nil }
        }
    }

    private func react(to request: Request, on connection: ScriptedConnection) {
        if !asksEarly {
            received.append(request)
            progress.ring()
        }
        switch script(request) {
        case .send(let bytes): connection.send(bytes)
        case .sendAndClose(let bytes):
            connection.send(bytes, thenClose: true)
        case .sendSlowly(let bytes, let pause):
            connection.send(slowly: Array(bytes.utf8)[...], pause: pause)
        case .hang: break
        case .close: connection.close()
        case .reset: connection.close(byReset: true)
        }
    }
}

extension ScriptedServer {
    /// A whole answer with a `Content-Length`.
    package static func answer(
        _ status: Int, _ body: String, fields: [String] = ["Content-Type: application/json"]
    ) -> String {
        let lines = ["HTTP/1.1 \(status) Said"] + fields + ["Content-Length: \(body.utf8.count)"]
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
