extension BadRequest {
    /// RFC 9112 §2.2 and §3.
    static func requestLines(_ base: Base) -> [BadRequest] {
        func line(_ text: String) -> String { base.post(line: text) }
        func target(_ target: String) -> String { line("POST \(target) HTTP/1.1") }
        let path = base.path
        return [
            .init("R01", "two blanks", line("POST  \(path) HTTP/1.1"), .refused(400)),
            .init("R02", "tab for blank", line("POST\t\(path) HTTP/1.1"), .refused(400)),
            .init("R02", "tab before version", line("POST \(path)\tHTTP/1.1"), .refused(400)),
            .init("R03", "leading blank", line(" POST \(path) HTTP/1.1"), .refused(400)),
            .init("R04", "method in lower case", line("post \(path) HTTP/1.1"), .refused(501)),
            .init("R05", "no token as method", line("PO(ST \(path) HTTP/1.1"), .refused(400)),
            .init("R06", "no target", line("POST"), .refused(400)),
            .init("R06", "empty target", line("POST  HTTP/1.1"), .refused(400)),
            .init("R07", "HTTP/0.9", "GET /\r\n", .refused(400)),
            .init("R08", "version without minor", line("POST \(path) HTTP/1"), .refused(400)),
            .init("R09", "major of two digits", line("POST \(path) HTTP/01.1"), .refused(400)),
            .init("R10", "http in lower case", line("POST \(path) http/1.1"), .refused(400)),
            .init("R11", "blank after version", line("POST \(path) HTTP/1.1 "), .refused(400)),
            .init("R12", "version 2.0", line("POST \(path) HTTP/2.0"), .refused(505)),
            .init(
                "R13", "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .refused(505)),
            .init(
                "R14", "bare LF after the line", "POST \(path) HTTP/1.1\nHost: a\r\n\r\n",
                .refused(400)),
            .init(
                "R15", "bare CR after the line", "POST \(path) HTTP/1.1\rHost: a\r\n\r\n",
                .refused(400)),
            .init("R16", "three empty lines first", "\r\n\r\n\r\n" + base.post(), .refused(400)),
            .init("R17", "blank in target", target("\(path) x"), .refused(400)),
            .init("R18", "fragment", target("\(path)#frag"), .refused(400)),
            .init("R18", "fragment in query", target("\(path)?a#frag"), .refused(400)),
            .init("R19", "NUL in target", target("\(path)\u{0}"), .refused(400)),
            .init("R20", "0x80 in target", target("\(path)\u{80}"), .refused(400)),
            .init("R20", "0x80 in query", target("\(path)?\u{80}"), .refused(400)),
            .init("R21", "escaped NUL", target("\(path)%00"), .refused(400)),
            .init(
                "R22", "escaped CRLF in query",
                base.get(line: "GET \(path)?a=%0d%0aSet-Cookie:b=c HTTP/1.1"), .answered(400)),
            .init("R23", "bad escape", target("\(path)%zz"), .refused(400)),
            .init("R23", "escape cut short", target("\(path)%4"), .refused(400)),
            .init("R24", "overlong UTF-8", target("\(path)%c0%af"), .refused(400)),
            .init("R25", "backslash in path", target("\\\(path)"), .refused(400)),
            .init("R25", "backslash later", target("\(path)\\x"), .refused(400)),
            .init("R26", "dot segments", target("/..\(path)"), .answered(404)),
            .init(
                "R27", "target of 9,000 bytes",
                target("/" + String(repeating: "a", count: 8_999)), .refused(414)),
            .init(
                "R28", "method of 100 bytes",
                line(String(repeating: "M", count: 100) + " \(path) HTTP/1.1"), .refused(501)),
            .init("R29", "GET *", base.get(line: "GET * HTTP/1.1"), .refused(400)),
            .init("R30", "OPTIONS *", base.get(line: "OPTIONS * HTTP/1.1"), .answered(204)),
            .init("R31", "CONNECT", base.get(line: "CONNECT a:1 HTTP/1.1"), .refused(501)),
            .init("R32", "TRACE", base.get(line: "TRACE \(path) HTTP/1.1"), .answered(405)),
            .init(
                "R33", "absolute form, other host", target("http://b\(path)"), .refused(400)),
            .init(
                "R34", "TLS ClientHello",
                "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}\u{8a}\r\n\r\n",
                .refused(400)),
            .init("R34", "binary garbage", "\u{0}\u{ff}\u{7f}\u{80}\r\n\r\n", .refused(400)),
        ]
    }

    /// RFC 9112 §3.2, RFC 9110 §7.2.
    static func hosts(_ base: Base) -> [BadRequest] {
        func host(_ value: String?) -> String { base.post(host: value.map { "Host: \($0)" }) }
        return [
            .init("H01", "none", host(nil), .refused(400)),
            .init("H02", "two equal", base.post(more: ["Host: a"]), .refused(400)),
            .init("H03", "two different", base.post(more: ["Host: b"]), .refused(400)),
            .init("H04", "empty", host(""), .refused(400)),
            .init("H05", "a list", host("a,b"), .refused(400)),
            .init("H06", "with a user", host("u@a"), .refused(400)),
            .init("H07", "with a path", host("a/path"), .refused(400)),
            .init("H08", "port too large", host("a:99999"), .refused(400)),
            .init("H08", "port no number", host("a:b"), .refused(400)),
            .init("H08", "port empty", host("a:"), .refused(400)),
            .init(
                "H09", "not one of GATEWAY_HOSTS",
                elsewhere: "421 is ingress's: it knows its hosts, and is told with each head"),
        ]
    }
}
