import FoundationEssentials
import JSON
import Reactor
import TestSupport
import Testing
import Wire

@testable import IPC

@Suite("A server", .timeLimit(.minutes(1)))
struct ServerTests {
    /// Bytes that cost their sender the connection, and whether it introduces itself before.
    static let garbage: [(what: String, introduced: Bool, bytes: [UInt8])] = [
        ("a length of 4 GiB", false, [0xFF, 0xFF, 0xFF, 0xFF]),
        ("a length one too long", true, [0x00, 0x80, 0x00, 0x01]),
        ("text", false, Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        ("no JSON", true, [0, 0, 0, 3] + Array("{\"}".utf8)),
        ("zeros", true, [0, 0, 0, 4, 0, 0, 0, 0]),
        ("an empty frame", true, [0, 0, 0, 0]),
        ("an empty object", true, [0, 0, 0, 2] + Array("{}".utf8)),
        (
            "no hello first", false,
            frame(
                #"{"jsonrpc":"2.0","id":1,"method":"signer.echo","params":{"until":1,"body":""}}"#)
        ),
        (
            "a hello without its members", false,
            frame(#"{"jsonrpc":"2.0","id":0,"method":"process.hello","params":{}}"#)
        ),
        ("an answer", true, frame(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)),
        ("a batch", true, frame("[]")),
        (
            "a notification", true,
            frame(#"{"jsonrpc":"2.0","method":"signer.echo","params":{"until":1,"body":""}}"#)
        ),
    ]

    private static func frame(_ text: String) -> [UInt8] {
        [0, 0, UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
    }

    @Test("hangs up on garbage, says so, and goes on for everybody else", arguments: garbage)
    func hangsUpOnGarbage(what: String, introduced: Bool, bytes: [UInt8]) async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let responder = TestResponder(on: loop)
            let server = try await group.serve(responder)
            let client = group.client()
            async let other = client.ask(Gather(number: 1, of: 2), within: .seconds(10))
            _ = try await client.ask(Echo("before"), within: .seconds(5))

            let peer = try group.rawPeer()
            if introduced { try peer.introduce() }
            try peer.send(bytes)
            #expect(try await peer.readToEnd() != nil)
            #expect(group.incidents.count == 1)
            #expect(group.incidents.first?.hasPrefix("ipc.bad_frame peer=") == true)

            _ = try await client.ask(Gather(number: 2, of: 2), within: .seconds(5))
            #expect(try await other.number == 1)
            await server.close()
        }
    }

    @Test("takes half a frame and a hang-up without a word")
    func halfFrame() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            for bytes in [[], [0], [0, 0, 0, 9], [0, 0, 0, 9, 0x7B]] as [[UInt8]] {
                let peer = try group.rawPeer()
                try peer.introduce()
                try peer.send(bytes)
                peer.hangUp()
            }
            let client = group.client()
            _ = try await client.ask(Echo("on"), within: .seconds(5))
            #expect(group.incidents == [])
            await server.close()
        }
    }

    @Test("answers wrong parameters by naming them, and keeps the connection")
    func wrongParameters() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let answers = Answers(on: loop)
            let stream = FrameStream(
                owning: try group.sockets.connect(Service.signer.socket), on: loop)
            try stream.start(onFrame: { answers.add($0) }, onEnd: { _ in answers.end() })
            try stream.send(try Outgoing.hello(.test("raw"), id: 0, with: .gateway()))
            #expect(await answers.wait(for: 1))
            for params in ["{}", #"{"until":1}"#, #"{"until":1,"body":7}"#] {
                let text = #"{"jsonrpc":"2.0","id":5,"method":"signer.echo","params":\#(params)}"#
                try stream.send(Data(text.utf8))
            }
            #expect(await answers.wait(for: 4))
            #expect(
                answers.all.dropFirst().map { $0["error"]?["message"]?.text } == [
                    "until is missing", "body is missing", "body has the wrong type",
                ])
            #expect(
                answers.all.dropFirst().allSatisfy { $0["error"]?["code"] == .integer(-32_602) })
            #expect(!answers.ended)
            stream.close()
            await server.close()
        }
    }

    @Test("does not answer a peer that it has refused")
    func refusedPeer() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let peer = try group.rawPeer()
            try peer.introduce(as: try .ofProtocol(2, "raw"))
            try peer.send(
                frame: try Outgoing.request(Make(count: 1 << 20), id: 1, until: 0, with: .gateway())
            )
            let read = try #require(try await peer.readToEnd())
            #expect(read < 1 << 10)
            await server.close()
        }
    }

    @Test("cancels what it works on for a peer that hangs up")
    func hangUp() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let responder = TestResponder(on: loop)
            let server = try await group.serve(responder)
            let answers = Answers(on: loop)
            let stream = FrameStream(
                owning: try group.sockets.connect(Service.signer.socket), on: loop)
            try stream.start(onFrame: { answers.add($0) }, onEnd: { _ in answers.end() })
            try stream.send(try Outgoing.hello(.test("raw"), id: 0, with: .gateway()))
            #expect(await answers.wait(for: 1))
            for id in 1...3 {
                try stream.send(
                    try Outgoing.request(Hold(), id: Int64(id), until: 0, with: .gateway()))
            }
            #expect(await responder.wait(held: 3))
            #expect(await server.isBusy)
            stream.close()
            #expect(await responder.wait(held: 3, cancelled: 3))
            #expect(await !server.isBusy)
            await server.close()
        }
    }

    @Test("cuts off a peer that asks and does not read, and nobody else")
    func notReading() async throws {
        try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let peer = try group.rawPeer()
            try peer.introduce()
            let client = group.client()
            _ = try await client.ask(Echo("the peer is introduced now"), within: .seconds(5))
            for id in 1...40 {
                try peer.send(
                    frame: try Outgoing.request(
                        Make(count: 1 << 20), id: Int64(id), until: 0, with: .gateway()))
                _ = try await client.ask(Echo("meanwhile"), within: .seconds(5))
            }
            // What the kernel had taken already can be read, and then it is over.
            let read = try #require(try await peer.readToEnd())
            #expect(read < 4 << 20)
            #expect(group.incidents == ["ipc.not_reading peer=raw"])
            await server.close()
        }
    }

    @Test("takes more requests of one peer than it works on at once, and answers all")
    func manyRequests() async throws {
        let count = 3_000
        let answered = try await onLoop { loop in
            let group = try Group(on: loop)
            let server = try await group.serve(TestResponder(on: loop))
            let client = group.client()
            let answered = try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<count {
                    tasks.addTask { _ = try await client.ask(Echo("x"), within: .seconds(20)) }
                }
                return try await tasks.reduce(into: 0) { count, _ in count += 1 }
            }
            await server.close()
            return answered
        }
        #expect(answered == count)
    }
}

/// The frames that came over a stream.
// Unchecked: only touched on the loop's thread.
final class Answers: @unchecked Sendable {
    private let change: Bell
    private(set) var all: [JSONValue] = []
    private(set) var ended = false

    init(on loop: EventLoop) { change = Bell(on: loop) }

    func add(_ payload: Data) {
        if let value = try? JSONDecoder().decode(JSONValue.self, from: payload) {
            all.append(value)
        }
        change.ring()
    }

    func end() {
        ended = true
        change.ring()
    }

    func wait(for count: Int) async -> Bool {
        while all.count < count, !ended {
            guard await change.wait(atMost: .seconds(5)) else { return false }
        }
        return all.count >= count
    }
}
