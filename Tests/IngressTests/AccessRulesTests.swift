import Daemon
import HTTP1
import Testing

@testable import Ingress

@Suite("Who may ask without a token")
struct AccessRulesTests {
    private static func head(host: String, fields: [String] = []) throws -> RequestHead {
        var connection = ServerConnection(at: .now)
        let request =
            (["GET /api/health HTTP/1.1", "Host: \(host)"] + fields).joined(separator: "\r\n")
            + "\r\n\r\n"
        let bytes = Array(request.utf8)
        _ = connection.read(minimum: bytes.count) { space in
            space.copyBytes(from: bytes)
            return bytes.count
        }
        guard case .decide(let head) = connection.received(at: .now) else {
            throw SettingError("test", "is no request", cure: "mend it")
        }
        return head
    }

    private static func rules(
        auth: String = "open", listen: String = "127.0.0.1:8080", hosts: String? = nil
    ) throws -> AccessRules {
        var environment = ["GATEWAY_AUTH": auth]
        environment["GATEWAY_HOSTS"] = hosts
        return try AccessRules(Surroundings(environment), try ListenAddress(listen))
    }

    @Test(
        "somebody on this machine, past no proxy, while no setting says otherwise",
        arguments: [
            "localhost", "localhost:8080", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "LOCALHOST",
        ])
    func open(host: String) throws {
        #expect(try !Self.rules().wantsToken(Self.head(host: host)))
    }

    @Test(
        "nobody who asks for another host, so that no web page can make a browser ask",
        arguments: ["gateway.example", "128.0.0.1", "localhost.example", "127.example"])
    func otherHost(host: String) throws {
        // A name that only begins like an address of this machine is no such address.
        let wants = try Self.rules().wantsToken(Self.head(host: host))
        #expect(wants)
    }

    @Test("no page in a browser, which could send what it likes in its user's name")
    func browser() throws {
        let head = try Self.head(host: "localhost", fields: ["Origin: https://evil.example"])
        #expect(try Self.rules().wantsToken(head))
    }

    @Test(
        "nobody whom a proxy sends",
        arguments: [
            "Forwarded: for=1.2.3.4", "X-Forwarded-For: 127.0.0.1", "x-forwarded-proto: https",
        ])
    func forwarded(field: String) throws {
        #expect(try Self.rules().wantsToken(Self.head(host: "localhost", fields: [field])))
    }

    @Test("nobody when the listener is not this machine's alone, or a token is wanted")
    func closed() throws {
        let head = try Self.head(host: "localhost")
        #expect(try Self.rules(listen: "0.0.0.0:8080").wantsToken(head))
        #expect(try Self.rules(auth: "token").wantsToken(head))
    }

    @Test("only the hosts that are named are served, whatever their case and port")
    func hosts() throws {
        let rules = try Self.rules(hosts: "gateway.example, other.example")
        #expect(try rules.serves(Self.head(host: "Gateway.Example:443")))
        #expect(try rules.serves(Self.head(host: "other.example")))
        #expect(try !rules.serves(Self.head(host: "evil.example")))
    }
}
