import Testing

@testable import Curl

@Suite("The head of an answer")
struct ResponseHeadTests {
    private static func read(_ lines: [String]) -> ResponseHead {
        var head = ResponseHead()
        for line in lines {
            let fits = head.add(line.utf8)
            #expect(fits)
        }
        return head
    }

    @Test("is its fields, names in lower case, values without the blanks around them")
    func fields() {
        let head = Self.read([
            "HTTP/1.1 200 OK\r\n", "Content-Type: text/html; a=b:c\r\n", "X:\t1 \r\n", "x: 2\r\n",
            "Y:\r\n", "no field\r\n", "\r\n",
        ])
        #expect(head.isComplete)
        #expect(
            head.fields == [
                Transfer.Field("content-type", "text/html; a=b:c"), Transfer.Field("x", "1"),
                Transfer.Field("x", "2"), Transfer.Field("y", ""),
            ])
    }

    @Test("is not complete before its empty line")
    func incomplete() {
        #expect(!Self.read([]).isComplete)
        #expect(!Self.read(["HTTP/1.1 200 OK\r\n", "A: b\r\n"]).isComplete)
    }

    @Test("begins anew after an interim one", arguments: ["100 Continue", "103 Early Hints"])
    func interim(status: String) {
        let lines = ["HTTP/1.1 \(status)\r\n", "A: 1\r\n", "\r\n"]
        #expect(!Self.read(lines).isComplete)
        let head = Self.read(lines + ["HTTP/1.1 200 OK\r\n", "B: 2\r\n", "\r\n"])
        #expect(head.isComplete && head.fields == [Transfer.Field("b", "2")])
    }

    @Test("takes nothing from the trailer behind a body")
    func trailer() {
        let head = Self.read(["HTTP/1.1 200 OK\r\n", "\r\n", "Retry-After: 1\r\n", "\r\n"])
        #expect(head.isComplete && head.fields.isEmpty)
    }

    @Test("is kept up to its limit", arguments: [0, 1])
    func limit(excess: Int) {
        var head = ResponseHead()
        let line = String(repeating: "a", count: ResponseHead.longest + excess)
        let fits = head.add(line.utf8)
        #expect(fits == (excess == 0))
    }
}
