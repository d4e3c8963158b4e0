extension BadRequest {
    /// What depends on more than one byte sequence: expectations, reuse, routes, time.
    static func semantics(_ base: Base) -> [BadRequest] {
        let path = base.path
        let expect = "Expect: 100-continue"
        return [
            .init("S01", "100-continue", base.post(more: [expect]), .served),
            .init(
                "S02", "100-continue over the limit",
                base.post(length: "Content-Length: 9999999", more: [expect], body: ""),
                .refused(413)),
            .init("S03", "other expectation", base.post(more: ["Expect: x"]), .refused(417)),
            .init(
                "S04", "100-continue, body already sent",
                base.post(more: ["expect: 100-Continue"]), .served),
            .init("S05", "gzip", base.post(more: ["Content-Encoding: gzip"]), .refused(415)),
            .init(
                "S06", "upgrade",
                base.get(more: ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"]), .served),
            .init(
                "S07", "close and keep-alive",
                base.get(more: ["Connection: close, keep-alive"], body: base.get()), .served),
            .init("S08", "two pipelined", base.get() + base.get(), .served, .served),
            .init(
                "S09", "a good and a bad one pipelined", base.get() + base.get(host: nil), .served,
                .refused(400)),
            .init(
                "S10", "HTTP/1.0 without Host",
                base.get(line: "GET \(base.health) HTTP/1.0", host: nil, body: base.get()),
                .served),
            .init("S11", "PUT", base.post(line: "PUT \(path) HTTP/1.1"), .answered(405)),
            .init(
                "S12", "unknown path", base.get(line: "GET /nowhere HTTP/1.1"), .answered(404)),
            .init(
                "S13", "bad signatures",
                elsewhere: "401 is ingress's and signer's: one fixed body, nothing stored"),
            .init(
                "S14", "signed body that is no JSON",
                elsewhere: "needs a signature and the inbox: stored as unparsed"),
            .init(
                "S15", "JSON of depth 10,000",
                elsewhere: "bodies are opaque to HTTP; the reader of the JSON bounds its depth"),
            .init(
                "S16", "one byte per second",
                elsewhere: "needs a clock: the deadline tests of HTTP1, and a running ingress"),
            .init("S17", "half-close after a good request", base.get(), endsInput: true, .served),
            .init(
                "S18", "reset in the body",
                elsewhere: "needs a socket; for HTTP1 it is L22, the end of input in a body"),
            .init(
                "S19", "answer never read",
                elsewhere: "needs a full socket: the deadline tests of HTTP1, and an ingress"),
            .init(
                "S20", "two challenges",
                base.get(line: "GET \(path)?hub.challenge=1&hub.challenge=2 HTTP/1.1"),
                .answered(400)),
            .init(
                "S20", "CRLF in the challenge",
                base.get(line: "GET \(path)?hub.challenge=1%0D%0A2 HTTP/1.1"), .answered(400)),
        ]
    }
}
