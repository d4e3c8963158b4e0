import FoundationEssentials
import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("What follows from a try to fetch a file")
struct MediaVerdictTests {
    static func row(strikes: Int = 0, failures: Int = 0) -> MediaRow {
        MediaRow(
            id: "1", phoneNumberID: "100", origin: .received, state: .pending,
            mimeType: "image/jpeg", receivedAt: 1_000, failures: failures, strikes: strikes)
    }

    private static func verdict(_ outcome: MediaOutcome, _ row: MediaRow = row()) -> MediaVerdict {
        MediaVerdict(outcome, for: row) { $0.upperBound }
    }

    private static func refused(_ code: Int64, retryAfter: Duration? = nil) -> MediaOutcome {
        .failed(.refused(GraphError(code: code, httpStatus: 400, retryAfter: retryAfter)))
    }

    @Test(
        "a token or an account that Meta refuses pauses its scope, and counts for nothing",
        arguments: [(Int64(190), SendScope.token), (10, .token), (131_031, .account)])
    func pauses(code: Int64, scope: SendScope) {
        let verdict = Self.verdict(Self.refused(code), Self.row(strikes: 9, failures: 40))
        guard case .pause(let paused, let problem) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(paused == scope)
        let (next, notBefore) = Self.row(strikes: 9, failures: 40)
            .after(verdict, Self.refused(code), at: 2_000)
        #expect(next.state == .pending && next.failures == 40 && next.strikes == 9)
        #expect(next.problem == problem && notBefore == 0)
    }

    @Test("no answer is tried again with backoff, as often as it takes", arguments: [0, 5, 600])
    func noAnswer(failures: Int) {
        let verdict = Self.verdict(
            .failed(.noAnswer(reason: "x")), Self.row(failures: failures))
        let ceiling = Backoff.ceiling(after: failures + 1)
        #expect(verdict == .again(ceiling, .mediaUnanswered("x")))
    }

    @Test("what Graph asks to wait is waited for, by all files where it means all")
    func throttled() {
        guard
            case .again(let delay, _, let isStrike, let isOfAll) = Self.verdict(
                Self.refused(4, retryAfter: .seconds(90)))
        else {
            Issue.record("no retry")
            return
        }
        #expect(delay >= 90_000 && isOfAll && !isStrike)
    }

    @Test("an id that Graph does not know is given up after the last strike, not before")
    func strikes() {
        let most = MediaVerdict.mostStrikes
        let before = Self.verdict(Self.refused(100), Self.row(strikes: most - 2))
        guard case .again(_, _, isStrike: true, _) = before else {
            Issue.record("\(before)")
            return
        }
        let last = Self.verdict(Self.refused(100), Self.row(strikes: most - 1))
        guard case .giveUp = last else {
            Issue.record("\(last)")
            return
        }
    }

    @Test("other bytes than announced are given up after the third time; too many, at once")
    func wrongBytes() {
        let most = MediaVerdict.mostWrongDigests
        #expect(
            Self.verdict(.wrongDigest, Self.row(strikes: most - 2))
                == .again(1_000, .mediaDiffers, isStrike: true))
        #expect(
            Self.verdict(.wrongDigest, Self.row(strikes: most - 1)) == .giveUp(.mediaDiffers))
        #expect(Self.verdict(.tooLong) == .giveUp(.mediaTooLong))
    }

    @Test("a file whose next try would be after Meta forgot it is expired", arguments: [-1, 0, 1])
    func expires(off: Int64) {
        let end = 1_000 + MediaRow.Origin.received.life
        let verdict = MediaVerdict.again(500, .mediaUnanswered("x"))
        let (next, _) = Self.row().after(verdict, .tooLong, at: end - 500 + off)
        #expect(next.state == (off < 0 ? .pending : .expired))
    }

    @Test("a file that came is stored with what it is, and its problems are over")
    func stored() {
        var row = Self.row()
        row.problem = .mediaDiffers
        let outcome = MediaOutcome.fetched(file: "f", size: 3, sha256: "ab")
        let (next, _) = row.after(Self.verdict(outcome, row), outcome, at: 2_000)
        #expect(next.state == .stored && next.file == "f" && next.size == 3)
        #expect(next.sha256 == "ab" && next.problem == nil)
    }

    @Test("a sink takes its limit and not a byte more, and digests what it took")
    func sink() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x")
        try Data().write(to: URL(filePath: path))
        let sink = try MediaSink(to: path, upTo: 3)
        #expect(Array("ab".utf8).withUnsafeBytes { sink.take($0) })
        #expect(Array("c".utf8).withUnsafeBytes { sink.take($0) })
        #expect(!sink.isTooLong && sink.count == 3)
        #expect(
            sink.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(!Array("d".utf8).withUnsafeBytes { sink.take($0) })
        #expect(sink.isTooLong && sink.count == 3)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("abc".utf8))
    }
}
