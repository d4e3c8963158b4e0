import Testing
import Wire

@testable import Provider

@Suite("Pauses of sending")
struct DispatchPauseTests: DispatchSuite {
    private static let scopes: [SendScope] = [.token, .account, .number("100")]

    @Test("a pause lets one through each minute, and ends with its acceptance", arguments: scopes)
    func pause(scope: SendScope) {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...5 { dispatch.add(Self.ticket(number, to: "\(number)"), now: 0) }
        dispatch.pause(scope, for: Self.problem, now: 0)
        #expect(Self.all(&dispatch, now: 0).isEmpty)
        #expect(dispatch.next(now: 0) == .wait(until: 60_000))
        #expect(Self.all(&dispatch, now: 60_000) == [1])
        dispatch.pause(scope, for: Self.problem, now: 60_100)
        dispatch.putBack(1, readyAt: 60_100, now: 60_100)
        #expect(Self.all(&dispatch, now: 120_099).isEmpty)
        #expect(Self.all(&dispatch, now: 120_100) == [1])
        _ = dispatch.accepted(1, now: 120_200)
        #expect(dispatch.pauses.isEmpty)
        #expect(Self.all(&dispatch, now: 120_200) == [2, 3, 4, 5])
    }

    @Test("what left before the pause began does not end it")
    func earlierSuccess() {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...2 { dispatch.add(Self.ticket(number, to: "\(number)"), now: 0) }
        #expect(Self.all(&dispatch, now: 0) == [1, 2])
        dispatch.pause(.token, for: Self.problem, now: 0)
        _ = dispatch.accepted(2, now: 1)
        #expect(dispatch.pauses.count == 1)
    }

    @Test("a pause stops the age of what waits, and backoff does not")
    func age() {
        var dispatch = Self.unpaced()
        dispatch.add(Self.ticket(1), now: 0)
        #expect(dispatch.age(of: 1, now: 500) == 500)
        dispatch.pause(.token, for: Self.problem, now: 1_000)
        dispatch.pause(.account, for: Self.problem, now: 2_000)
        #expect(dispatch.age(of: 1, now: 90_000) == 1_000)
        _ = dispatch.open(.token, now: 90_000)
        #expect(dispatch.age(of: 1, now: 91_000) == 1_000)
        _ = dispatch.open(.account, now: 100_000)
        #expect(dispatch.age(of: 1, now: 101_000) == 2_000)
    }

    @Test("a held template parks its messages, probes in a while, and lets all go when it is cured")
    func template() {
        var dispatch = Self.unpaced()
        for number: Int64 in 1...3 { dispatch.add(Self.ticket(number, template: "t en"), now: 0) }
        dispatch.add(Self.ticket(4), now: 0)
        #expect(Self.all(&dispatch, now: 0) == [1])
        dispatch.pause(.template("t en"), for: Self.problem, now: 0)
        dispatch.park(1, now: 0)
        for number: Int64 in 2...3 {
            let held = Self.ticket(number, template: "t en")
            #expect(dispatch.next(now: 0) == .hold(held, Self.problem))
        }
        #expect(Self.all(&dispatch, now: 0) == [4])
        _ = dispatch.accepted(4, now: 0)
        let probe = dispatch.rules.templateProbeInterval
        #expect(dispatch.next(now: 0) == .wait(until: probe))
        #expect(Self.all(&dispatch, now: probe) == [1])
        #expect(dispatch.accepted(1, now: probe).map(\.number) == [2, 3])
        #expect(dispatch.pauses.isEmpty && dispatch.parked.isEmpty)
    }

    @Test("a caller who waits is told of the pause, unless its message is the next probe")
    func obstacle() {
        var dispatch = Self.unpaced()
        dispatch.pause(.token, for: Self.problem, now: 0)
        #expect(dispatch.obstacle(to: Self.ticket(1), now: 59_999) == Self.problem)
        #expect(dispatch.obstacle(to: Self.ticket(1), now: 60_000) == nil)
        dispatch.add(Self.ticket(2), now: 60_000)
        #expect(dispatch.obstacle(to: Self.ticket(1), now: 60_000) == Self.problem)
    }
}
