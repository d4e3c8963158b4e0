import Reactor
import TestSupport
import Testing
import Wire

@testable import Ingress

@Suite("A listener's stream of events")
struct EventStreamTests {
    private static let begin = EventID(epoch: "e", number: 7)

    /// What a stream gives at first, with a word for each look at the listener's token.
    private static func parts(_ count: Int, allowed: [Bool]) async throws -> [String?] {
        try await onLoop { loop in
            let hub = EventHub(on: loop) { asked, _ in
                // A long poll in which nothing happens.
                if asked.wait > 0 { _ = await Bell(on: loop).wait(atMost: .seconds(60)) }
                return FollowChanges.Answer(events: [], next: begin.text, more: false)
            }
            let looks = Looks(allowed, on: loop)
            let stream = await EventStream(
                after: begin, [], of: hub, heartbeat: .zero, recheck: .zero
            ) { await looks.next() }
            var parts: [String?] = []
            for _ in 0..<count {
                parts.append(try await stream.next().map { String(decoding: $0, as: UTF8.self) })
            }
            return parts
        }
    }

    private actor Looks {
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private let loop: EventLoop
        private var rest: [Bool]

        init(_ rest: [Bool], on loop: EventLoop) {
            self.rest = rest
            self.loop = loop
        }

        func next() -> Bool { rest.isEmpty || rest.removeFirst() }
    }

    @Test("ends with `unauthorized` once the token that began it is nobody's any more")
    func endsWithItsToken() async throws {
        let parts = try await Self.parts(5, allowed: [true, true, false])
        #expect(
            parts == [
                "retry: 1000\nid: e-7\n\n", "id: e-7\n\n", "id: e-7\n\n",
                "event: unauthorized\ndata: {}\n\n", nil,
            ])
    }
}
