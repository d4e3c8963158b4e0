import FoundationEssentials
import Testing
import Wire

@testable import Daemon

@Suite("The starts of a process")
struct StartsTests {
    private let now: Int64 = 1_790_000_000_000

    @Test(
        "are a storm from the fourth within 30 s on",
        arguments: [
            ([0], false), ([2, 1, 0], false), ([3, 2, 1, 0], true),
            ([29_999, 2, 1, 0], true), ([30_000, 2, 1, 0], false),
            ([90_000, 60_000, 30_000, 0], false), ([90_000, 3, 2, 1, 0], true),
        ] as [([Int64], Bool)])
    func storm(ago: [Int64], isStorm: Bool) {
        let starts = Starts(times: ago.map { now - $0 })
        #expect(starts.isStorm(at: now) == isStorm)
    }

    @Test("are no storm any more 30 s after the last")
    func stormEnds() {
        let starts = Starts(times: [3, 2, 1, 0].map { now - $0 })
        #expect(starts.isStorm(at: now + 29_999))
        #expect(!starts.isStorm(at: now + 30_000))
    }

    @Test("are no storm by being later than the last, after the clock was set back")
    func clockSetBack() {
        let starts = Starts(times: [-5_000_000, -4_000_000, -3_000_000, 0].map { now - $0 })
        #expect(!starts.isStorm(at: now))
        #expect(!Starts(times: [3, 2, 1, 0].map { now - $0 }).isStorm(at: now - 1_000_000))
    }

    @Test("are counted in a file, whatever a line of it holds, and the first is no restart")
    func record() throws {
        let folder = try Folder()
        let first = Starts.record(.signer, in: folder.path)
        #expect(first.restarts == 0)
        let second = Starts.record(.signer, in: folder.path)
        #expect(second.restarts == 1)
        #expect(second.startedAt >= first.startedAt)
        #expect(Starts.record(.inbox, in: folder.path).restarts == 0)

        try Data("1\ngarbage\n\u{0}\n2".utf8)
            .write(to: URL(filePath: "\(folder.path)/signer.starts"))
        #expect(Starts.record(.signer, in: folder.path).times.prefix(2) == [1, 2])
    }

    @Test("that cannot be counted are no reason not to start")
    func recordNowhere() {
        #expect(Starts.record(.signer, in: "/nonexistent").restarts == 0)
    }
}
