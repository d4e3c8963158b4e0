import TestSupport
import Testing

/// Who calls until something happens must not outlive a test for which it never does.
@Suite("callers of the tests")
struct CallersTests {
    private struct Failed: Error {}

    @Test(
        "nobody answers and the test fails: the callers end with it", .timeLimit(.minutes(1)),
        arguments: [true, false])
    func end(whoRepeat: Bool) async throws {
        let group = try TestGroup()
        await #expect(throws: Failed.self) {
            if whoRepeat {
                async let calling: Void = Callers(of: group, count: 2).run()
                try await Self.fail()
                try await calling
            } else {
                async let tally = Load(port: group.listener.port, connections: 2).run()
                try await Self.fail()
                _ = try await tally
            }
        }
    }

    private static func fail() async throws { throw Failed() }
}
