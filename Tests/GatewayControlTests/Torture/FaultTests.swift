import Testing
import Wire

@testable import GatewayControl

@Suite("Faults of a torture")
struct FaultTests {
    private static let deck = 33

    @Test("the same seed gives the same faults, another one others")
    func seeds() {
        func faults(_ seed: UInt64) -> [Fault] { Array(FaultSchedule(seed: seed).prefix(200)) }
        #expect(faults(1) == faults(1))
        #expect(faults(1) != faults(2))
    }

    @Test("each deck holds every kind, hangs in turn, and single kills of each process four times")
    func decks() {
        let faults = Array(FaultSchedule(seed: 3).prefix(3 * Self.deck))
        for begin in stride(from: 0, to: faults.count, by: Self.deck) {
            let kinds = faults[begin..<begin + Self.deck].map(\.kind)
            for kind in FaultKind.allCases {
                let count = kinds.filter { $0 == kind }.count
                switch kind {
                case .kill: #expect(count == 4)
                case .hang: #expect(count <= 1)
                default: #expect(count >= 1, "\(kind)")
                }
            }
        }
    }

    @Test("a stop is shorter than anybody waits, a hang longer, and a chain has links")
    func lengths() {
        for fault in FaultSchedule(seed: 4).prefix(20 * Self.deck) {
            switch fault.kind {
            case .stop: #expect(fault.length < .seconds(2))
            case .hang: #expect(fault.length > .seconds(3))
            case .chain: #expect((6...10).contains(fault.links.count))
            case .kill, .restart, .all, .supervisord, .everything: #expect(fault.length == .zero)
            }
            #expect(fault.pause > .zero)
        }
    }

    @Test("one kind alone can be asked for")
    func only() {
        let faults = Array(FaultSchedule(seed: 5, only: .hang(.inbox)).prefix(10))
        #expect(faults.map(\.kind) == Array(repeating: .hang(.inbox), count: 10))
    }

    @Test("each kind has a name of its own")
    func names() {
        #expect(Set(FaultKind.allCases.map(\.name)).count == FaultKind.allCases.count)
    }

    private static let outcomes: [CallOutcome] =
        [.refused, .reset, .silent] + [400, 401, 404, 422, 500, 503, 504].map { .answered($0) }

    @Test("the kill of one process explains nothing but what was under way on ingress")
    func oneKill() {
        for service in Service.allCases {
            for outcome in Self.outcomes {
                #expect(
                    FaultKind.kill(service).explains(outcome)
                        == (service == .ingress && outcome == .reset))
            }
        }
    }

    @Test(
        "nor does a restart, and a short stop nothing at all", arguments: Service.allCases)
    func gentle(service: Service) {
        for outcome in Self.outcomes {
            #expect(
                FaultKind.restart(service).explains(outcome)
                    == (service == .ingress && outcome == .reset))
            #expect(!FaultKind.stop(service).explains(outcome))
        }
    }

    @Test("that nobody listens is explained by the end of supervisord alone")
    func refusals() {
        let explaining = FaultKind.allCases.filter { $0.explains(.refused) }
        #expect(explaining == [.supervisord, .everything])
    }

    @Test(
        "no fault explains silence, or that the gateway says 4xx or 500",
        arguments: [
            CallOutcome.silent, .answered(400), .answered(401), .answered(422), .answered(500),
        ])
    func neverExplained(outcome: CallOutcome) {
        #expect(!FaultKind.allCases.contains { $0.explains(outcome) })
    }

    @Test("a call met what began before it ended and ended after it began")
    func log() {
        let start = ContinuousClock.now
        var log = FaultLog()
        log.begin(.all, at: start + .seconds(1))
        log.end(at: start + .seconds(2))
        log.begin(.chain, at: start + .seconds(4))
        func met(_ from: Double, _ to: Double) -> [FaultKind] {
            log.met(from: start + .seconds(from), to: start + .seconds(to))
        }
        #expect(met(0, 0.9) == [])
        #expect(met(0, 1) == [.all])
        #expect(met(1.2, 1.3) == [.all])
        #expect(met(2, 3.9) == [.all])
        #expect(met(2.1, 3.9) == [])
        #expect(met(1.5, 9) == [.chain, .all])
        #expect(met(8, 9) == [.chain])
        #expect(log.current == .chain)
    }

    @Test(
        "what supervisord started is known by its arguments, also while run.sh starts it",
        arguments: [
            (["/a b/inbox"], .service(.inbox)), (["/x/gatewayctl", "hold"], .holder),
            (["bash", "/a/run.sh", "exec", "signer"], .service(.signer)),
            (["bash", "/a/run.sh", "exec", "ingress_0"], .service(.ingress)),
            (["bash", "/a/run.sh", "exec", "ingress_1"], .holder),
            (["bash", "/a/run.sh", "exec"], nil), (["sleep", "0.5"], nil), ([], nil),
        ] as [([String], ProcessTable.Role?)])
    func roles(words: [String], role: ProcessTable.Role?) {
        #expect(ProcessTable.role(words) == role)
    }
}
