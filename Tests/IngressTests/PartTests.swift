import HTTP1
import Reactor
import TestSupport
import Testing

@testable import Ingress

/// Bodies and answers in parts, over real sockets.
@Suite("bodies and answers in parts")
struct PartTests {
    private typealias Caller = TestSupport.HTTPConnection

    private static func upload(_ body: [UInt8], chunked: Bool) -> [UInt8] {
        let head = "POST /upload HTTP/1.1\r\nHost: a\r\n"
        guard chunked else {
            return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
        }
        var request = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
        for start in stride(from: 0, to: body.count, by: 70_000) {
            let chunk = body[start..<min(body.count, start + 70_000)]
            request += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk
            request += Array("\r\n".utf8)
        }
        return request + Array("0\r\n\r\n".utf8)
    }

    @Test("a body comes in parts of 1 MiB, and the connection goes on", arguments: [false, true])
    func upload(chunked: Bool) async throws {
        try await withServer { handler, _, port, _ in
            let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let sum = body.reduce(0) { $0 + Int($1) }
            let answers = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Self.upload(body, chunked: chunked))
                return [try caller.receive(), try caller.ask("GET", "/other")]
            }
            #expect(answers.map(\.status) == [200, 200] && answers[0].text == "\(sum)")
            #expect(handler.taken == [1 << 20, 1 << 20, 1 << 20, 1 << 20, 5_000_000 - 4 << 20])
        }
    }

    @Test("100 Continue comes before the body, and none before an answer that needs no body")
    func expectContinue() async throws {
        try await withServer { handler, _, port, _ in
            let head = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
            let first = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Array("\(head)Expect: 100-continue\r\n\r\n".utf8))
                guard caller.hasAnswer(within: .seconds(10)) else { throw HTTPFailure.timedOut }
                try caller.send(Array("ab".utf8))
                caller.endSending()
                return String(decoding: try caller.receiveToEnd(), as: UTF8.self)
            }
            #expect(first.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            handler.partsTaken = 0
            let early = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Array("\(head)Expect: 100-continue\r\n\r\n".utf8))
                return String(decoding: try caller.receiveToEnd(), as: UTF8.self)
            }
            #expect(early.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(early.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test("more than the route takes is 413 by its announcement, and in the middle of chunks")
    func tooLarge() async throws {
        try await withServer { handler, _, port, _ in
            let limit = ScriptedHandler.bodyLimit
            let announced = try await blocking {
                try Caller(port: port).ask("POST", "/upload", ["Content-Length: \(limit + 1)"])
            }
            #expect(announced.status == 413 && announced["Connection"] == "close")
            #expect(handler.taken.isEmpty)
            let chunked = try await blocking {
                let caller = try Caller(port: port)
                // The size line of the last chunk is what goes too far; its bytes are never sent.
                let whole = Self.upload([UInt8](repeating: 1, count: limit), chunked: true)
                try caller.send(whole.dropLast(5) + Array("1\r\n".utf8))
                return try caller.receive()
            }
            #expect(chunked.status == 413 && handler.taken.count == 8)
            #expect(handler.uploadError as? RequestError == .bodyTooLarge(limit: limit))
        }
    }

    @Test("a peer that goes in the middle of its body ends the route's wait for the next part")
    func peerGone() async throws {
        try await withServer { handler, _, port, _ in
            try await blocking {
                let caller = try Caller(port: port)
                try caller.send(
                    Self.upload([UInt8](repeating: 1, count: 3_000_000), chunked: false)
                        .dropLast())
            }
            try await eventually("the route is told") { handler.uploadError != nil }
            #expect(handler.uploadError is CancellationError && handler.taken.count == 2)
        }
    }

    @Test("parts arrive whole and in order, and the connection goes on", arguments: [true, false])
    func download(isKnown: Bool) async throws {
        try await withServer { handler, _, port, _ in
            handler.download = (
                isKnown ? 40 * 100_000 : nil, CountedParts(40, of: 100_000)
            )
            let bytes = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Caller.request("GET", "/download"))
                try caller.send(Caller.request("GET", "/other", ["Connection: close"]))
                return try caller.receiveToEnd()
            }
            let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8))).upperBound
            var rest = bytes[end...]
            for part in 1...40 {
                if !isKnown { rest = rest.dropFirst("186a0\r\n".utf8.count) }
                #expect(rest.prefix(100_000).allSatisfy { $0 == UInt8(part) }, "part \(part)")
                rest = rest.dropFirst(isKnown ? 100_000 : 100_002)
            }
            if !isKnown {
                #expect(rest.starts(with: Array("0\r\n\r\n".utf8)))
                rest = rest.dropFirst(5)
            }
            #expect(HTTPAnswer.all(in: Array(rest)).map(\.status) == [200])
        }
    }

    @Test("a source that fails resets the connection", arguments: [true, false])
    func sourceFails(isKnown: Bool) async throws {
        try await withServer { handler, _, port, _ in
            handler.download = (isKnown ? 3_000 : nil, CountedParts(2, of: 1_000, end: .fails))
            await #expect(throws: HTTPFailure.reset) {
                try await blocking {
                    let caller = try Caller(port: port)
                    try caller.send(Caller.request("GET", "/download"))
                    _ = try caller.receiveToEnd()
                }
            }
        }
    }

    @Test("a peer that does not read is given little, and reset after 10 s")
    func unread() async throws {
        try await withServer { handler, _, port, _ in
            let source = CountedParts(1_000, of: 1 << 20)
            handler.download = (1_000 << 20, source)
            let caller = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Caller.request("GET", "/download"))
                return caller
            }
            let start = ContinuousClock.now
            try await eventually("it is reset", within: .seconds(30)) { caller.isReset }
            #expect(ContinuousClock.now - start > .seconds(9))
            // What the sockets of both sides hold by themselves.
            #expect(source.given <= 16)
        }
    }

    @Test("a server that stops ends an answer without an end, and waits for one that has one")
    func stopping() async throws {
        try await withServer { handler, server, port, loop in
            handler.download = (nil, CountedParts(1, of: 3, end: .neverComes(Bell(on: loop))))
            let endless = try await blocking {
                let caller = try Caller(port: port)
                try caller.send(Caller.request("GET", "/download"))
                guard caller.hasAnswer(within: .seconds(10)) else { throw HTTPFailure.timedOut }
                return caller
            }
            async let drained: Void = server.drain()
            let bytes = try await blocking { try endless.receiveToEnd() }
            await drained
            let end = Array("3\r\n\u{1}\u{1}\u{1}\r\n0\r\n\r\n".utf8)
            #expect(bytes.suffix(end.count) == end[...])
        }
    }
}
