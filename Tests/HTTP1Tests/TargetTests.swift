import BadRequests
import HTTP1
import Testing

/// How queries and paths are decoded.
struct TargetTests {
    @Test("a query gives names and values in order, duplicates included, + as a blank")
    func query() throws {
        let query = try Query("contact=+91987&contact=%2B91987&empty=&bare&a=b=c&&%C3%A9=%E2%82%AC")
        #expect(query.all("contact") == [" 91987", "+91987"])
        #expect(query.only("contact") == .several)
        #expect(query.only("empty") == .one(""))
        #expect(query.only("bare") == .one(""))
        #expect(query.only("a") == .one("b=c"))
        #expect(query.only("é") == .one("€"))
        #expect(query.only("none") == .none)
        #expect(query.items.count == 6)
        #expect(try Query("").items.isEmpty)
    }

    @Test("an escaped separator separates nothing")
    func escapedSeparators() throws {
        #expect(try Query("a%26b%3Dc=d%26e").only("a&b=c") == .one("d&e"))
    }

    static let undecodable: [(String, TargetError)] = [
        ("a=%", .malformedEscape), ("a=%4", .malformedEscape), ("a=%4&b", .malformedEscape),
        ("%zz", .malformedEscape), ("a=%+1", .malformedEscape), ("a=%00", .escapedControl),
        ("a=%0d%0a", .escapedControl), ("a=%7F", .escapedControl), ("a=%c0%af", .invalidUTF8),
        ("a=%ff", .invalidUTF8), ("a=%ed%a0%80", .invalidUTF8), ("a=%e2%82", .invalidUTF8),
        ("a=%f5%80%80%80", .invalidUTF8),
    ]

    @Test("a query that can't be decoded says why", arguments: undecodable)
    func undecodableQuery(raw: String, error: TargetError) {
        #expect(throws: error) { try Query(raw) }
    }

    @Test("a path that can't be decoded is refused before any route", arguments: undecodable)
    func undecodablePath(raw: String, error: TargetError) {
        var visit = Visit()
        let path = raw.replacing("&", with: "/")
        visit.send("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(visit.errors == [.malformedTarget(error)])
    }

    @Test("a query may hold what browsers leave bare in it, a path may not")
    func bareBytes() {
        for byte in "[]{}|^`\\" {
            var query = Visit()
            query.send("GET /health?\(byte) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(query.answers == [.served])
            var path = Visit()
            path.send("GET /\(byte) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(path.errors == [.malformedTarget(.forbiddenByte)])
        }
        for byte in "\"<>" {
            var query = Visit()
            query.send("GET /health?\(byte) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(query.errors == [.malformedTarget(.forbiddenByte)])
        }
    }
}
