import Curl
import Testing

@testable import Provider

@Suite("Where the token may go")
struct MediaHostsTests {
    private static func includes(_ url: String, graph: String = "https://graph.facebook.com") throws
        -> Bool
    {
        MediaHosts(graph: try TransferURL(graph)).include(try TransferURL(url))
    }

    @Test(
        "to Meta's hosts by https",
        arguments: [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "https://scontent.xx.fbcdn.net/a", "https://mmg.whatsapp.net:443/a",
            "https://Graph.Facebook.COM/v26.0/1", "https://other.facebook.com/1",
        ])
    func metas(url: String) throws { #expect(try Self.includes(url)) }

    @Test(
        "to no other, however much it looks like one",
        arguments: [
            "https://fbcdn.net.evil.example/a", "https://evilfbcdn.net/a", "https://fbcdn.net/a",
            "https://evil.example/lookaside.fbsbx.com", "https://evil.example?a=.fbsbx.com",
            "https://lookaside.fbsbx.com:8443/a", "http://127.0.0.1/a",
            "https://x.fbsbx.com.", "https://evil.example#.fbsbx.com", "https://127.0.0.1/a",
        ])
    func others(url: String) throws { #expect(try !Self.includes(url)) }

    @Test("to the Graph of this machine, at its own port and by its own scheme")
    func loopback() throws {
        let graph = "http://127.0.0.1:8099"
        #expect(try Self.includes("http://127.0.0.1:8099/media-files/1", graph: graph))
        #expect(try !Self.includes("http://127.0.0.1:8098/media-files/1", graph: graph))
        #expect(try !Self.includes("https://127.0.0.1:8099/media-files/1", graph: graph))
        #expect(try !Self.includes("http://localhost:8099/media-files/1", graph: graph))
    }

    @Test(
        "a digest is read from hex of either case and from base64, and from nothing else",
        arguments: [
            ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", true),
            ("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", true),
            ("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true),
            ("ba7816bf", false), ("", false), ("q3Zf", false),
            ("za7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", false),
        ])
    func digests(text: String, isOne: Bool) {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(MediaDigest.hex(text) == (isOne ? hex : nil))
    }
}
