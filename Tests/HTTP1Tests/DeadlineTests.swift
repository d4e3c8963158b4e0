import BadRequests
import HTTP1
import Testing

/// What each phase waits for, and what happens when that runs out.
struct DeadlineTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post = "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"

    /// Lets the deadline pass by nothing but its last millisecond, then by that too.
    private func expire(
        _ visit: inout Visit, _ kind: Deadline, after time: Duration
    ) -> ServerConnection.ExpiredAction {
        let start = visit.now
        #expect(visit.connection.deadline?.kind == kind)
        #expect(visit.connection.deadline?.at == start + time)
        visit.now = start + time - .milliseconds(1)
        guard case .notYet(until: start + time) = visit.expire() else {
            Issue.record("expired early")
            return .close
        }
        visit.now = start + time
        return visit.expire()
    }

    @Test("a connection without a first byte is closed after 10 s, without a word")
    func firstByte() {
        var visit = Visit()
        _ = expire(&visit, .firstByte, after: .seconds(10))
        #expect(visit.isClosed && visit.answers.isEmpty)
    }

    @Test("a head has 10 s from its first byte, however its bytes trickle; then 408")
    func head() {
        var visit = Visit()
        visit.now += .seconds(5)
        let start = visit.now
        visit.send("G")
        for byte in "ET /health HT" {
            visit.now += .milliseconds(700)
            visit.send(String(byte))
        }
        #expect(visit.connection.deadline?.at == start + .seconds(10))
        visit.now = start + .seconds(10)
        _ = visit.expire()
        #expect(visit.errors == [.headTooSlow] && visit.answers == [.refused(408)])
        #expect(visit.isShutDown)
    }

    @Test("a body has 10 s, then 500 bytes for each second, 60 s at most; then 408")
    func body() {
        for (received, time) in [(0, 10), (4_999, 10), (5_500, 11), (30_000, 60), (99_999, 60)] {
            var visit = Visit()
            visit.send(Self.post)
            visit.send([UInt8](repeating: 0, count: received)[...])
            _ = expire(&visit, .body, after: .seconds(time))
            #expect(visit.errors == [.bodyTooSlow], "\(received)")
        }
    }

    @Test("an idle connection is closed after 60 s, without a word")
    func idle() {
        var visit = Visit()
        visit.send(Self.get)
        _ = expire(&visit, .idle, after: .seconds(60))
        #expect(visit.isClosed && visit.answers == [.served])
    }

    @Test("after an error answer the peer has 2 s to go")
    func linger() {
        var visit = Visit()
        visit.send("nonsense\r\n")
        _ = expire(&visit, .linger, after: .seconds(2))
        #expect(visit.isClosed)
    }

    @Test("an answer may rest 10 s and take 30 s; then the connection is reset")
    func write() {
        let start = ContinuousClock.now
        var connection = ServerConnection(at: start)
        let bytes = Array(Self.get.utf8)
        _ = connection.read(minimum: bytes.count) { space in
            space.copyBytes(from: bytes)
            return bytes.count
        }
        _ = connection.received(at: start)
        #expect(connection.deadline == nil, "the caller's time is the caller's")
        var output: [UInt8] = []
        connection.respond(Response(.ok), date: Visit.date, into: &output, at: start)
        #expect(connection.deadline?.at == start + .seconds(10))
        connection.writeProgressed(at: start + .seconds(9))
        #expect(connection.deadline?.at == start + .seconds(19))
        connection.writeProgressed(at: start + .seconds(25))
        #expect(connection.deadline?.at == start + .seconds(30))
        guard case .notYet = connection.expired(at: start + .milliseconds(29_999)) else {
            Issue.record("expired early")
            return
        }
        guard case .reset = connection.expired(at: start + .seconds(30)) else {
            Issue.record("not reset")
            return
        }
    }
}
