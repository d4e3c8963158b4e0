import BadRequests
import HTTP1
import Testing

/// Answers that come in parts: how they are framed, what ends them, and what breaks them.
struct AnswerPartTests {
    private static let get = "GET /download HTTP/1.1\r\nHost: a\r\n\r\n"
    private let start =
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"

    private func visit(
        _ length: Int?, _ parts: [String], _ request: String = get
    ) -> Visit {
        var visit = Visit()
        visit.download = (length, parts.map { Array($0.utf8) })
        visit.send(request)
        return visit
    }

    @Test("parts of known length follow each other, and the next request follows them")
    func known() {
        let one = "\(start)Content-Length: 10\r\n\r\nhello worl"
        #expect(visit(10, ["hello", "", " worl"]).outputText == one)
        let both = visit(10, ["hello", " worl"], Self.get + Self.get)
        #expect(both.outputText == one + one)
        #expect(both.connection.deadline?.kind == .idle)
    }

    @Test("parts of unknown length are chunks; one without a byte does not end them")
    func chunked() {
        let visit = visit(nil, ["hello", "", "sixteen letters."], Self.get + Self.get)
        let one =
            "\(start)Transfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n10\r\nsixteen letters.\r\n0\r\n\r\n"
        #expect(visit.outputText == one + one)
        #expect(visit.answers == [.served, .served])
    }

    @Test("to HTTP/1.0 parts of unknown length end with the connection")
    func untilClose() {
        let visit = visit(nil, ["hello", "", "world"], "GET /download HTTP/1.0\r\n\r\n")
        #expect(visit.outputText == "\(start)Connection: close\r\n\r\nhelloworld")
        #expect(visit.isShutDown)
    }

    @Test("HEAD gets the head of GET, and no part is asked for")
    func head() {
        let head = "HEAD /download HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(visit(10, ["x"], head).outputText == "\(start)Content-Length: 10\r\n\r\n")
        let chunked = visit(nil, ["x"], head)
        #expect(chunked.outputText == "\(start)Transfer-Encoding: chunked\r\n\r\n")
        #expect(chunked.connection.deadline?.kind == .idle)
    }

    @Test("a length of 0 asks for no part")
    func empty() {
        let visit = visit(0, ["x"])
        #expect(visit.outputText == "\(start)Content-Length: 0\r\n\r\n" && !visit.isClosed)
    }

    @Test("a byte more or less than announced resets the connection")
    func wrongLength() {
        let more = visit(10, ["hello", " world"])
        #expect(more.isReset && more.outputText.hasSuffix("\r\n\r\nhello"))
        #expect(visit(10, ["hello", " wor"]).isReset)
        #expect(visit(10, []).isReset)
        #expect(!visit(10, ["hello", " worl"]).isReset)
    }

    @Test("each part is asked for when the one before has gone out")
    func paced() {
        var visit = Visit()
        visit.drainsByItself = false
        visit.download = (nil, [Array("hello".utf8), Array("world".utf8)])
        visit.send(Self.get)
        #expect(visit.outputText.hasSuffix("\r\n\r\n") && visit.connection.isWriting)
        for end in ["hello\r\n", "world\r\n", "0\r\n\r\n"] {
            visit.drain()
            #expect(visit.outputText.hasSuffix(end))
        }
        visit.drain()
        #expect(visit.connection.deadline?.kind == .idle)
    }

    /// A connection that has been asked for a download, before a part of it went out.
    private func asked(length: Int?, at now: ContinuousClock.Instant) -> ServerConnection {
        var connection = ServerConnection(at: now)
        let bytes = Array(Self.get.utf8)
        _ = connection.read(minimum: bytes.count) { space in
            space.copyBytes(from: bytes)
            return bytes.count
        }
        _ = connection.received(at: now)
        var output: [UInt8] = []
        connection.respond(
            Response(.ok, .parts(length: length)), date: Visit.date, into: &output, at: now)
        return connection
    }

    @Test("parts may rest 10 s each time and take for ever; then the connection is reset")
    func deadlines() {
        let start = ContinuousClock.now
        for (length, isLast) in [(2_000, false), (1_000, true), (nil, false)] {
            var connection = asked(length: length, at: start)
            #expect(connection.deadline?.at == start + .seconds(10))
            connection.writeProgressed(at: start + .seconds(9))
            guard case .sendPart = connection.written(at: start + .seconds(10)) else {
                Issue.record("no part is asked for")
                return
            }
            #expect(connection.deadline == nil, "the caller's time is the caller's")
            var output: [UInt8] = []
            let part = [UInt8](repeating: 0, count: 1_000)
            _ = connection.send(part, into: &output, at: start + .seconds(1_000))
            connection.writeProgressed(at: start + .seconds(1_009))
            connection.writeProgressed(at: start + .seconds(1_018))
            connection.writeProgressed(at: start + .seconds(1_027))
            connection.writeProgressed(at: start + .seconds(1_036))
            #expect(connection.deadline?.kind == .write)
            #expect(connection.deadline?.at == start + .seconds(1_046), "last: \(isLast)")
            guard case .reset = connection.expired(at: start + .seconds(1_046)) else {
                Issue.record("not reset")
                return
            }
        }
    }

    @Test("a half-closed peer gets the rest of known length; one that followed a stream has gone")
    func halfClosed() {
        let now = ContinuousClock.now
        for (length, isKept) in [(10, true), (nil, false)] {
            var connection = asked(length: length, at: now)
            _ = connection.written(at: now)
            #expect(connection.wantsBytes)
            switch connection.ended(at: now) {
            case .finishAnswer: #expect(isKept)
            case .close: #expect(!isKept)
            }
        }
    }
}
