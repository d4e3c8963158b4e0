import HTTP1
import Testing

/// The name under which a download is saved.
struct AttachmentTests {
    @Test(
        "a name is given plainly where it is plain, and else escaped too",
        arguments: [
            (nil, "attachment"), ("", "attachment"),
            ("a b.pdf", "attachment; filename=\"a b.pdf\""),
            ("a\"b.pdf", "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
            ("50%.pdf", "attachment; filename=\"50_.pdf\"; filename*=UTF-8''50%25.pdf"),
            (
                "Rechnung für Ö.pdf",
                "attachment; filename=\"Rechnung f_r _.pdf\"; "
                    + "filename*=UTF-8''Rechnung%20f%C3%BCr%20%C3%96.pdf"
            ),
            ("发票.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf"),
        ] as [(String?, String)])
    func disposition(name: String?, value: String) {
        #expect(Attachment.disposition(name) == value)
    }

    @Test(
        "a name leads nowhere, hides nothing and shows what it is",
        arguments: [
            ("../../etc/passwd", "passwd"), ("/etc/passwd", "passwd"), ("C:\\x\\y.exe", "y.exe"),
            (".bashrc", "bashrc"), ("..", nil), ("/", nil), (" . ", nil), ("a.txt. ", "a.txt"),
            ("a\r\nSet-Cookie: b", "aSet-Cookie: b"), ("a\u{0}b\u{7F}\u{85}", "ab"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"), ("a\u{200B}\u{FEFF}b", "ab"),
            ("\u{202E}", nil), ("a/", "a"), ("a/\u{301}b", "\u{301}b"),
            ("..\\\u{20DD}c", "\u{20DD}c"),
        ] as [(String, String?)])
    func safe(name: String, safe: String?) { #expect(Attachment.safeName(name) == safe) }

    @Test("a name that is cut ends as one that is not: in no blank and no dot")
    func cutEnd() {
        for end in [" b", ". not an extension", " .. nor is this one"] {
            let name = String(repeating: "x", count: 254) + end
            #expect(Attachment.safeName(name) == String(repeating: "x", count: 254))
        }
    }

    @Test("a name has 255 bytes and not one more; its extension stays")
    func length() {
        let longest = String(repeating: "x", count: 251) + ".pdf"
        #expect(Attachment.safeName(longest) == longest)
        #expect(Attachment.safeName("x" + longest) == longest)
        let wide = Attachment.safeName(String(repeating: "ü", count: 200) + ".pdf")
        #expect(wide == String(repeating: "ü", count: 125) + ".pdf")
        let bare = Attachment.safeName(String(repeating: "y", count: 300))
        #expect(bare == String(repeating: "y", count: 255))
    }
}
