import Testing
import Wire

@testable import Provider

@Suite("Answers that are lost in a row")
struct DoubtTests {
    private static func queue(_ numbers: ClosedRange<Int64>) -> Dispatch {
        var rules = Dispatch.Rules()
        rules.isPaced = false
        var dispatch = Dispatch(rules)
        add(numbers, to: &dispatch)
        return dispatch
    }

    private static func add(
        _ numbers: ClosedRange<Int64>, from: String = "100", to dispatch: inout Dispatch
    ) {
        for number in numbers {
            dispatch.add(
                Ticket(number: number, id: "msg_\(number)", from: from, person: "\(number)"),
                now: 0)
        }
    }

    /// All that goes at `now`, in its order.
    private static func all(_ dispatch: inout Dispatch, now: Int64) -> [Int64] {
        var numbers: [Int64] = []
        while case .send(let ticket) = dispatch.next(now: now) { numbers.append(ticket.number) }
        return numbers
    }

    private static func lose(_ numbers: ClosedRange<Int64>, _ dispatch: inout Dispatch, now: Int64)
    {
        for number in numbers {
            dispatch.lost(number, now: now) { $0.upperBound }
            dispatch.remove(number, now: now)
        }
    }

    @Test("three make a number send one at a time, later each time, until one is answered")
    func three() {
        var dispatch = Self.queue(1...6)
        #expect(Self.all(&dispatch, now: 0) == Array(1...6))
        // Two may be bad luck.
        Self.lose(1...2, &dispatch, now: 0)
        Self.add(7...7, to: &dispatch)
        #expect(Self.all(&dispatch, now: 0) == [7])
        // The third, and what was under way with it.
        Self.lose(3...7, &dispatch, now: 0)
        Self.add(8...12, to: &dispatch)
        Self.add(13...14, from: "200", to: &dispatch)
        #expect(Self.all(&dispatch, now: 0) == [13, 14], "another number has no part in it")
        #expect(dispatch.next(now: 0) == .wait(until: 1_000))
        #expect(dispatch.expected(8, now: 0) == 1_000)
        #expect(Self.all(&dispatch, now: 1_000) == [8])
        Self.lose(8...8, &dispatch, now: 5_000)
        #expect(Self.all(&dispatch, now: 6_999).isEmpty)
        #expect(Self.all(&dispatch, now: 7_000) == [9])
        #expect(Self.all(&dispatch, now: 30_000).isEmpty)
        // Any answer ends it, also one after which it is tried again.
        dispatch.answered(9)
        dispatch.retry(9, after: 500, because: .trouble, now: 30_000)
        #expect(Self.all(&dispatch, now: 30_000) == Array(10...12))
    }

    @Test("an answer in between begins the row anew")
    func row() {
        var dispatch = Self.queue(1...6)
        #expect(Self.all(&dispatch, now: 0) == Array(1...6))
        Self.lose(1...2, &dispatch, now: 0)
        dispatch.answered(3)
        Self.lose(4...5, &dispatch, now: 0)
        Self.add(7...7, to: &dispatch)
        #expect(Self.all(&dispatch, now: 0) == [7])
    }

    @Test("one that never left, or is gone, leaves its turn to the next", arguments: [false, true])
    func neverLeft(isGone: Bool) {
        var dispatch = Self.queue(1...3)
        #expect(Self.all(&dispatch, now: 0) == Array(1...3))
        Self.lose(1...3, &dispatch, now: 0)
        Self.add(4...6, to: &dispatch)
        #expect(Self.all(&dispatch, now: 1_000) == [4])
        if isGone {
            dispatch.remove(4, now: 1_000)
        } else {
            dispatch.retry(4, after: 60_000, because: .unreachable, now: 1_000)
        }
        #expect(Self.all(&dispatch, now: 1_000) == [5])
    }
}
