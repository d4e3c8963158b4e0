import HTTP1
import Reactor
import TestSupport

@testable import Ingress

/// Answers three routes in parts, as each test wants it.
// Unchecked: only touched on the loop of the server that it serves.
final class ScriptedHandler: RequestHandler, @unchecked Sendable {
    static let bodyLimit = 8 << 20

    /// Sizes of the parts that `POST /upload` was given, and how it ended.
    private(set) var taken: [Int] = []
    private(set) var uploadError: (any Error)?
    /// How many parts `/upload` takes before it answers.
    var partsTaken = Int.max
    /// What `GET /download` gives.
    var download: (length: Int?, source: CountedParts) = (nil, CountedParts(0, of: 0))

    func admit(_ head: RequestHead) -> Admission {
        head.method == .post
            ? .acceptParts(bodyLimit: Self.bodyLimit, partLimit: 1 << 20) : .accept(bodyLimit: 0)
    }

    func answer(_ head: RequestHead, body: [UInt8]) async -> Reply {
        guard head.segments == ["download"] else { return Reply(Response(.ok)) }
        return Reply(Response(.ok), length: download.length, from: download.source)
    }

    func answer(_ head: RequestHead, parts: any PartSource) async -> Reply {
        do {
            var sum = 0
            while taken.count < partsTaken, let part = try await parts.next() {
                taken.append(part.count)
                sum = part.reduce(sum) { $0 &+ Int($1) }
            }
            return Reply(Response(.ok, body: Array("\(sum)".utf8)))
        } catch {
            uploadError = error
            return Reply(refusal(error as? RequestError ?? .bodyTooSlow))
        }
    }

    func refusal(_ error: RequestError) -> Response { Response(error.status) }
}

/// So many parts, each filled with its own number, and perhaps no end after them.
// Unchecked: only touched on the loop of the server that it serves.
final class CountedParts: PartSource, @unchecked Sendable {
    struct Failed: Error {}
    enum End { case comes, fails, neverComes(Bell) }

    private let count: Int
    private let size: Int
    private let end: End
    private(set) var given = 0

    init(_ count: Int, of size: Int, end: End = .comes) {
        self.count = count
        self.size = size
        self.end = end
    }

    func next() async throws -> [UInt8]? {
        if given < count {
            given += 1
            return [UInt8](repeating: UInt8(truncatingIfNeeded: given), count: size)
        }
        switch end {
        case .comes: return nil
        case .fails: throw Failed()
        case .neverComes(let bell):
            while !Task.isCancelled { _ = await bell.wait(atMost: .seconds(60)) }
            throw CancellationError()
        }
    }
}

/// Serves a scripted handler on a loop of its own while `body` visits it.
func withServer<Result: Sendable>(
    _ body:
        @escaping @Sendable (ScriptedHandler, HTTPServer, UInt16, EventLoop) async throws -> Result
) async throws -> Result {
    try await onLoop { loop in
        let handler = ScriptedHandler()
        let server = HTTPServer(handler, on: loop) { _ in }
        let listener = try Listener()
        try listener.setNonBlocking()
        try await server.listen(on: try listener.duplicate())
        let result = try await body(handler, server, listener.port, loop)
        await server.drain()
        return result
    }
}
