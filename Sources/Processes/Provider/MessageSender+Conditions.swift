internal import Reactor
internal import Wire

extension MessageSender {
    /// What health says of everything that does not go, each with its cure.
    var conditions: [Condition] {
        var conditions = dispatch.pauses.map { pause in
            Condition(
                "sending_paused", "\(pause.scope): \(pause.problem.message)",
                hint: "\(pause.problem.hint) What waits goes out afterwards; nothing is lost.")
        }.sorted { $0.message < $1.message }
        conditions += dispatch.slowed(now: Clocks.boot).map(\.condition)
            .sorted { $0.message < $1.message }
        conditions += dispatch.doubts.filter(\.value.isOutage).keys.sorted().map { number in
            Condition(
                "sending_slowed",
                "\(SendScope.number(number)): answers of Meta's are lost, one send goes at a time",
                hint: "It passes with the next answer. What was lost is unknown until a status of "
                    + "Meta's settles it; see ./run.sh logs provider for the network.")
        }
        if unwritten > 0 {
            conditions.append(
                Condition(
                    "outcome_unwritten",
                    "\(unwritten) answers of Meta's are only in provider's memory",
                    hint: "Free some space, and do not end provider before this is gone."))
        }
        return conditions
    }
}

extension MessageSender {
    /// Takes note of what Meta says is used of its limits; answers what that changes, for the log.
    func heed(_ usage: GraphUsage) -> [Dispatch.UsageChange] {
        let changes = dispatch.heed(usage, now: Clocks.boot)
        // What was put off may go now.
        pump()
        return changes
    }
}

extension Dispatch.UsageChange {
    /// What health says while it lasts.
    fileprivate var condition: Condition {
        let pace = level == .stopped ? "nothing is sent for a while" : "sending is slowed down"
        return Condition(
            "sending_slowed", "\(scope): \(percent) % of Meta's limit is used, \(pace)",
            hint: "It passes by itself; send less at once, or ask Meta for a higher limit. "
                + "What waits is kept.")
    }
}

extension SendScope: CustomStringConvertible {
    /// For people; a pair names nobody.
    var description: String {
        switch self {
        case .token: "all sending"
        case .account: "the account"
        case .number(let id): "number \(id)"
        case .template(let name): "template \(name)"
        case .pair: "one person"
        }
    }
}
