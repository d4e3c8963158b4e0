import Curl
import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing

@testable import Provider

@Suite("The list of templates at Graph", .timeLimit(.minutes(1)))
struct GraphTemplatesTests {
    /// Asks a server that answers like this; answers what came of it and the request's first line.
    private static func ask(
        _ status: Int, _ body: String, after cursor: String? = nil
    ) async throws -> (Result<TemplatePage, TemplatesUnavailable>, line: String) {
        try await onLoop { loop in
            let server = try await ScriptedServer(on: loop) { _ in
                .send(ScriptedServer.answer(status, body))
            }
            let transfers = try Transfers(on: loop)
            let settings = try GraphSettingsTests.read([
                "WHATSAPP_GRAPH_URL": "http://127.0.0.1:\(server.port)"
            ])
            let client = GraphClient(
                settings, over: transfers, on: loop, prove: { _ in "ab12" }, onUsage: { _ in })
            let outcome = await client.templates(of: "200100", after: cursor)
            let line = await server.received.first?.head.split(separator: "\r\n").first ?? ""
            await transfers.close()
            await server.stop()
            return (outcome, String(line))
        }
    }

    @Test("is a GET with the fields that we read, the cursor as it came, and the proof")
    func request() async throws {
        let (first, line) = try await Self.ask(200, #"{"data":[{"name":"a"}],"paging":{}}"#)
        #expect(
            line.hasPrefix("GET /v20.0/200100/message_templates?fields=id,name,language,status,")
                && line.hasSuffix("&limit=50&appsecret_proof=ab12 HTTP/1.1"))
        let page = try first.get()
        #expect(page.templates == [["name": "a"]] && page.next == nil && page.bytes > 20)
        let (_, next) = try await Self.ask(200, "{}", after: "a+b/c=&d é")
        #expect(next.contains("&after=a%2Bb%2Fc%3D%26d%20%C3%A9&appsecret_proof="))
    }

    @Test("goes on where the page says so, and never ends with half of it")
    func paging() async throws {
        let (more, _) = try await Self.ask(
            200, #"{"data":[],"paging":{"cursors":{"after":"x"},"next":"https://g/?after=x"}}"#)
        #expect(try more.get().next == "x")
        let (last, _) = try await Self.ask(
            200, #"{"data":[],"paging":{"cursors":{"before":"w","after":"x"}}}"#)
        #expect(try last.get().next == nil)
        let (lost, _) = try await Self.ask(200, #"{"data":[],"paging":{"next":"https://g/"}}"#)
        #expect(throws: TemplatesUnavailable.self) { try lost.get() }
    }

    @Test(
        "that does not come says why, with the cure",
        arguments: [
            (190, 401, "WHATSAPP_ACCESS_TOKEN"), (100, 400, "WHATSAPP_BUSINESS_ACCOUNT_ID"),
            (200, 403, "whatsapp_business_management"), (80_008, 400, ""),
        ])
    func refused(code: Int, status: Int, cure: String) async throws {
        let (outcome, _) = try await Self.ask(
            status, #"{"error":{"code":\#(code),"message":"no"}}"#)
        let reason = try #require(throws: TemplatesUnavailable.self) { try outcome.get() }
        #expect(reason.reason.contains("code \(code)") && reason.hint.contains(cure))
    }

    @Test(
        "that is no list is none", arguments: [(200, "{}"), (200, "<html>"), (502, "<html>")])
    func strange(status: Int, body: String) async throws {
        let (outcome, _) = try await Self.ask(status, body)
        #expect(throws: TemplatesUnavailable.self) { try outcome.get() }
    }

    @Test("is not asked for with what is no id")
    func account() throws {
        for account in ["", "1/2", "1?x", "a", "+1"] {
            #expect(throws: TransferURL.Refusal.self) {
                try GraphSettingsTests.read().templates(of: account, after: nil, proof: "ab")
            }
        }
    }
}
