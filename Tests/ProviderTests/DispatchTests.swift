import TestSupport
import Testing
import Wire

@testable import Provider

@Suite("The order of sending")
struct DispatchTests: DispatchSuite {
    @Test("one at a time goes to a person, in the order of intake, whatever order they come in")
    func order() {
        var dispatch = Self.unpaced()
        for number: Int64 in [3, 1, 2] { dispatch.add(Self.ticket(number), now: 0) }
        for number: Int64 in 1...3 {
            #expect(Self.all(&dispatch, now: 0) == [number])
            _ = dispatch.accepted(number, now: 0)
        }
        #expect(dispatch.next(now: 0) == .idle && dispatch.count == 0)
    }

    @Test("an earlier one that comes late waits behind what is under way")
    func late() {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(2), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [2])
        dispatch.add(Self.ticket(1), now: 0)
        #expect(Self.all(&dispatch, now: 0).isEmpty)
        _ = dispatch.accepted(2, now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1])
    }

    @Test("persons, numbers and priorities do not wait for each other; single sends go before bulk")
    func lanes() {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(1, priority: Ticket.bulk), now: 0)
        dispatch.add(Self.ticket(2, to: "q"), now: 0)
        dispatch.add(Self.ticket(3), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [2, 3, 1])
    }

    @Test(
        "a message that does not go holds back those behind it a minute, and no longer",
        arguments: [(59_999, false), (60_000, true)] as [(Int64, Bool)])
    func holdingBack(now: Int64, goes: Bool) {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(1), now: 0)
        dispatch.add(Self.ticket(2), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1])
        dispatch.retry(1, after: 600_000, because: .trouble, now: 0)
        #expect(Self.all(&dispatch, now: now) == (goes ? [2] : []))
        // Its own turn comes all the same.
        if goes { #expect(Self.all(&dispatch, now: 600_000) == [1]) }
    }

    @Test("while Graph cannot be reached the first keeps its place, and tries once a minute")
    func unreachable() {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...2 { dispatch.add(Self.ticket(number), now: 0) }
        dispatch.add(Self.ticket(3, to: "alone"), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1, 3])
        for number: Int64 in [1, 3] {
            dispatch.retry(number, after: 600_000, because: .unreachable, now: 0)
        }
        for minute: Int64 in 1...3 {
            #expect(Self.all(&dispatch, now: minute * 60_000 - 1).isEmpty)
            // Not what holds nobody back.
            #expect(Self.all(&dispatch, now: minute * 60_000) == [1])
            dispatch.retry(1, after: 600_000, because: .unreachable, now: minute * 60_000)
        }
        #expect(Self.all(&dispatch, now: 240_000) == [1])
        _ = dispatch.accepted(1, now: 240_001)
        #expect(Self.all(&dispatch, now: 240_001) == [2, 3])
    }

    @Test("trouble of three messages is Graph's: none loses its place for it", arguments: [2, 3])
    func troubleOfAll(persons: Int64) {
        var dispatch = Self.unpaced()
        for number in 1...(2 * persons) {
            dispatch.add(Self.ticket(number, to: "\(number % persons)"), now: 0)
        }
        let first = Array(1...persons)
        #expect(Self.all(&dispatch, now: 0) == first)
        for number in first { dispatch.retry(number, after: 600_000, because: .trouble, now: 0) }
        let next = persons < 3 ? Array(persons + 1...2 * persons) : first
        #expect(Self.all(&dispatch, now: 60_000) == next)
    }

    @Test("a pause of hours is not the fault of the message that met it: the order holds")
    func pauseKeepsOrder() {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...2 { dispatch.add(Self.ticket(number), now: 0) }
        for minute: Int64 in 0...90 {
            #expect(Self.all(&dispatch, now: minute * 60_000) == [1])
            dispatch.pause(.token, for: Self.problem, now: minute * 60_000)
            dispatch.putBack(1, readyAt: minute * 60_000, now: minute * 60_000)
        }
        _ = dispatch.open(.token, now: 5_430_000)
        #expect(Self.all(&dispatch, now: 5_430_000) == [1])
    }

    @Test("unknown, held and dead ones hold nobody back")
    func leaves() {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(1), now: 0)
        dispatch.add(Self.ticket(2), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1])
        dispatch.remove(1, now: 0)
        #expect(Self.all(&dispatch, now: 0) == [2])
    }

    @Test("no more are under way at once than may be")
    func inFlight() {
        var rules = Dispatch.Rules()
        (rules.isPaced, rules.inFlight) = (false, 2)
        var dispatch = Dispatch(rules)
        for number: Int64 in 1...3 { dispatch.add(Self.ticket(number, to: "\(number)"), now: 0) }
        #expect(Self.all(&dispatch, now: 0) == [1, 2])
        _ = dispatch.accepted(1, now: 0)
        #expect(Self.all(&dispatch, now: 0) == [3])
    }

    @Test("whatever happens, each message that is accepted goes once and none is forgotten")
    func property() {
        var random = Seeded(7)
        for _ in 0..<200 {
            var dispatch = Self.unpaced()
            var now: Int64 = 0
            var accepted: Set<Int64> = []
            for number: Int64 in 1...30 {
                let template = number % 5 == 0 ? "t en" : nil
                dispatch.add(
                    Self.ticket(number, to: "\(random.next() % 4)", template: template), now: now)
            }
            var steps = 0
            while dispatch.count > 0 || !dispatch.parked.isEmpty, steps < 5_000 {
                steps += 1
                switch dispatch.next(now: now) {
                case .send(let ticket):
                    let number = ticket.number
                    #expect(!accepted.contains(number))
                    switch random.next() % 8 {
                    case 0: dispatch.retry(number, after: 700, because: .trouble, now: now)
                    case 1:
                        dispatch.pause(.token, for: Self.problem, now: now)
                        dispatch.putBack(number, readyAt: now, now: now)
                    case 2:
                        dispatch.throttle(.number("100"), now: now) { $0.upperBound }
                        dispatch.putBack(number, readyAt: now, now: now)
                    case 3 where ticket.template != nil:
                        dispatch.pause(.template("t en"), for: Self.problem, now: now)
                        dispatch.park(number, now: now)
                    default:
                        accepted.insert(number)
                        for ticket in dispatch.accepted(number, now: now) {
                            dispatch.add(ticket, now: now)
                        }
                    }
                case .hold: break
                case .wait(let until):
                    #expect(until > now)
                    now = max(until, now + 1)
                case .idle: steps = 5_000
                }
            }
            #expect(accepted == Set(1...30))
        }
    }
}
