import FoundationEssentials
import Glibc
import JSON
import Reactor
import Synchronization
import TestSupport
import Wire

@testable import IPC

/// A directory of sockets on one loop, and the servers and clients in it.
final class Group: Sendable {
    let loop: EventLoop
    let sockets: SocketDirectory
    let path: String
    private let told = Mutex<[String]>([])

    init(on loop: EventLoop, below: String = "") throws {
        self.loop = loop
        path = FileManager.default.temporaryDirectory.path + "/ipc-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path + below, withIntermediateDirectories: true)
        sockets = try SocketDirectory(path + below)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What the servers reported, as it would stand in the log.
    var incidents: [String] { told.withLock { $0 } }

    func serve(
        _ responder: TestResponder, hello: Hello = .test("signer")
    ) async throws -> Server<TestResponder> {
        let server = Server(responder, on: loop, hello: { hello }) { incident in
            self.told.withLock { $0.append("\(incident)") }
        }
        try await server.listen(on: try sockets.listen(Service.signer.socket))
        return server
    }

    func client(as hello: Hello = .test("ingress")) -> Client {
        Client(to: .signer, in: sockets, as: hello, on: loop)
    }

    /// A peer that sends whatever bytes it likes.
    func rawPeer() throws -> RawPeer {
        RawPeer(try sockets.connect(Service.signer.socket), on: loop)
    }
}

extension Hello {
    static func test(_ process: String, mode: Mode = .stub) -> Hello {
        Hello(process: process, mode: mode, pid: 1)
    }

    /// The introduction of a release to come.
    static func ofProtocol(_ number: Int, _ process: String) throws -> Hello {
        let text = """
            {"protocol":\(number),"process":"\(process)","version":"9.9.9","mode":"stub","pid":1}
            """
        return try JSONDecoder().decode(Hello.self, from: Data(text.utf8))
    }
}

/// A connected socket without any manners.
// Unchecked: only touched on the loop's thread.
final class RawPeer: @unchecked Sendable {
    private var descriptor: Descriptor?
    private let loop: EventLoop

    init(_ descriptor: consuming Descriptor, on loop: EventLoop) {
        self.descriptor = consume descriptor
        self.loop = loop
    }

    /// Sends as much as there is room for; answers how much that was.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) throws -> Int {
        let outcome = try Array(bytes).withUnsafeBytes { try descriptor?.send($0) }
        guard case .moved(let count) = outcome else { return 0 }
        return count
    }

    func send(frame payload: some Collection<UInt8>) throws {
        try send(try Frame.header(for: payload.count) + payload)
    }

    func send(frame text: String) throws { try send(frame: text.utf8) }

    /// Introduces itself properly.
    func introduce(as hello: Hello = .test("raw")) throws {
        try send(frame: try Outgoing.hello(hello, id: 0, with: .gateway()))
    }

    func hangUp() { _ = descriptor.take() }

    /// Reads until the other end hangs up; nil when it did not within 5 s.
    func readToEnd() async throws -> Int? {
        let bell = Bell(on: loop)
        guard let number = descriptor?.number else { return 0 }
        try loop.watch(number, for: .read) { _ in bell.ring() }
        defer { loop.unwatch(number) }
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            switch try buffer.withUnsafeMutableBytes({ try descriptor?.read(into: $0) }) {
            case .moved(let count): total += count
            case .wouldBlock: guard await bell.wait(atMost: .seconds(5)) else { return nil }
            case .ended, nil: return total
            }
        }
    }
}
