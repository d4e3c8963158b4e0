internal import Glibc

/// What was waited for did not come.
package struct NeverHappened: Error, CustomStringConvertible {
    package let what: String
    package let limit: Duration
    package var description: String { "not within \(limit): \(what)" }
}

/// Asks again and again until the answer is yes: for what tells nobody when it changes.
///
/// The only place of the tests that waits without being woken.
/// - Throws: `NeverHappened` after `limit`; whatever `condition` throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(10),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what, limit: limit) }
        try await blocking { _ = usleep(pollingPause) }
    }
}

/// Microseconds: short beside every limit, long beside the work of asking.
private let pollingPause: useconds_t = 20_000
