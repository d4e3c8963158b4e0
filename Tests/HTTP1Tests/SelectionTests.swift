import HTTP1
import Testing

/// Ranges and conditions: which bytes of something a request gets (RFC 9110 §13, §14).
struct SelectionTests {
    private static let tag = EntityTag("abc")

    private func select(
        _ fields: String..., size: Int = 100, method: String = "GET"
    ) throws -> Selection {
        var connection = ServerConnection(at: .now)
        let lines = (["\(method) / HTTP/1.1", "Host: a"] + fields).map { $0 + "\r\n" }
        let bytes = Array((lines.joined() + "\r\n").utf8)
        _ = connection.read(minimum: bytes.count) { space in
            space.copyBytes(from: bytes)
            return bytes.count
        }
        guard case .decide(let head) = connection.received(at: .now) else {
            throw RequestError.malformedField
        }
        return Selection(head, size: size, tag: Self.tag)
    }

    @Test(
        "one range of bytes is that range, as far as there are bytes",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=0-100", 0..<100),
            ("bytes=99-", 99..<100), ("bytes=0-", 0..<100), ("bytes=99-99", 99..<100),
            ("bytes=-1", 99..<100), ("bytes=-100", 0..<100), ("bytes=-101", 0..<100),
            ("BYTES=5-6", 5..<7), ("bytes=,5-6 ,", 5..<7), ("bytes= 5-6", 5..<7),
            ("bytes=007-8", 7..<9), ("bytes=5-99999999999999999999999", 5..<100),
            ("bytes=-99999999999999999999999", 0..<100),
            ("bytes=5-9223372036854775807", 5..<100),
        ])
    func satisfiable(value: String, range: Range<Int>) throws {
        #expect(try select("Range: \(value)") == .range(range))
    }

    @Test(
        "a range that begins after the end, or has no bytes, can't be satisfied",
        arguments: ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"])
    func unsatisfiable(value: String) throws {
        #expect(try select("Range: \(value)") == .unsatisfiable)
    }

    @Test(
        "several ranges, other units and what is no range get the whole",
        arguments: [
            "bytes=0-1,3-4", "bytes=0-1, 200-", "bytes", "bytes=", "bytes=-", "bytes=5", "=0-1",
            "bytes=5-4", "bytes=a-b", "bytes=1-2-3", "bytes=+1-2", "bytes=1 -2", "bytes=--1",
            "bytes=0x1-2", "lines=0-1", "bytes 0-1/100", "bytes==0-1", "bytes=1-٢",
        ])
    func ignored(value: String) throws {
        #expect(try select("Range: \(value)") == .whole)
    }

    @Test("nothing has no range but its last bytes, which are the whole")
    func empty() throws {
        #expect(try select("Range: bytes=0-", size: 0) == .unsatisfiable)
        #expect(try select("Range: bytes=-5", size: 0) == .whole)
        #expect(try select(size: 0) == .whole)
    }

    @Test("a range sent twice, or with HEAD, is ignored")
    func notApplicable() throws {
        #expect(try select("Range: bytes=0-1", "Range: bytes=0-1") == .whole)
        #expect(try select("Range: bytes=0-1", method: "HEAD") == .whole)
        #expect(try select("Range: bytes=100-", method: "HEAD") == .whole)
    }

    @Test("If-Range gives the range for the same tag, and else the whole")
    func ifRange() throws {
        let range = "Range: bytes=0-1"
        #expect(try select(range, "If-Range: \"abc\"") == .range(0..<2))
        for other in ["\"abd\"", "W/\"abc\"", "abc", "Sun, 06 Nov 1994 08:49:37 GMT", "*", ""] {
            #expect(try select(range, "If-Range: \(other)") == .whole, "\(other)")
        }
        #expect(try select(range, "If-Range: \"abc\"", "If-Range: \"abc\"") == .whole)
        #expect(try select("If-Range: \"abd\"") == .whole)
        #expect(try select("Range: bytes=100-", "If-Range: \"abd\"") == .whole)
    }

    @Test(
        "If-None-Match that names the tag is 304, weak or not, before any range",
        arguments: [
            "\"abc\"", "W/\"abc\"", "*", "\"x\", \"abc\"", "\"x\",\"abc\"", "W/\"x\" , W/\"abc\"",
            ", ,\"abc\"", "\"a,b\", \"abc\"", "\"\", \"abc\"",
        ])
    func ifNoneMatch(value: String) throws {
        #expect(try select("If-None-Match: \(value)") == .notModified)
        #expect(try select("If-None-Match: \(value)", method: "HEAD") == .notModified)
        #expect(try select("If-None-Match: \(value)", "Range: bytes=0-1") == .notModified)
        #expect(try select("If-None-Match: \"y\"", "If-None-Match: \(value)") == .notModified)
    }

    @Test(
        "If-None-Match that does not name the tag changes nothing",
        arguments: [
            "\"abd\"", "abc", "\"abc", "\"ab\"", "\"abcd\"", "w/\"abc\"", "\"x,\"abc\",\"",
            "\"x\"\"abc\"", "\"x\" x \"abc\"", "", "**", "\"ABC\"",
        ])
    func otherTag(value: String) throws {
        #expect(try select("If-None-Match: \(value)") == .whole)
        #expect(try select("If-None-Match: \(value)", "Range: bytes=0-1") == .range(0..<2))
    }

    @Test("If-Match that does not name the tag, strongly, is 412 before anything else")
    func ifMatch() throws {
        #expect(try select("If-Match: \"abc\"") == .whole)
        #expect(try select("If-Match: *") == .whole)
        #expect(try select("If-Match: \"x\", \"abc\"", "Range: bytes=0-1") == .range(0..<2))
        for other in ["\"abd\"", "W/\"abc\"", "abc", ""] {
            #expect(try select("If-Match: \(other)") == .preconditionFailed, "\(other)")
            #expect(
                try select("If-Match: \(other)", "If-None-Match: \"abc\"") == .preconditionFailed)
        }
    }

    @Test("Content-Range says what is sent of how much")
    func contentRange() {
        #expect(Selection.range(0..<1).contentRange(size: 100) == "bytes 0-0/100")
        #expect(Selection.range(99..<100).contentRange(size: 100) == "bytes 99-99/100")
        #expect(Selection.unsatisfiable.contentRange(size: 100) == "bytes */100")
        #expect(Selection.whole.contentRange(size: 100) == nil)
        #expect(Self.tag.text == "\"abc\"")
    }
}
