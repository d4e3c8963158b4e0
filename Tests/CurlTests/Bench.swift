import Curl
import FoundationEssentials
import Reactor
import TestSupport

/// A `Transfers` and what it is tried against, on one loop.
struct Bench {
    let loop: EventLoop
    let transfers: Transfers

    /// Short enough for a test, long beside a loopback round trip on a busy machine.
    static let shortLimit = Duration.milliseconds(300)
    static let longLimit = Duration.seconds(20)

    /// Runs `body` on a loop of its own, and closes everything after it.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable (Bench) async throws -> Result
    ) async throws -> Result {
        try await onLoop { loop in
            let bench = Bench(loop: loop, transfers: try Transfers(on: loop))
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(bench)) } catch { result = .failure(error) }
            await bench.transfers.close()
            return try result.get()
        }
    }

    /// The same with a server that does what `script` says.
    static func run<Result: Sendable>(
        greeting: ScriptedServer.Greeting = .serve, asksEarly: Bool = false,
        script: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reaction = { _ in
            .hang
        },
        _ body: @escaping @Sendable (Bench, ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await run { bench in
            let server = try await ScriptedServer(
                on: bench.loop, greeting: greeting, asksEarly: asksEarly, script: script)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(bench, server)) } catch {
                result = .failure(error)
            }
            await server.stop()
            return try result.get()
        }
    }

    func post(
        _ text: String = #"{"to":"x"}"#, scheme: String = "http", to port: UInt16,
        connectLimit: Duration = longLimit, answerLimit: Duration = longLimit,
        authorities: String? = nil
    ) async throws -> TransferResult {
        await transfers.perform(
            Transfer(
                .post(Data(text.utf8)), try TransferURL("\(scheme)://127.0.0.1:\(port)/messages"),
                fields: [Transfer.Field("Content-Type", "application/json")],
                connectLimit: connectLimit, answerLimit: answerLimit, authorities: authorities))
    }
}

extension TransferResult {
    var text: String { String(decoding: body, as: UTF8.self) }
}
