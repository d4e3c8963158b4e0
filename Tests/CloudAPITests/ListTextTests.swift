import Testing

@testable import CloudAPI

struct ListTextTests {
    @Test(
        "blanks, line ends and control characters fold into one blank",
        arguments: [
            ("  a\n\n b\t\u{2028}c ", "a b c"), ("\r\n", ""), ("a\u{0}b\u{7}c", "a b c"), ("", ""),
            ("one\u{A0}two", "one two"),
        ])
    func folding(text: String, line: String) {
        #expect(ListText.line(text) == line)
    }

    @Test("a line has 160 characters at most, the last one then an ellipsis")
    func cutting() {
        let limit = ListText.maximumLength
        let full = String(repeating: "ä", count: limit)
        #expect(ListText.line(full) == full)
        #expect(ListText.line(full + "\n ") == full)
        let cut = String(repeating: "ä", count: limit - 1) + "…"
        #expect(ListText.line(full + "b") == cut)
        #expect(ListText.line(full + " b") == cut)
        for length in (limit - 3)...(limit + 3) {
            let words = String(repeating: "a", count: length) + " b c"
            #expect(ListText.line(words).count <= limit)
        }
    }

    @Test("a character of a thousand accents cannot make the line long")
    func manyScalars() {
        let zalgo = "a" + String(repeating: "\u{301}", count: 5000)
        #expect(ListText.line(zalgo).unicodeScalars.count <= ListText.maximumScalars)
        #expect(ListText.line("ok " + zalgo) == "ok…")
        let flags = String(repeating: "👨‍👩‍👧‍👦", count: 500)
        #expect(ListText.line(flags).unicodeScalars.count <= ListText.maximumScalars)
    }
}
