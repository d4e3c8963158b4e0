import BadRequests
import HTTP1
import Testing

/// What a good head looks like to a route, and where the limits are.
struct HeadTests {
    private func head(_ text: String) throws -> RequestHead {
        var visit = Visit()
        visit.send(text)
        return try #require(visit.heads.first, "\(visit.errors)")
    }

    private func status(_ text: String) -> Int {
        var visit = Visit()
        visit.send(text)
        return visit.errors.first?.status.code ?? 200
    }

    @Test("a head gives method, target, path, query, version, host and fields as sent")
    func parts() throws {
        let head = try head(
            "\r\nGET /a%2Fb/c+d/?x=%2B1&y HTTP/1.1\r\nHOST: Example.org:8080\r\n"
                + "X-One: \t v, w \t\r\nx-one:\r\n\r\n")
        #expect(head.method == .get)
        #expect(head.version == .http11)
        #expect(head.form == .origin)
        #expect(head.target == "/a%2Fb/c+d/?x=%2B1&y")
        #expect(head.path == "/a%2Fb/c+d/")
        #expect(head.segments == ["a/b", "c+d", ""])
        #expect(head.rawQuery == "x=%2B1&y")
        #expect(head.host == "Example.org:8080")
        #expect(head.framing == .none)
        #expect(head.fields.all("x-one") == ["v, w", ""])
        #expect(head.fields.only("X-ONE") == .several)
        #expect(head.fields.only("host") == .one("Example.org:8080"))
        #expect(head.fields.only("x-on") == .none)
        #expect(head.fields.pairs.map(\.name) == ["HOST", "X-One", "x-one"])
    }

    @Test("an absolute target names its host and its path")
    func absoluteForm() throws {
        let head = try head("GET HTTP://A:80/health?q HTTP/1.1\r\nHost: a:80\r\n\r\n")
        #expect(head.form == .absolute)
        #expect(head.path == "/health")
        #expect(head.segments == ["health"])
        #expect(head.rawQuery == "q")
        let bare = try self.head("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(bare.path.isEmpty && bare.segments.isEmpty && bare.rawQuery == "q")
        #expect(try self.head("GET https://b/ HTTP/1.0\r\n\r\n").host == "b")
        #expect(status("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400)
        #expect(status("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n") == 400)
    }

    @Test(
        "these hosts are hosts",
        arguments: ["a", "a:0", "a.b-c_d:65535", "127.0.0.1:8080", "[::1]", "[::ffff:1.2.3.4]:80"])
    func hosts(host: String) throws {
        #expect(try head("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").host == host)
    }

    @Test(
        "these hosts are none",
        arguments: [
            "a b", "a:", "a:65536", "a:000080", ":80", "[::1", "[]", "[:]", "[::1]x", "::1", "a%41",
            "[::1]:",
        ])
    func noHosts(host: String) {
        #expect(status("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == 400)
    }

    @Test("a request line has 8,192 bytes and not one more")
    func requestLine() {
        for (length, answer) in [(8_192, 200), (8_193, 414)] {
            let target = "/health?" + String(repeating: "a", count: length - 21)
            let line = "GET \(target) HTTP/1.1"
            #expect(line.utf8.count == length)
            #expect(status("\(line)\r\nHost: a\r\n\r\n") == answer)
        }
    }

    @Test("a field line has 8,192 bytes and not one more")
    func fieldLine() {
        for (length, answer) in [(8_192, 200), (8_193, 431)] {
            let value = String(repeating: "a", count: length - 3)
            #expect(status("GET /health HTTP/1.1\r\nHost: a\r\nN: \(value)\r\n\r\n") == answer)
            let name = String(repeating: "a", count: length - 1)
            #expect(status("GET /health HTTP/1.1\r\nHost: a\r\n\(name):\r\n\r\n") == answer)
        }
    }

    @Test("a head has 16,384 bytes and not one more")
    func head() {
        let filler = "A: " + String(repeating: "a", count: 6_000) + "\r\n"
        let start = "GET /health HTTP/1.1\r\nHost: a\r\n" + filler + filler + "B: "
        for (length, answer) in [(16_384, 200), (16_385, 431)] {
            let rest = length - start.utf8.count - 4
            let text = start + String(repeating: "b", count: rest) + "\r\n\r\n"
            #expect(text.utf8.count == length)
            #expect(status(text) == answer)
        }
    }

    @Test("a head has 64 fields and not one more")
    func fieldCount() {
        for (count, answer) in [(64, 200), (65, 431)] {
            let more = String(repeating: "N: v\r\n", count: count - 1)
            #expect(status("GET /health HTTP/1.1\r\nHost: a\r\n\(more)\r\n") == answer)
        }
    }

    @Test("a method has 16 bytes and not one more; the known ones are told apart by case")
    func methods() {
        #expect(status("ABCDEFGHIJKLMNOP / HTTP/1.1\r\nHost: a\r\n\r\n") == 501)
        var visit = Visit()
        visit.send("ABCDEFGHIJKLMNOPQ")
        #expect(visit.errors == [.unknownMethod])
        for method in Method.allCases where method != .connect {
            #expect(status("\(method.rawValue) / HTTP/1.1\r\nHost: a\r\n\r\n") == 200)
            let capitalised = method.rawValue.capitalised
            #expect(status("\(capitalised) / HTTP/1.1\r\nHost: a\r\n\r\n") == 501)
        }
    }

    @Test("a minor version above 1 is served as 1.1, another major version is refused")
    func versions() throws {
        #expect(try head("GET / HTTP/1.9\r\nHost: a\r\n\r\n").version == .http11)
        #expect(try head("GET / HTTP/1.0\r\n\r\n").version == .http10)
        #expect(status("GET / HTTP/0.9\r\nHost: a\r\n\r\n") == 505)
        #expect(status("GET / HTTP/3.0\r\nHost: a\r\n\r\n") == 505)
    }
}

extension String {
    fileprivate var capitalised: String { prefix(1) + dropFirst().lowercased() }
}
