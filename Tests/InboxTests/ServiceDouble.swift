import FoundationEssentials
import Glibc
import IPC
import Reactor
import TestSupport
import Wire

@testable import Daemon
@testable import Inbox

/// The process as it runs, but for `main`: its socket and its database, on the test's loop.
struct ServiceDouble {
    let place: Place
    let process: InboxProcess
    let client: Client

    init(in folder: TemporaryFolder, on loop: EventLoop, mode: Mode = .stub) async throws {
        let run = folder.file("run")
        mkdir(run, 0o700)
        let settings = try InboxSettings(Surroundings([:]))
        try InboxProcess.sandbox(for: settings, in: folder.path).makeOwn()
        let sockets = try SocketDirectory(run)
        place = Place(
            service: .inbox, mode: mode, loop: loop, log: Log("inbox"),
            stateDirectory: folder.path, lock: nil, starts: Starts(times: [0]), sockets: sockets,
            listening: Listening(try InboxProcess.listen(settings, given: nil, in: sockets)),
            confinement: Confinement(wanted: .on, missing: []))
        process = try await InboxProcess.start(settings, in: place)
        client = Client(
            to: .inbox, in: place.sockets, as: Hello(process: "test", mode: mode, pid: 1), on: loop)
    }

    func ask<Asked: Request>(_ asked: Asked) async throws -> Asked.Answer {
        try await client.ask(asked, within: .seconds(10))
    }

    /// The refusal of a request that is refused.
    func refusal<Asked: Request>(of asked: Asked) async throws -> Problem? {
        do {
            _ = try await ask(asked)
            return nil
        } catch WireError.refused(let problem) { return problem }
    }

    func follow(
        after: String?, _ kinds: [String] = [], limit: Int = 200, wait: Int = 0
    ) async throws -> FollowChanges.Answer {
        try await ask(FollowChanges(after: after, kinds: kinds, limit: limit, wait: wait))
    }

    func conversations(seen: [JournalHead] = [], limit: Int = 50) async throws
        -> ListConversations.Answer
    {
        try await ask(
            ListConversations(
                limit: limit, cursor: nil, query: nil, phoneNumberID: nil, seen: seen))
    }
}

/// Runs `body` with the process on a loop of its own, and lets it drain.
func withService<Result: Sendable>(
    mode: Mode = .stub, _ body: @escaping @Sendable (ServiceDouble) async throws -> Result
) async throws -> Result {
    let folder = try TemporaryFolder()
    return try await onLoop { loop in
        let service = try await ServiceDouble(in: folder, on: loop, mode: mode)
        let result = try await body(service)
        await service.process.drain()
        return result
    }
}
