import Testing

@testable import Provider

@Suite("When the list of templates is asked for")
struct TemplateRefreshTests {
    private static let hour: Int64 = 3_600_000

    /// One that takes so many calls and ends well, at once.
    private static func run(_ plan: inout TemplateRefresh, at now: Int64, calls: Int = 1) {
        plan.begin(now: now)
        for _ in 0..<calls { plan.called(now: now) }
        plan.succeeded(now: now)
    }

    @Test("is at the start, and then each hour")
    func hourly() {
        var plan = TemplateRefresh(first: 7)
        #expect(plan.due(now: 0) == 7)
        Self.run(&plan, at: 10)
        #expect(plan.due(now: 10) == 10 + Self.hour)
    }

    @Test("is soon when it is wanted, but not every time that webhooks come in a swarm")
    func wanted() {
        var plan = TemplateRefresh(first: 0)
        Self.run(&plan, at: 0)
        plan.want()
        plan.want()
        #expect(plan.due(now: 1) == TemplateRefresh.grain)
        Self.run(&plan, at: 2_000)
        #expect(plan.due(now: 2_000) == 2_000 + Self.hour, "both are served")
        plan.want()
        #expect(plan.due(now: 3_000) == 2_000 + TemplateRefresh.pause)
    }

    @Test("is once more when it is wanted while one is under way")
    func wantedMeanwhile() {
        var plan = TemplateRefresh(first: 0)
        plan.begin(now: 0)
        plan.want()
        plan.called(now: 0)
        plan.succeeded(now: 100)
        #expect(plan.due(now: 100) == TemplateRefresh.grain)
    }

    @Test("is at once for a caller who waits, a moment after the one before")
    func asked() {
        var plan = TemplateRefresh(first: 0)
        Self.run(&plan, at: 0)
        let grain = TemplateRefresh.grain
        for _ in 0..<2 {
            // Another one waits with him.
            let isComing = plan.ask(now: grain - 1)
            #expect(isComing && plan.due(now: grain - 1) == grain)
        }
        plan.begin(now: grain)
        // What is under way was asked for before he came.
        let isComing = plan.ask(now: grain)
        plan.succeeded(now: grain)
        #expect(isComing && plan.due(now: grain) == 2 * grain)
        plan.begin(now: 2 * grain)
        plan.succeeded(now: 2 * grain)
        #expect(plan.due(now: 2 * grain) == 2 * grain + Self.hour)
        #expect(plan.due(now: 10 * Self.hour) == 10 * Self.hour)
    }

    @Test("is tried again after a failure, later each time, at most 15 minutes")
    func failures() {
        var plan = TemplateRefresh(first: 0)
        var waits: [Int64] = []
        for _ in 0..<8 {
            plan.begin(now: 0)
            plan.failed(now: 0) { $0.lowerBound }
            waits.append(plan.due(now: 0))
        }
        #expect(waits == [30, 60, 120, 240, 450, 450, 450, 450].map { $0 * 1_000 })
        Self.run(&plan, at: 0)
        plan.begin(now: 0)
        plan.failed(now: 0) { $0.upperBound }
        #expect(plan.due(now: 0) == 60_000)
    }

    @Test("costs callers at most 100 calls an hour, and all together 150", arguments: [1, 7, 50])
    func budget(calls: Int) {
        var plan = TemplateRefresh(first: 0)
        Self.run(&plan, at: 0, calls: calls)
        var now: Int64 = 0
        while now < Self.hour - TemplateRefresh.grain {
            now += TemplateRefresh.grain
            if plan.ask(now: now) { Self.run(&plan, at: now, calls: calls) }
        }
        let byCallers = plan.calls(now: now)
        #expect(byCallers <= TemplateRefresh.callsForCallers)
        #expect(byCallers + calls > TemplateRefresh.callsForCallers, "all of them can be used")
        // What is wanted has some left, until that is used up too.
        now = Self.hour - 1
        for _ in 0..<150 where plan.calls(now: now) + calls <= TemplateRefresh.callsPerHour {
            plan.want()
            Self.run(&plan, at: now, calls: calls)
        }
        #expect(plan.calls(now: now) > byCallers)
        plan.want()
        #expect(plan.due(now: now) >= Self.hour, "when the first ones are an hour ago")
    }

    @Test("learns how long a list is from one that broke off")
    func brokenOff() {
        var plan = TemplateRefresh(first: 0)
        plan.begin(now: 0)
        for _ in 0..<100 { plan.called(now: 0) }
        plan.failed(now: 0) { $0.lowerBound }
        plan.want()
        #expect(plan.due(now: 60_000) == Self.hour)
        let isComing = plan.ask(now: 60_000)
        #expect(!isComing)
    }

    @Test("is as often as it may be for a list of the greatest length")
    func longest() {
        var plan = TemplateRefresh(first: 0)
        Self.run(&plan, at: 0, calls: 120)
        #expect(plan.due(now: 1) == Self.hour)
        let isComing = [plan.ask(now: 60_000), plan.ask(now: Self.hour)]
        // More than callers may cause, but it must be possible once an hour.
        #expect(isComing == [false, true])
    }
}
