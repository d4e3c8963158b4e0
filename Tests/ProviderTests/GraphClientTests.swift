import Curl
import FoundationEssentials
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Provider

@Suite("A send to Graph", .timeLimit(.minutes(1)))
struct GraphClientTests {
    private static let accepted = #"{"messages":[{"id":"wamid.1"}],"contacts":[{"wa_id":"43"}]}"#

    private struct SignerAway: Error {}

    /// What the test's own signer and usage callback were told.
    private final class Told: Sendable {
        let proved = Mutex<[String]>([])
        let usages = Mutex<[GraphUsage]>([])
    }

    /// Runs `body` with a client of a server that does what `script` says.
    private static func run<Result: Sendable>(
        _ environment: [String: String] = [:], isSignerAway: Bool = false, told: Told = Told(),
        script: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reaction,
        _ body: @escaping @Sendable (GraphClient, ScriptedServer) async -> Result
    ) async throws -> Result {
        try await onLoop { loop in
            let server = try await ScriptedServer(on: loop, script: script)
            let transfers = try Transfers(on: loop)
            let settings = try GraphSettingsTests.read(
                ["WHATSAPP_GRAPH_URL": "http://127.0.0.1:\(server.port)"].merging(environment) {
                    _, new in new
                })
            let client = GraphClient(settings, over: transfers, on: loop) { message in
                told.proved.withLock { $0.append(message) }
                if isSignerAway { throw SignerAway() }
                return "ab12"
            } onUsage: { usage in
                told.usages.withLock { $0.append(usage) }
            }
            let result = await body(client, server)
            await transfers.close()
            await server.stop()
            return result
        }
    }

    @Test("is one POST with the token in its header and the proof in its address")
    func request() async throws {
        let told = Told()
        let (outcomes, received) = try await Self.run(
            told: told,
            script: { _ in
                .send(
                    ScriptedServer.answer(
                        200, Self.accepted, fields: [#"X-App-Usage: {"call_count":81}"#]))
            }
        ) { client, server in
            let body = Data(#"{"to":"43"}"#.utf8)
            let outcomes = [
                await client.send(body, from: "106"), await client.send(body, from: "107"),
            ]
            return (outcomes, await server.received)
        }
        #expect(
            outcomes == [
                .accepted(wamid: "wamid.1", waID: "43"), .accepted(wamid: "wamid.1", waID: "43"),
            ])
        let lines = try #require(received.first).head.split(separator: "\r\n")
        #expect(lines.first == "POST /v20.0/106/messages?appsecret_proof=ab12 HTTP/1.1")
        #expect(lines.contains("Authorization: Bearer \(GraphSettingsTests.token)"))
        #expect(lines.contains("Content-Type: application/json"))
        #expect(lines.contains { $0.hasPrefix("User-Agent: whatsapp-gateway/") })
        #expect(lines.filter { $0.contains(GraphSettingsTests.token) }.count == 1)
        #expect(received.map(\.body) == [#"{"to":"43"}"#, #"{"to":"43"}"#])
        #expect(told.proved.withLock { $0 } == [GraphSettingsTests.token], "asked once, and kept")
        #expect(told.usages.withLock { $0.map(\.app?.percent) } == [81, 81])
    }

    @Test("whose connection closes under it is unknown, and was sent once")
    func closedUnderIt() async throws {
        let (outcomes, bodies) = try await Self.run(script: { request in
            request.number == 1 ? .send(ScriptedServer.answer(200, Self.accepted)) : .close
        }) { client, server in
            let first = await client.send(Data("1".utf8), from: "106")
            let second = await client.send(Data("2".utf8), from: "106")
            return ([first, second], await server.received.map(\.body))
        }
        #expect(outcomes.first == .accepted(wamid: "wamid.1", waID: "43"))
        #expect(outcomes.last == .unknown(reason: "the connection closed without an answer"))
        #expect(bodies == ["1", "2"])
    }

    @Test("that Graph refuses comes back with Graph's words")
    func refused() async throws {
        let outcome = try await Self.run(script: { _ in
            .send(
                ScriptedServer.answer(
                    401, #"{"error":{"code":190,"message":"expired","fbtrace_id":"T"}}"#))
        }) { client, _ in await client.send(Data("{}".utf8), from: "106") }
        #expect(
            outcome
                == .refused(GraphError(code: 190, message: "expired", trace: "T", httpStatus: 401)))
    }

    @Test("is not begun while signer is away, nor for what is no number")
    func neverLeft() async throws {
        for (away, number) in [(true, "106"), (false, "../me")] {
            let (outcome, connections) = try await Self.run(
                isSignerAway: away, script: { _ in .hang }
            ) {
                client, server in
                (await client.send(Data("{}".utf8), from: number), await server.connections)
            }
            guard case .neverLeft(let reason) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(!reason.isEmpty && !reason.contains(GraphSettingsTests.token))
            #expect(connections == 0)
        }
    }

    @Test("that is not answered in time is unknown")
    func unanswered() async throws {
        let outcome = try await Self.run(
            ["GATEWAY_GRAPH_ANSWER_SECONDS": "1"], script: { _ in .hang }
        ) {
            client, _ in await client.send(Data("{}".utf8), from: "106")
        }
        guard case .unknown(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(!reason.contains(GraphSettingsTests.token))
    }
}
