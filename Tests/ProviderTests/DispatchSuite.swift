import Testing
import Wire

@testable import Provider

/// What tests of the order and pace of sending have in common.
protocol DispatchSuite {}

extension DispatchSuite {
    static func ticket(
        _ number: Int64, to person: String = "p", from: String = "100", priority: Int = 0,
        template: String? = nil
    ) -> Ticket {
        Ticket(
            number: number, id: "msg_\(number)", from: from, person: person, priority: priority,
            template: template)
    }

    static func unpaced() -> Dispatch {
        var rules = Dispatch.Rules()
        rules.isPaced = false
        return Dispatch(rules)
    }

    static var problem: Problem {
        Problem(.providerUnauthorized, status: 401, "no", hint: "Replace the token.")
    }

    /// All that goes at `now`, in its order.
    static func all(_ dispatch: inout Dispatch, now: Int64) -> [Int64] {
        var numbers: [Int64] = []
        while case .send(let ticket) = dispatch.next(now: now) { numbers.append(ticket.number) }
        return numbers
    }
}
