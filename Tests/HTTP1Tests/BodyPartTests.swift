import BadRequests
import HTTP1
import Testing

/// Bodies that a route takes in parts, as it asks for them.
struct BodyPartTests {
    enum Framing: CaseIterable { case length, chunked }

    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A request with a body of so many bytes that tell their place.
    private static func post(_ count: Int, _ framing: Framing, _ more: String = "") -> [UInt8] {
        let body = bytes(count)
        let head = "POST /upload HTTP/1.1\r\nHost: a\r\n\(more)"
        switch framing {
        case .length: return Array("\(head)Content-Length: \(count)\r\n\r\n".utf8) + body
        case .chunked:
            var request = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
            // Chunks of 5 never end where parts of 7 do, but at 35.
            for start in stride(from: 0, to: count, by: 5) {
                let chunk = body[start..<min(count, start + 5)]
                request += Array("\(chunk.count)\r\n".utf8) + chunk + Array("\r\n".utf8)
            }
            return request + Array("0\r\nX-Sum: 1\r\n\r\n".utf8)
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: 0x30 + $0) }
    }

    @Test(
        "every part but the last is full, wherever the bytes are cut, and the next request follows",
        arguments: Framing.allCases)
    func cuts(framing: Framing) {
        for count in [0, 1, 6, 7, 8, 21, 23, 35] {
            let whole = Self.post(count, framing) + Array(Self.get.utf8)
            let wanted = stride(from: 0, to: count, by: 7).map {
                Array(Self.bytes(count)[$0..<min(count, $0 + 7)])
            }
            for cut in 0...whole.count {
                var visit = Visit()
                visit.send(whole[..<cut])
                visit.send(whole[cut...])
                #expect(visit.parts == wanted, "\(count) cut at \(cut)")
                #expect(visit.answers == [.served, .served], "\(count) cut at \(cut)")
            }
            for size in 1...9 {
                var visit = Visit()
                visit.send(whole[...], size: size)
                #expect(visit.parts == wanted && visit.answers.count == 2, "\(count) by \(size)")
            }
        }
    }

    @Test("nothing is read while a part is being taken care of", arguments: Framing.allCases)
    func backpressure(framing: Framing) {
        var visit = Visit()
        visit.asksAtOnce = false
        let whole = Self.post(23, framing)
        visit.send(whole[...], size: 1)
        #expect(!visit.connection.wantsBytes && visit.parts.isEmpty)
        // The body, given as far as it is read after each question.
        var rest = whole.dropFirst(headCount(whole))
        for count in 1...4 {
            visit.ask()
            while let byte = rest.first, visit.connection.wantsBytes, visit.parts.count < count {
                visit.send([byte])
                rest = rest.dropFirst()
            }
            #expect(visit.parts.count == count)
            if count < 4 { #expect(!visit.connection.wantsBytes) }
        }
        #expect(visit.parts.map(\.count) == [7, 7, 7, 2])
        visit.ask()
        #expect(visit.answers == [.served])
    }

    private func headCount(_ request: [UInt8]) -> Int {
        request.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0
    }

    @Test("100 Continue goes out with the first part that is asked for, and not before")
    func expectContinue() {
        var visit = Visit()
        visit.asksAtOnce = false
        let request = Self.post(9, .length, "Expect: 100-continue\r\n")
        visit.send(request.prefix(headCount(request)))
        #expect(visit.continues == 0)
        visit.ask()
        #expect(visit.continues == 1)
        visit.send(request.suffix(9).prefix(7))
        visit.ask()
        visit.send(request.suffix(2))
        #expect(visit.continues == 1 && visit.parts.map(\.count) == [7, 2])
        // Some of it is here.
        visit = Visit()
        visit.send(request.prefix(headCount(request) + 1))
        visit.send(request.dropFirst(headCount(request) + 1))
        #expect(visit.continues == 0 && visit.answers == [.served])
    }

    @Test("an answer before the body's end leaves it unread and closes", arguments: [0, 1, 3])
    func early(taken: Int) {
        for framing in Framing.allCases {
            var visit = Visit()
            visit.partsTaken = taken
            visit.send(Self.post(23, framing, "Expect: 100-continue\r\n")[...])
            #expect(visit.parts.count == taken && visit.answers == [.served])
            #expect(visit.continues == 0)
            #expect(visit.isShutDown && visit.outputText.contains("Connection: close\r\n"))
            visit.send(Self.get)
            #expect(visit.answers.count == 1)
        }
    }

    @Test("an answer right after the last byte of known length keeps the connection")
    func onTime() {
        var visit = Visit()
        visit.partsTaken = 3
        visit.send(Self.post(21, .length)[...])
        visit.send(Self.get)
        #expect(visit.answers == [.served, .served])
        #expect(!visit.outputText.contains("Connection: close"))
    }

    @Test("a body has as many bytes as the route takes and not one more")
    func limits() {
        let limit = Visit.bodyLimit
        for (count, isGood) in [(limit, true), (limit + 1, false)] {
            let errors: [RequestError] = isGood ? [] : [.bodyTooLarge(limit: limit)]
            var visit = Visit()
            visit.partLimit = 1 << 20
            visit.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
            #expect(visit.errors == errors)
            visit.send([UInt8](repeating: 1, count: isGood ? count : 0)[...], size: 65_536)
            #expect(visit.parts.count == (isGood ? 4 : 0))

            visit = Visit()
            visit.partLimit = 1 << 20
            visit.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            visit.send("\(String(limit - 2, radix: 16))\r\n")
            visit.send([UInt8](repeating: 1, count: limit - 2)[...], size: 65_536)
            #expect(visit.parts.count == 3 && visit.errors.isEmpty)
            visit.send("\r\n\(count - limit + 2)\r")
            #expect(visit.errors == errors)
        }
    }

    @Test("what is wrong with the framing comes after the same parts, wherever it is cut")
    func malformed() {
        let text =
            "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "7\r\n0123456\r\n8\r\n789abcde\r\n8\r\nfghijklmX\n"
        let whole = Array(text.utf8)
        for cut in 0...whole.count {
            var visit = Visit()
            visit.send(whole[..<cut])
            visit.send(whole[cut...])
            #expect(visit.parts.map(\.count) == [7, 7, 7], "cut at \(cut)")
            #expect(visit.errors == [.malformedChunk] && visit.answers == [.refused(400)])
            #expect(visit.isShutDown)
        }
    }

    @Test("a body in parts has 10 s for each 5,000 bytes and no other limit; then 408")
    func deadlines() {
        for (count, isRenewed) in [(0, false), (4_999, false), (5_000, true)] {
            var visit = Visit()
            visit.partLimit = 1 << 20
            visit.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
            let start = visit.now
            visit.now += .seconds(9)
            visit.send([UInt8](repeating: 0, count: count)[...])
            #expect(visit.connection.deadline?.kind == .body)
            #expect(visit.connection.deadline?.at == start + .seconds(isRenewed ? 19 : 10))
        }
        var visit = Visit()
        visit.partLimit = 1 << 20
        visit.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        for _ in 0..<60 {
            visit.now += .seconds(9)
            visit.send([UInt8](repeating: 0, count: 5_000)[...])
            guard case .notYet = visit.expire() else {
                Issue.record("expired while it moved")
                return
            }
        }
        visit.now += .seconds(10)
        _ = visit.expire()
        #expect(visit.errors == [.bodyTooSlow] && visit.answers == [.refused(408)])
        #expect(visit.isShutDown)
    }

    @Test("the time in which a part is being taken care of is not the peer's")
    func pause() {
        var visit = Visit()
        visit.asksAtOnce = false
        visit.send(Self.post(23, .length)[...], size: 200)
        visit.ask()
        #expect(visit.parts.count == 1 && visit.connection.deadline == nil)
        visit.now += .seconds(1_000)
        visit.ask()
        #expect(visit.parts.count == 2 && visit.errors.isEmpty)
    }

    @Test("a peer that goes before the end is not answered")
    func gone() {
        for framing in Framing.allCases {
            let request = Self.post(23, framing)
            for count in headCount(request)..<(request.count - 1) {
                var visit = Visit()
                visit.send(request.prefix(count))
                visit.end()
                #expect(visit.isClosed && visit.answers.isEmpty, "after \(count)")
            }
        }
        var visit = Visit()
        visit.asksAtOnce = false
        let request = Self.post(23, .length)
        visit.send(request.prefix(headCount(request) + 9))
        visit.end()
        visit.ask()
        #expect(visit.parts.map(\.count) == [7] && !visit.isClosed)
        visit.ask()
        #expect(visit.isClosed && visit.answers.isEmpty)
    }
}
