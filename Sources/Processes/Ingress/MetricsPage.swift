internal import Wire

/// How the whole is, in Prometheus's text format 0.0.4.
///
/// No caller's text gets into it: names and labels are routes, processes, codes and figures of ours.
struct MetricsPage {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Figures that only grow while a process lives; all others say how things are now.
    private static let counters: Set = ["commits", "authentic", "forged", "tokens_refused"]

    private(set) var text = ""

    init(_ states: [ProcessState], _ traffic: Traffic) {
        begin("gateway_up", "gauge", "1 when the process described itself.")
        for state in states {
            add("gateway_up", [("process", state.name)], state.report == nil ? "0" : "1")
        }
        begin("gateway_restarts", "gauge", "Starts since the group was started, less the first.")
        for state in states {
            guard let report = state.report else { continue }
            add("gateway_restarts", [("process", state.name)], "\(report.restarts)")
        }
        begin("gateway_condition", "gauge", "1 while health says so; alarms.md explains the codes.")
        for state in states {
            add(state.reasons, of: state, as: "reason")
            add(state.warnings, of: state, as: "warning")
        }
        addFigures(states)
        add(traffic)
    }

    private mutating func add(_ conditions: [Condition], of state: ProcessState, as level: String) {
        // One code may be said of several things, and a sample may be there once only.
        for code in Set(conditions.map(\.code)).sorted() {
            add(
                "gateway_condition",
                [("process", state.name), ("code", code), ("level", level)], "1")
        }
    }

    /// What each process counts, as `gateway_<process>_<figure>`.
    private mutating func addFigures(_ states: [ProcessState]) {
        for state in states {
            for (figure, value) in (state.report?.figures ?? [:]).sorted(by: { $0.key < $1.key }) {
                let isCounter = Self.counters.contains(figure)
                let name = "gateway_\(state.name)_\(figure)" + (isCounter ? "_total" : "")
                begin(name, isCounter ? "counter" : "gauge", "\(state.name)'s figure \(figure).")
                add(name, [], "\(value)")
            }
        }
    }

    private mutating func add(_ traffic: Traffic) {
        let answers = "gateway_http_answers_total"
        begin(answers, "counter", "Requests answered, by route and status.")
        for (key, count) in traffic.answers.sorted(by: { $0.key < $1.key }) {
            add(answers, [("route", key.route), ("status", "\(key.status)")], "\(count)")
        }
        let seconds = "gateway_http_seconds"
        begin(seconds, "histogram", "From the whole request to its answer.")
        for (route, times) in traffic.times.sorted(by: { $0.key < $1.key }) {
            var below: Int64 = 0
            for (bound, count) in zip(Traffic.bounds, times.buckets) {
                below += count
                add(seconds + "_bucket", [("route", route), ("le", "\(bound)")], "\(below)")
            }
            add(seconds + "_bucket", [("route", route), ("le", "+Inf")], "\(times.count)")
            add(seconds + "_sum", [("route", route)], "\(times.sum / .seconds(1))")
            add(seconds + "_count", [("route", route)], "\(times.count)")
        }
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func add(_ name: String, _ labels: [(String, String)], _ value: String) {
        let pairs = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
    }
}

extension ProcessState {
    fileprivate var name: String { service.rawValue }
}
