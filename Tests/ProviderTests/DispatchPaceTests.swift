import Testing
import Wire

@testable import Provider

@Suite("The pace of sending, and what slows it")
struct DispatchPaceTests: DispatchSuite {
    @Test("80 a second go from a number, a tenth of it at once")
    func numberPace() {
        var rules = Dispatch.Rules()
        rules.inFlight = .max
        var dispatch = Dispatch(rules)
        for number: Int64 in 1...200 { dispatch.add(Self.ticket(number, to: "\(number)"), now: 0) }
        for number: Int64 in 201...210 {
            dispatch.add(Self.ticket(number, to: "x\(number)", from: "200"), now: 0)
        }
        #expect(Self.all(&dispatch, now: 0).count == 16)
        var sent = 8
        for now: Int64 in 1...1_000 {
            sent += Self.all(&dispatch, now: now).filter { $0 <= 200 }.count
        }
        #expect(sent == 8 + 80)
    }

    @Test("45 go to a person at once, and then one in 6 seconds")
    func pairPace() {
        var rules = Dispatch.Rules()
        rules.perSecond = 1_000_000
        var dispatch = Dispatch(rules)
        for number: Int64 in 1...50 { dispatch.add(Self.ticket(number), now: 0) }
        var times: [Int64] = []
        var now: Int64 = 0
        while times.count < 50 {
            switch dispatch.next(now: now) {
            case .send(let ticket):
                times.append(now)
                _ = dispatch.accepted(ticket.number, now: now)
            case .wait(let until): now = until
            case .idle, .hold: return
            }
        }
        #expect(times.prefix(45).allSatisfy { $0 == 0 })
        #expect(times.suffix(5) == [6_000, 12_000, 18_000, 24_000, 30_000])
    }

    @Test("says about when a message will go that must wait for its pace")
    func expected() {
        var rules = Dispatch.Rules()
        rules.perSecond = 1_000_000
        var dispatch = Dispatch(rules)
        for number: Int64 in 1...45 {
            dispatch.add(Self.ticket(number), now: 0)
            #expect(Self.all(&dispatch, now: 0) == [number])
            _ = dispatch.accepted(number, now: 0)
        }
        for number: Int64 in 46...48 { dispatch.add(Self.ticket(number), now: 0) }
        #expect((46...48).map { dispatch.expected($0, now: 0) } == [6_000, 12_000, 18_000])
    }

    @Test(
        "backoff is exponential with full jitter, and ends at 15 minutes",
        arguments: [(1, 1_000), (2, 2_000), (10, 512_000), (11, 900_000), (99, 900_000)]
            as [(Int, Int64)])
    func backoff(failures: Int, most: Int64) {
        #expect(Backoff.delay(after: failures) { $0.upperBound } == most)
        #expect(Backoff.delay(after: failures) { $0.lowerBound } == 0)
    }

    @Test("the first success after an outage brings forward what waits", arguments: [2, 3])
    func outage(failures: Int64) {
        var dispatch = Self.unpaced()
        for number in 1...failures {
            dispatch.add(Self.ticket(number, to: "\(number)"), now: 0)
        }
        for number in Self.all(&dispatch, now: 0) {
            dispatch.retry(number, after: 500_000, because: .trouble, now: 0)
        }
        dispatch.add(Self.ticket(9, to: "9"), now: 1)
        #expect(Self.all(&dispatch, now: 1) == [9])
        _ = dispatch.accepted(9, now: 1)
        // Fewer are a message's own trouble, which the success of another does not cure.
        #expect(Self.all(&dispatch, now: 1) == (failures < 3 ? [] : Array(1...failures)))
    }

    @Test("code 1 strikes out at the third try")
    func strikes() {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(1), now: 0)
        for isOut in [false, false, true] {
            #expect(Self.all(&dispatch, now: 0) == [1])
            #expect(dispatch.isStruckOut(1, tries: 3) == isOut)
            #expect(!dispatch.isStruckOut(1, tries: nil))
            dispatch.retry(1, after: 0, because: .strike, now: 0)
        }
    }

    @Test("a throttle stops its scope alone; those under way together are one")
    func throttle() {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...2 { dispatch.add(Self.ticket(number, to: "\(number)"), now: 0) }
        dispatch.add(Self.ticket(3, to: "3", from: "200"), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1, 2, 3])
        for number: Int64 in 1...2 {
            #expect(
                dispatch.throttle(.number("100"), atLeast: 0, now: 0) { $0.upperBound } == 1_000)
            dispatch.putBack(number, readyAt: 0, now: 0)
        }
        dispatch.putBack(3, readyAt: 0, now: 0)
        #expect(Self.all(&dispatch, now: 999) == [3])
        #expect(Self.all(&dispatch, now: 1_000) == [1, 2])
        #expect(dispatch.throttle(.number("100"), now: 1_000) { $0.upperBound } == 2_000)
    }

    @Test("a pair that is throttled waits 1, 4, 16, … seconds, and others go on")
    func pairThrottle() {
        var dispatch = Self.unpaced()
        var now: Int64 = 0
        let pair = SendScope.pair("100", "p")
        for seconds: Int64 in [1, 4, 16, 64, 256, 900] {
            #expect(dispatch.throttle(pair, now: now) { $0.lowerBound } == seconds * 1_000)
            now += seconds * 1_000
        }
        dispatch.throttle(pair, now: now) { $0.lowerBound }
        dispatch.add(Self.ticket(1), now: now)
        dispatch.add(Self.ticket(2, to: "q"), now: now)
        #expect(Self.all(&dispatch, now: now) == [2])
    }
}
