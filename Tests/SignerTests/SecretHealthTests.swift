import Daemon
import Testing
import Wire

@testable import Signer

@Suite("What health says of secrets")
struct SecretHealthTests {
    private static let day: Int64 = 24 * 3_600 * 1_000
    private static let now: Int64 = 1_790_000_000_000

    private static func secret(previous: String?) throws -> RotatingSecret {
        var environment = ["S": "new"]
        environment["S_PREVIOUS"] = previous
        return try #require(try RotatingSecret("S", in: Surroundings(environment)))
    }

    /// The code, and whether the hint is to take the previous one out now.
    private static func said(since: Int64, lastUse: Int64?) throws -> (String?, Bool) {
        let health = SecretHealth(
            now: now, since: now - since, tokens: NamedTokens(in: "/nowhere"))
        let warning = health.warning(
            of: try secret(previous: "old"),
            lastUse: lastUse.map { Timestamp(milliseconds: now - $0) })
        return (warning?.code, warning?.hint.hasPrefix("Take it out of the settings, and") == true)
    }

    @Test("no previous secret, no word of it")
    func nothing() throws {
        let health = SecretHealth(
            now: Self.now, since: Self.now, tokens: NamedTokens(in: "/nowhere"))
        #expect(health.warning(of: try Self.secret(previous: nil), lastUse: nil) == nil)
        #expect(health.reasons.isEmpty && health.tokenWarnings.isEmpty)
    }

    @Test("a previous secret is in use until a day after its last use, whenever signer started")
    func inUse() throws {
        for since in [0, Self.day, 9 * Self.day] {
            #expect(try Self.said(since: since, lastUse: 0) == ("previous_secret_in_use", false))
            #expect(
                try Self.said(since: since, lastUse: Self.day - 1)
                    == ("previous_secret_in_use", false))
        }
    }

    @Test("it may go once a day has passed without a use, all of which this signer has seen")
    func idle() throws {
        #expect(try Self.said(since: Self.day - 1, lastUse: nil) == ("previous_secret_idle", false))
        #expect(try Self.said(since: Self.day, lastUse: nil) == ("previous_secret_idle", true))
        #expect(
            try Self.said(since: Self.day - 1, lastUse: Self.day) == ("previous_secret_idle", false)
        )
        #expect(try Self.said(since: Self.day, lastUse: Self.day) == ("previous_secret_idle", true))
    }
}
