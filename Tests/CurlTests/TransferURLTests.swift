import Curl
import Testing

@Suite("The address of a transfer")
struct TransferURLTests {
    @Test(
        "is https, or http to this machine",
        arguments: [
            "https://graph.facebook.com", "https://10.0.0.1:8443/a?b=c", "http://127.0.0.1:80",
            "http://127.1.2.3/", "http://localhost:1/", "http://[::1]:80/", "HTTPS://example.com",
        ])
    func allowed(text: String) throws {
        let url = try TransferURL(text)
        #expect(url.text == text && url.isSecure == text.lowercased().hasPrefix("https"))
        #expect(url.hasQueryOrFragment == text.contains("?"))
    }

    @Test(
        "is nothing else",
        arguments: [
            ("http://graph.facebook.com", TransferURL.Refusal.plainToElsewhere),
            ("http://127.0.0.1.example.com", .plainToElsewhere),
            ("http://localhost.example.com", .plainToElsewhere),
            ("http://128.0.0.1", .plainToElsewhere), ("http://[::2]/", .plainToElsewhere),
            ("http://127.0.0.1@example.com/", .credentials),
            ("https://a:b@example.com", .credentials),
            ("ftp://127.0.0.1", .scheme("ftp")), ("file:///etc/passwd", .malformed),
            ("", .malformed), ("graph.facebook.com", .malformed), ("https://", .malformed),
            ("https://a b/", .malformed), ("https://a\u{0}b/", .malformed),
        ])
    func refused(text: String, refusal: TransferURL.Refusal) {
        #expect(throws: refusal) { try TransferURL(text) }
    }
}
