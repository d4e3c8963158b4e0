import BadRequests
import HTTP1
import Testing

/// One connection's life beside its requests: continue, reuse, half-closing, lingering.
struct ConnectionTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    private static func post(_ length: Int, _ more: String = "") -> String {
        "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(more)\r\n"
    }

    @Test("100 Continue goes out once the body is accepted, unless some of it is here")
    func expectContinue() {
        var visit = Visit()
        visit.send(Self.post(5, "Expect: 100-continue\r\n"))
        #expect(visit.continues == 1)
        visit.send("hello")
        #expect(visit.answers == [.served])
        visit = Visit()
        visit.send(Self.post(5, "Expect: 100-continue\r\n") + "h")
        visit.send("ello")
        #expect(visit.continues == 0 && visit.answers == [.served])
        visit = Visit()
        visit.send(Self.post(Visit.bodyLimit + 1, "Expect: 100-continue\r\n"))
        #expect(visit.continues == 0 && visit.answers == [.refused(413)])
        visit = Visit()
        visit.send("POST /webhook HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(visit.continues == 0)
    }

    @Test("a body has as many bytes as the route takes and not one more")
    func bodyLimit() {
        var visit = Visit()
        let body = (0..<Visit.bodyLimit).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        visit.send(Self.post(body.count))
        visit.send(body[...], size: 65_536)
        visit.send(Self.get)
        #expect(visit.bodies == [body, []])
        visit.send(Self.post(body.count + 1))
        #expect(visit.errors == [.bodyTooLarge(limit: Visit.bodyLimit)])
    }

    @Test("a body that a route refuses stays unread, and the connection closes")
    func unreadBody() {
        var visit = Visit()
        visit.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n" + "hello")
        visit.send(Self.get)
        #expect(visit.answers == [.answered(404)])
        #expect(visit.isShutDown)
        #expect(visit.outputText.contains("Connection: close\r\n"))
    }

    @Test("a refused request without a body leaves the connection open")
    func reuseAfterRefusal() {
        var visit = Visit()
        visit.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        visit.send(Self.get)
        #expect(visit.answers == [.answered(404), .served])
        #expect(!visit.outputText.contains("Connection"))
    }

    @Test("after the error answer 64 KiB are dropped, then the connection closes")
    func linger() {
        var visit = Visit()
        visit.send("nonsense\r\n")
        #expect(visit.isShutDown && visit.connection.deadline?.kind == .linger)
        visit.send([UInt8](repeating: 0x20, count: Limit.linger)[...])
        #expect(!visit.isClosed)
        visit.send(" ")
        #expect(visit.isClosed)
        #expect(visit.answers.count == 1)
    }

    @Test("the end of input after the error answer closes")
    func lingerEnds() {
        var visit = Visit()
        visit.send("nonsense\r\n")
        visit.end()
        #expect(visit.isClosed)
    }

    @Test("a half-closed peer gets every answer it is owed")
    func halfClosed() throws {
        let now = ContinuousClock.now
        var connection = ServerConnection(at: now)
        let bytes = Array((Self.get + Self.get + "GET /cut").utf8)
        _ = connection.read(minimum: bytes.count) { space in
            space.copyBytes(from: bytes)
            return bytes.count
        }
        guard case .decide = connection.received(at: now) else {
            Issue.record("no head")
            return
        }
        guard case .finishAnswer = connection.ended(at: now) else {
            Issue.record("closed before the answer")
            return
        }
        var output: [UInt8] = []
        for isLast in [false, true] {
            guard case .deliver = connection.accept(bodyLimit: 0, at: now) else {
                Issue.record("no body")
                return
            }
            connection.respond(Response(.ok), date: Visit.date, into: &output, at: now)
            switch connection.written(at: now) {
            case .decide: #expect(!isLast)
            case .close: #expect(isLast)
            default: Issue.record("neither the next request nor the end")
            }
        }
        #expect(connection.deadline == nil)
    }

    @Test("reading stops while 16 KiB wait behind an answer that is owed, and goes on after it")
    func pipelining() throws {
        let now = ContinuousClock.now
        var connection = ServerConnection(at: now)
        func send(_ bytes: [UInt8]) {
            _ = connection.read(minimum: bytes.count) { space in
                space.copyBytes(from: bytes)
                return bytes.count
            }
        }
        send(Array(Self.get.utf8))
        guard case .decide = connection.received(at: now) else {
            Issue.record("no head")
            return
        }
        send([UInt8](repeating: 0x41, count: Limit.waiting - 1))
        #expect(connection.wantsBytes)
        send([0x41])
        #expect(!connection.wantsBytes)
        var output: [UInt8] = []
        connection.respond(Response(.ok), date: Visit.date, into: &output, at: now)
        guard case .refuse(.unknownMethod) = connection.written(at: now) else {
            Issue.record("what waited was not looked at")
            return
        }
    }

    @Test("a thousand pipelined requests are answered in order")
    func manyPipelined() {
        var visit = Visit()
        let text = (0..<1_000).map { "GET /health?\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        visit.send(text)
        #expect(visit.heads.compactMap(\.rawQuery) == (0..<1_000).map { "\($0)" })
        #expect(visit.answers.count == 1_000)
    }

    @Test("the 10,000th answer on a connection is its last")
    func requestsPerConnection() {
        var visit = Visit()
        for _ in 1..<Limit.requestsPerConnection { visit.send(Self.get) }
        #expect(!visit.isShutDown)
        visit.send(Self.get)
        #expect(visit.isShutDown)
        visit.send(Self.get)
        #expect(visit.answers.count == Limit.requestsPerConnection)
    }

    @Test("a process that stops closes idle connections and finishes the others")
    func stopping() {
        var visit = Visit()
        visit.send(Self.get)
        var idle = visit.connection
        let mayClose = idle.stopKeepingAlive()
        #expect(mayClose)
        visit.send("GET /health HT")
        let mayCloseInHead = visit.stop()
        #expect(!mayCloseInHead)
        visit.send("TP/1.1\r\nHost: a\r\n\r\n")
        #expect(visit.answers == [.served, .served])
        #expect(visit.isShutDown)
    }

    @Test("a process that stops still serves the first request of a peer that has just connected")
    func stoppingBeforeTheFirstByte() {
        var visit = Visit()
        let mayClose = visit.stop()
        #expect(!mayClose)
        visit.send(Self.get)
        #expect(visit.answers == [.served])
        #expect(visit.isShutDown)
    }

    @Test("an empty line between requests is skipped")
    func emptyLine() {
        var visit = Visit()
        visit.send(Self.get + "\r\n" + Self.get + "\r\n")
        #expect(visit.answers == [.served, .served])
        #expect(visit.connection.deadline?.kind == .idle)
    }
}
