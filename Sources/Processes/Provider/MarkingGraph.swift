internal import Curl
internal import FoundationEssentials
internal import JSON

/// Meta's Graph as read marks see it: a mark may be told twice, and Meta takes it for one.
protocol MarkingGraph: Sendable {
    /// Posts `body` (JSON) to `/{phoneNumberID}/messages`, and waits for its answer at most so long.
    func mark(
        _ body: Data, from phoneNumberID: String, within limit: Duration
    ) async -> MarkOutcome
}

/// What one try to tell a read mark came to.
enum MarkOutcome: Hashable, Sendable {
    case told
    /// Graph says itself that it did not take it.
    case refused(GraphError)
    /// It never left, or its answer did not come: the same to us, since it may be repeated.
    case unanswered(reason: String)

    /// Reads it off the transfer: `{"success":true}` and no message id (Meta, "Mark messages as read").
    init(_ result: TransferResult) {
        let answer = try? JSONValue(parsing: result.body)
        if (200...299).contains(result.status ?? 0), answer?["success"] == .bool(true) {
            self = .told
            return
        }
        switch GraphOutcome(result) {
        case .accepted: self = .told
        case .refused(let error): self = .refused(error)
        case .neverLeft(let reason), .unknown(let reason): self = .unanswered(reason: reason)
        }
    }
}

extension GraphClient: MarkingGraph {
    func mark(
        _ body: Data, from phoneNumberID: String, within limit: Duration
    ) async -> MarkOutcome {
        switch await post(body, toMessagesOf: phoneNumberID, within: limit) {
        case .success(let result): MarkOutcome(result)
        case .failure(let notBegun): .unanswered(reason: notBegun.reason)
        }
    }
}
