import FoundationEssentials
import IPC
import Reactor
import TestSupport
import Wire

@testable import Daemon
@testable import Provider

/// Provider in this process, in a folder that goes with the test.
struct RunningProvider {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("run"), withIntermediateDirectories: true)
    }

    /// Starts it in stub, lets `body` ask it, and drains it.
    func callAsFunction<Result: Sendable>(
        settings: [String: String] = [:],
        _ body: @escaping @Sendable (Client) async throws -> Result
    ) async throws -> Result {
        let path = folder.path
        return try await onLoop { loop in
            let settings = try ProviderSettings(
                Surroundings(["GATEWAY_MODE": "stub"].merging(settings) { $1 }))
            try ProviderProcess.sandbox(for: settings, in: path).makeOwn()
            let sockets = try SocketDirectory("\(path)/run")
            let listening = Listening(try ProviderProcess.listen(settings, given: nil, in: sockets))
            let place = Place(
                service: .provider, mode: .stub, loop: loop, log: Log("provider"),
                stateDirectory: path, lock: nil, starts: Starts(times: [Clocks.wall]),
                sockets: sockets, listening: listening,
                confinement: Confinement(wanted: .on, missing: []))
            let process = try await ProviderProcess.start(settings, in: place)
            let result = try await body(place.client(to: .provider))
            await process.drain()
            return result
        }
    }
}
