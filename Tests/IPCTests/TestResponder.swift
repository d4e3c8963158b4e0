import FoundationEssentials
import IPC
import Reactor
import Wire

/// Methods for the tests of the way between processes.
enum TestOperation: String, Operation {
    static let service = Service.signer
    case echo = "signer.echo"
    case gather = "signer.gather"
    case hold = "signer.hold"
    case make = "signer.make"
    case fail = "signer.fail"
}

/// Says what it was told.
struct Echo: Request {
    static let operation = TestOperation.echo
    let body: Data
    struct Answer: Codable, Equatable { let body: Data }
    init(_ text: String) { body = Data(text.utf8) }
    init(_ body: Data) { self.body = body }
}

/// Is answered once so many of its kind are there, the one with the highest number first.
struct Gather: Request {
    static let operation = TestOperation.gather
    let number: Int
    let of: Int
    struct Answer: Codable { let number: Int }
}

/// Is never answered.
struct Hold: Request {
    static let operation = TestOperation.hold
    struct Answer: Codable {}
}

/// Is answered with so many bytes.
struct Make: Request {
    static let operation = TestOperation.make
    let count: Int
    struct Answer: Codable { let text: String }
}

/// Is refused, or fails in another way.
struct Fail: Request {
    static let operation = TestOperation.fail
    enum Way: String, Codable { case problem, other, cancellation }
    let way: Way
    struct Answer: Codable {}
}

/// A method that the responder does not know.
enum MissingOperation: String, Operation {
    static let service = Service.signer
    case missing = "signer.missing"
}

struct Missing: Request {
    static let operation = MissingOperation.missing
    struct Answer: Codable {}
}

actor TestResponder: Responder {
    typealias Operations = TestOperation

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let loop: EventLoop
    /// Rings when a request came that is held, and when one was cancelled.
    private let change: Bell
    private var gathered: [Int: CheckedContinuation<Void, Never>] = [:]
    private(set) var held = 0
    private(set) var cancelled = 0

    init(on loop: EventLoop) {
        self.loop = loop
        change = Bell(on: loop)
    }

    /// Waits until so many requests were held and so many of them cancelled.
    func wait(held: Int, cancelled: Int = 0) async -> Bool {
        while self.held < held || self.cancelled < cancelled {
            guard await change.wait(atMost: .seconds(5)) else { return false }
        }
        return true
    }

    func answer(_ operation: TestOperation, _ call: Call) async throws -> Reply {
        switch operation {
        case .echo: try await call.answering(Echo.self) { .init(body: $0.body) }
        case .gather: try await call.answering(Gather.self) { await gather($0) }
        case .hold: try await call.answering(Hold.self) { _ in try await hold() }
        case .make:
            try await call.answering(Make.self) {
                .init(text: String(repeating: "x", count: $0.count))
            }
        case .fail: try await call.answering(Fail.self) { try fail($0) }
        }
    }

    private func gather(_ request: Gather) async -> Gather.Answer {
        await withCheckedContinuation { continuation in
            gathered[request.number] = continuation
            guard gathered.count == request.of else { return }
            let all = gathered.sorted { $0.key > $1.key }
            gathered = [:]
            for (_, continuation) in all { continuation.resume() }
        }
        return .init(number: request.number)
    }

    private func hold() async throws -> Hold.Answer {
        held += 1
        change.ring()
        _ = await Bell(on: loop).wait(atMost: .seconds(60))
        cancelled += 1
        change.ring()
        throw CancellationError()
    }

    private func fail(_ request: Fail) throws -> Fail.Answer {
        switch request.way {
        case .problem: throw Problem.invalid("to", "no number", hint: "give one")
        case .other: throw SystemError("open", 2)
        case .cancellation: throw CancellationError()
        }
    }
}
