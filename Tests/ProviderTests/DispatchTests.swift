import Testing
import Wire

@testable import Provider

@Suite("The order and pace of sending")
struct DispatchTests {
    private static func ticket(
        _ number: Int64, to person: String = "p", from: String = "100", priority: Int = 0,
        template: String? = nil
    ) -> Ticket {
        Ticket(
            number: number, id: "msg_\(number)", from: from, person: person, priority: priority,
            template: template)
    }

    private static func unpaced() -> Dispatch {
        var rules = Dispatch.Rules()
        rules.isPaced = false
        return Dispatch(rules)
    }

    private static let problem = Problem(
        .providerUnauthorized, status: 401, "no", hint: "Replace the token.")

    /// All that goes at `now`, in its order.
    private static func all(_ dispatch: inout Dispatch, now: Int64) -> [Int64] {
        var numbers: [Int64] = []
        while case .send(let ticket) = dispatch.next(now: now) { numbers.append(ticket.number) }
        return numbers
    }

    // MARK: Order

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

    // MARK: Pacing

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

    // MARK: Failures

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

    // MARK: Pauses

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

    @Test("whatever happens, each message that is accepted goes once and none is forgotten")
    func property() {
        var random = Seeded(state: 7)
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

/// The same numbers each time.
private struct Seeded {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
