extension BadRequest {
    /// RFC 9112 §5, RFC 9110 §5.5 and §5.6.
    static func fields(_ base: Base) -> [BadRequest] {
        func more(_ lines: String...) -> String { base.post(more: lines) }
        return [
            .init("F01", "blank before colon", more("Name : v"), .refused(400)),
            .init("F02", "empty name", more(": v"), .refused(400)),
            .init("F03", "no colon", more("Name"), .refused(400)),
            .init("F04", "folded line", more("Name: v", " v"), .refused(400)),
            .init("F04", "folded by a tab", more("Name: v", "\tv"), .refused(400)),
            .init("F05", "blank before first field", base.post(host: " Host: a"), .refused(400)),
            .init("F06", "NUL in value", more("Name: \u{0}"), .refused(400)),
            .init("F07", "bare CR in value", more("Name: a\rb"), .refused(400)),
            .init("F08", "bare LF after field", more("Name: a\nOther: b"), .refused(400)),
            .init("F09", "control in value", more("Name: \u{1}"), .refused(400)),
            .init("F09", "DEL in value", more("Name: \u{7f}"), .refused(400)),
            .init("F10", "tab in name", more("Na\tme: v"), .refused(400)),
            .init("F11", "brackets in name", more("[x]: v"), .refused(400)),
            .init("F12", "0xE9 in name", more("Nam\u{e9}: v"), .refused(400)),
            .init("F13", "Content_Length", more("Content_Length: 99"), .served),
            .init(
                "F14", "65 fields",
                base.post(
                    more: (0..<63 - base.fields.count).map { "Name-\($0): v" }), .refused(431)),
            .init(
                "F15", "head of 17 KiB",
                base.post(
                    more: (0..<17).map { _ in "N: " + String(repeating: "v", count: 1_019) }),
                .refused(431)),
            .init(
                "F15", "field line of 9 KiB",
                more("N: " + String(repeating: "v", count: 9_213)), .refused(431)),
            .init(
                "F16", "300,000 tiny fields",
                base.post(more: Array(repeating: "a:", count: 300_000)), .refused(431)),
            .init(
                "F17", "two Content-Type",
                more("Content-Type: text/plain", "Content-Type: text/plain"), .refused(400)),
            .init(
                "F18", "two Authorization", more("Authorization: a", "authorization: b"),
                .refused(400)),
            .init(
                "F19", "two signatures",
                more("X-Hub-Signature-256: sha256=a", "X-Hub-Signature-256: sha256=a"),
                .answered(400)),
            .init(
                "F20", "two idempotency keys", more("Idempotency-Key: a", "Idempotency-Key: b"),
                .answered(400)),
        ]
    }

    /// RFC 9112 §6.3, RFC 9110 §8.6.
    static func contentLengths(_ base: Base) -> [BadRequest] {
        let values: [(String, String)] = [
            ("L01", "+5"), ("L02", "-5"), ("L03", "-0"), ("L04", "0x5"), ("L05", "5_0"),
            ("L06", "0o5"), ("L07", "5 5"), ("L08", "5,5"), ("L08", "5, 5"), ("L09", "5,6"),
            ("L10", "five"), ("L11", ""), ("L12", "5;"), ("L15", "99999999999999999999"),
            ("L16", "18446744073709551621"), ("L17", "5\u{b}"), ("L18", "\u{d9}\u{a5}"),
            ("L19", "\u{a0}5\u{a0}"), ("L19", "\u{c2}\u{a0}5"), ("L20", "00005"),
        ]
        let single = values.map { number, value in
            BadRequest(
                number, "Content-Length: \(value)",
                base.post(length: "Content-Length: \(value)"), .refused(400))
        }
        let five = "Content-Length: 5"
        return single + [
            .init("L13", "two equal lines", base.post(more: [five]), .refused(400)),
            .init(
                "L14", "two different lines", base.post(more: ["Content-Length: 6"]),
                .refused(400)),
            .init(
                "L21", "over the limit", base.post(length: "Content-Length: 9999999"),
                .refused(413)),
            .init("L22", "body cut short", base.post(body: "hel"), endsInput: true),
            .init(
                "L23", "body too long", base.post(body: "hello[world]\r\n\r\n"), .served,
                .refused(400)),
            .init("L24", "GET with a body", base.get(more: [five], body: "hello"), .refused(400)),
            .init(
                "L24", "HEAD with a body",
                base.get(line: "HEAD \(base.path) HTTP/1.1", more: [five], body: "hello"),
                .refused(400)),
        ]
    }
}
