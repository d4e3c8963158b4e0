import Testing
import Wire

@testable import Ingress

/// The page that Prometheus reads.
struct MetricsPageTests {
    private static let away = ProcessState(
        service: .inbox, report: nil,
        reasons: [Condition("process_away", "inbox has been away", hint: "Look.")])

    private static func state(
        _ service: Service, figures: [String: Int64] = [:], warnings: [Condition] = []
    ) -> ProcessState {
        ProcessState(
            service: service,
            report: ProcessReport(
                process: service, mode: .stub, pid: 7, restarts: 2,
                startedAt: Timestamp(milliseconds: 0), sandbox: .full, warnings: warnings,
                figures: figures),
            reasons: [])
    }

    private static func lines(_ states: [ProcessState], _ traffic: Traffic = Traffic())
        -> [Substring]
    {
        MetricsPage(states, traffic).text.split(separator: "\n")
    }

    @Test("a process that is away is down, and health's word for it is a sample")
    func tellsWhoIsAway() {
        let lines = Self.lines([Self.away, Self.state(.signer)])
        #expect(lines.contains(#"gateway_up{process="inbox"} 0"#))
        #expect(lines.contains(#"gateway_up{process="signer"} 1"#))
        #expect(lines.contains(#"gateway_restarts{process="signer"} 2"#))
        #expect(
            lines.contains(
                #"gateway_condition{process="inbox",code="process_away",level="reason"} 1"#))
    }

    @Test("a code that is said twice is one sample")
    func saysCodesOnce() {
        let said = Condition("dead_letters", "3", hint: "")
        let state = Self.state(.provider, warnings: [said, said])
        let samples = Self.lines([state]).filter { $0.contains(#"code="dead_letters""#) }
        #expect(samples.count == 1)
    }

    @Test("each figure is a family of its own, and what only grows is a counter")
    func tellsFigures() {
        let lines = Self.lines([Self.state(.signer, figures: ["forged": 3, "open": 1])])
        #expect(lines.contains("# TYPE gateway_signer_forged_total counter"))
        #expect(lines.contains("gateway_signer_forged_total 3"))
        #expect(lines.contains("# TYPE gateway_signer_open gauge"))
        #expect(lines.contains("gateway_signer_open 1"))
    }

    @Test("buckets add up, and what is beyond the last bound is in the count alone")
    func addsUpBuckets() {
        var traffic = Traffic()
        traffic.count("send", 200, took: .milliseconds(1))
        traffic.count("send", 202, took: .milliseconds(20))
        traffic.count("send", 202, took: .seconds(11))
        let lines = Self.lines([], traffic)
        #expect(lines.contains(#"gateway_http_answers_total{route="send",status="202"} 2"#))
        #expect(lines.contains(#"gateway_http_seconds_bucket{route="send",le="0.001"} 1"#))
        #expect(lines.contains(#"gateway_http_seconds_bucket{route="send",le="0.01"} 1"#))
        #expect(lines.contains(#"gateway_http_seconds_bucket{route="send",le="0.025"} 2"#))
        #expect(lines.contains(#"gateway_http_seconds_bucket{route="send",le="10.0"} 2"#))
        #expect(lines.contains(#"gateway_http_seconds_bucket{route="send",le="+Inf"} 3"#))
        #expect(lines.contains(#"gateway_http_seconds_count{route="send"} 3"#))
        #expect(lines.contains(#"gateway_http_seconds_sum{route="send"} 11.021"#))
    }

    @Test("every line is a comment or a sample, and every sample's family is announced before it")
    func isWellFormed() throws {
        var traffic = Traffic()
        traffic.count("health", 200, took: .zero)
        let states = [Self.away, Self.state(.ingress, figures: ["spooled": 0])]
        var families: Set<Substring> = []
        for line in Self.lines(states, traffic) {
            if let type = line.firstMatch(of: #/^# TYPE ([a-z_]+) (gauge|counter|histogram)$/#) {
                #expect(families.insert(type.1).inserted, "\(line)")
                continue
            }
            if line.hasPrefix("# HELP ") { continue }
            let sample = try #require(
                line.wholeMatch(of: #/([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.]+/#),
                "\(line)")
            let isKnown = families.contains { family in
                sample.1 == family
                    || ["_bucket", "_sum", "_count"].contains { sample.1 == family + $0 }
            }
            #expect(isKnown, "\(line)")
        }
    }
}
