internal import Wire

extension MessageSender {
    /// What health says of everything that does not go, each with its cure.
    var conditions: [Condition] {
        var conditions = dispatch.pauses.map { pause in
            Condition(
                "sending_paused", "\(pause.scope): \(pause.problem.message)",
                hint: "\(pause.problem.hint) What waits goes out afterwards; nothing is lost.")
        }.sorted { $0.message < $1.message }
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
