import TestSupport
import Testing

/// Callers who take their time: cut at the limits, and nobody else waits for them.
@Suite("slow callers")
struct SlowCallerTests {
    @Test("ten slow connections of each kind are cut after 10 s while others are served")
    func areCut() async throws {
        try await withGroup { group in
            try await group.start(.signer, .ingress)
            let cut = Counter()
            async let slow = Self.visitSlowly(group, cut)
            var served = 0
            var slowest = Duration.zero
            try await eventually("all slow callers are cut", within: .seconds(30)) {
                let asked = ContinuousClock.now
                let answer = try await group.webhook(Payload.text("x", wamid: "wamid.\(served)"))
                #expect(answer.status == 200)
                slowest = max(slowest, ContinuousClock.now - asked)
                served += 1
                return cut.count == 10 * Kind.allCases.count
            }
            // Long before the slow ones are cut.
            #expect(slowest < .seconds(5))
            for (kind, took, answer) in try await slow {
                #expect((9.0...14.0).contains(took / .seconds(1)), "\(kind) took \(took)")
                switch kind {
                case .silent: #expect(answer.isEmpty, "a connection without a byte needs no answer")
                case .head, .body:
                    #expect(answer.map(\.status) == [408], "\(kind)")
                    #expect(answer.first?["Connection"] == "close")
                }
            }
            #expect(try await group.journaledWebhooks().count == served)
        }
    }

    enum Kind: CaseIterable { case silent, head, body }

    private static func visitSlowly(
        _ group: TestGroup, _ cut: Counter
    ) async throws -> [(Kind, Duration, [HTTPAnswer])] {
        try await onThreads(10 * Kind.allCases.count) { caller, _ in
            defer { cut.add() }
            return try visitSlowly(group, Kind.allCases[caller / 10])
        }
    }

    /// Sends a byte of a good webhook every half a second, until it is cut.
    private static func visitSlowly(
        _ group: TestGroup, _ kind: Kind
    ) throws -> (Kind, Duration, [HTTPAnswer]) {
        let begin = ContinuousClock.now
        let connection = try group.connection(timeout: .seconds(20))
        let body = Payload.text("slow", wamid: "wamid.slow")
        let request = HTTPConnection.request(
            "POST", TestGroup.webhookPath, TestGroup.webhookFields(body), body: body)
        var rest =
            switch kind {
            case .silent: request[..<0]
            case .head: request[...]
            case .body: request.suffix(body.count)
            }
        if kind == .body { try connection.send(request.dropLast(body.count)) }
        while let byte = rest.popFirst() {
            do throws(HTTPFailure) { try connection.send([byte]) } catch { break }
            if connection.hasAnswer(within: .milliseconds(500)) { break }
        }
        let answers = HTTPAnswer.all(in: try connection.receiveToEnd())
        return (kind, ContinuousClock.now - begin, answers)
    }
}
