extension BadRequest {
    /// RFC 9112 §6.1, §6.3 and §7.
    static func transferEncodings(_ base: Base) -> [BadRequest] {
        let body = "5\r\nhello\r\n0\r\n\r\n"
        let values: [(String, String, Int)] = [
            ("T02", "chunked, gzip", 400), ("T03", "gzip, chunked", 501), ("T04", "identity", 501),
            ("T05", "xchunked", 501), ("T06", "chunked, chunked", 400), ("T08", "", 400),
            ("T09", "chunked;q=1", 400), ("T10", "\u{b}chunked", 400),
            ("T11", "chunked\u{0}", 400), ("T12", "\u{c}chunked", 400), ("T13", ",chunked", 400),
            ("T14", "chunked,", 400), ("T15", "\"chunked\"", 400), ("T16", "\r\n chunked", 400),
            ("T19", "\u{85}chunked", 400), ("T19", "chunked\u{a0}", 400),
            ("T19", "\u{c2}\u{85}chunked", 400),
        ]
        let single = values.map { number, value, status in
            BadRequest(
                number, "Transfer-Encoding: \(value)",
                base.chunked(body, coding: "Transfer-Encoding: \(value)"), .refused(status))
        }
        let chunked = "Transfer-Encoding: chunked"
        return single + [
            .init("T01", "length, then chunked", base.post(more: [chunked]), .refused(400)),
            .init(
                "T01", "chunked, then length",
                base.post(length: chunked, more: ["Content-Length: 5"], body: body),
                .refused(400)),
            .init(
                "T07", "two lines", base.post(length: chunked, more: [chunked], body: body),
                .refused(400)),
            .init(
                "T17", "blank before colon",
                base.chunked(body, coding: "Transfer-Encoding : chunked"), .refused(400)),
            .init(
                "T18", "in HTTP/1.0",
                base.post(line: "POST \(base.path) HTTP/1.0", length: chunked, body: body),
                .refused(400)),
            .init(
                "T20", "Transfer_Encoding", base.post(more: ["Transfer_Encoding: chunked"]),
                .served),
            .init("T21", "GET", base.get(more: [chunked], body: body), .refused(400)),
            .init(
                "T22", "with a length and a second request behind",
                base.post(more: [chunked], body: "0\r\n\r\n" + base.get()), .refused(400)),
        ]
    }

    /// RFC 9112 §7.1, with erratum 7633: no bare LF anywhere.
    static func chunks(_ base: Base) -> [BadRequest] {
        let end = "0\r\n\r\n"
        let sizes: [(String, String)] = [
            ("K01", "0x5"), ("K02", "+5"), ("K03", "-5"), ("K04", "5_0"), ("K05", " 5"),
            ("K06", "5 "), ("K07", ""), ("K08", "g"), ("K09", "FFFFFFFFFFFFFFFF1"), ("K10", "5;"),
            ("K11", "5;a[=1"), ("K12", "5;a=\"x"), ("K13", "5;\u{0}"), ("K13", "5;a=\u{0}"),
            ("K15", "5;a\rb"), ("K25", "000000005"),
            ("K23", "5;a=" + String(repeating: "x", count: 65_536)),
        ]
        let single = sizes.map { number, size in
            BadRequest(
                number, "chunk size \(size.prefix(20))",
                base.chunked("\(size)\r\nhello\r\n" + end), .refused(400))
        }
        let bodies: [(String, String, String)] = [
            ("K14", "extension ended by LF", "5;a\nhello\r\n" + end),
            ("K16", "size ended by LF", "5\nhello\r\n" + end),
            ("K17", "data ended by LF", "5\r\nhello\n" + end),
            ("K18", "data longer than its size", "5\r\nhellooo\r\n" + end),
            ("K19", "no CRLF after the data", "5\r\nhello" + end),
            ("K20", "last chunk ended by LF", "5\r\nhello\r\n0\n\r\n"),
            ("K21", "trailer ended by LF", "5\r\nhello\r\n0\r\nName: v\n\r\n"),
            ("K22", "trailer Content-Length", "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n"),
            ("K22", "trailer Host", "5\r\nhello\r\n0\r\nHost: b\r\n\r\n"),
            ("K22", "trailer Authorization", "5\r\nhello\r\n0\r\nauthorization: b\r\n\r\n"),
            (
                "K22", "trailer Transfer-Encoding",
                "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
        ]
        let multiple = bodies.map { number, change, body in
            BadRequest(number, change, base.chunked(body), .refused(400))
        }
        return single + multiple + [
            .init("K24", "no last chunk", base.chunked("5\r\nhello\r\n"), endsInput: true)
        ]
    }
}
