import BadRequests
import HTTP1
import Testing

/// What an answer looks like on the wire.
struct ResponseTests {
    /// The bytes of this answer to this request line.
    private func wire(_ response: Response, to line: String = "GET / HTTP/1.1") -> String {
        let now = ContinuousClock.now
        var connection = ServerConnection(at: now)
        let request = Array("\(line)\r\nHost: a\r\n\r\n".utf8)
        _ = connection.read(minimum: request.count) { space in
            space.copyBytes(from: request)
            return request.count
        }
        _ = connection.received(at: now)
        var output: [UInt8] = []
        connection.respond(response, date: Visit.date, into: &output, at: now)
        return String(decoding: output, as: UTF8.self)
    }

    private let start = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    @Test("an answer has status, date, fields, length and content")
    func whole() {
        let response = Response(.ok, contentType: "text/plain", body: Array("hé".utf8))
        #expect(
            wire(response)
                == start + "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nhé")
    }

    @Test("HEAD gets the head of GET and no content, in errors too")
    func head() {
        let response = Response(.ok, body: Array("hello".utf8))
        #expect(
            wire(response, to: "HEAD / HTTP/1.1") == start + "Content-Length: 5\r\n\r\n")
        let refused = wire(Response(.badRequest, body: [0x78]), to: "HEAD / HTTP/1.1\r\nHost: b")
        #expect(refused.hasSuffix("Content-Length: 1\r\nConnection: close\r\n\r\n"))
    }

    @Test(
        "204 and 304 have neither length nor content", arguments: [Status.noContent, .notModified])
    func bodiless(status: Status) {
        let text = wire(Response(status, body: [0x78]))
        #expect(!text.contains("Content-Length") && text.hasSuffix("GMT\r\n\r\n"))
    }

    @Test("405 says what is allowed")
    func allow() {
        #expect(wire(.methodNotAllowed(allow: [.get, .head])).contains("\r\nAllow: GET, HEAD\r\n"))
    }

    @Test("HTTP/1.0, `close` asked and `close` wanted: said and done")
    func closing() {
        let end = "Connection: close\r\n\r\n"
        var response = Response(.ok)
        #expect(wire(response, to: "GET / HTTP/1.0").hasSuffix(end))
        #expect(wire(response, to: "GET / HTTP/1.1\r\nConnection: a,CLOSE ,b").hasSuffix(end))
        #expect(!wire(response).hasSuffix(end))
        response.closes = true
        #expect(wire(response).hasSuffix(end))
    }

    @Test("no value of a field ends its line")
    func splitting() {
        var response = Response(.ok)
        response.add("X-Name", "a\r\nSet-Cookie: b\u{0}c\td")
        #expect(wire(response).contains("\r\nX-Name: a  Set-Cookie: b c\td\r\n"))
    }

    @Test(
        "a date has the fixed format",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ])
    func date(seconds: Int, text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }
}
