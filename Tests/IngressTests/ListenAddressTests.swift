import Daemon
import Testing

@testable import Ingress

@Suite("The address to listen on")
struct ListenAddressTests {
    @Test(
        "is an IPv4 address and a port",
        arguments: [
            ("127.0.0.1:8080", 8080, true), ("0.0.0.0:80", 80, false),
            ("10.1.2.3:65535", 65_535, false),
        ])
    func reads(text: String, port: UInt16, isLoopback: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(
        "is refused by the name of its setting when it is anything else",
        arguments: [
            "", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "[::1]:80",
            "1.2.3:80",
        ])
    func refuses(text: String) {
        let error = #expect(throws: SettingError.self) { try ListenAddress(text) }
        #expect(error?.name == "GATEWAY_LISTEN")
    }
}
