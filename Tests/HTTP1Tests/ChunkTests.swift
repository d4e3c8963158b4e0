import BadRequests
import HTTP1
import Testing

/// Chunked bodies: what is kept, what is dropped, and where the limits are.
struct ChunkTests {
    private static let head =
        "POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"

    private func visit(_ body: String) -> Visit {
        var visit = Visit()
        visit.send(Self.head + body)
        return visit
    }

    @Test("chunks are joined; extensions and trailers are dropped; the next request follows")
    func joined() {
        let body =
            "5;a;b=c;d=\"e;\\\"\"\r\nhello\r\n"
            + "00000006\r\n world\r\n0;last\r\nX-Sum: 1\r\nY:\r\n\r\n"
        let next = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        let whole = Array((Self.head + body + next).utf8)
        for cut in 0...whole.count {
            var visit = Visit()
            visit.send(whole[..<cut])
            visit.send(whole[cut...])
            #expect(visit.bodies == [Array("hello world".utf8), []], "cut at \(cut)")
            #expect(visit.answers == [.served, .served], "cut at \(cut)")
        }
    }

    @Test("an empty chunked body is a body")
    func empty() { #expect(visit("0\r\n\r\n").bodies == [[]]) }

    @Test("extensions of a request have 256 bytes together and not one more")
    func extensions() {
        // Two of them, each `;` and a name.
        for (length, isGood) in [(256, true), (257, false)] {
            let first = ";" + String(repeating: "a", count: 127)
            let second = ";" + String(repeating: "a", count: length - 129)
            let visit = visit("1\(first)\r\nx\r\n0\(second)\r\n\r\n")
            #expect(visit.errors == (isGood ? [] : [.malformedChunk]))
        }
    }

    @Test("the trailer section has 4,096 bytes and not one more")
    func trailerBytes() {
        for (length, isGood) in [(4_096, true), (4_097, false)] {
            let value = String(repeating: "v", count: length - 6)
            let visit = visit("0\r\nN:\(value)\r\n\r\n")
            #expect(visit.errors == (isGood ? [] : [.malformedTrailer]))
        }
    }

    @Test("the trailer section has 16 fields and not one more")
    func trailerFields() {
        for (count, isGood) in [(16, true), (17, false)] {
            let visit = visit("0\r\n" + String(repeating: "N: v\r\n", count: count) + "\r\n")
            #expect(visit.errors == (isGood ? [] : [.malformedTrailer]))
        }
    }

    @Test("a chunk that would go over the body's limit is refused by its size line")
    func bodyLimit() {
        let limit = Visit.bodyLimit
        var visit = visit("1\r\nx\r\n")
        visit.send("\(String(limit - 1, radix: 16))\r\n")
        #expect(visit.errors.isEmpty)
        visit = self.visit("1\r\nx\r\n\(String(limit, radix: 16))\r")
        #expect(visit.errors == [.bodyTooLarge(limit: limit)])
    }
}
