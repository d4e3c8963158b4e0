import CloudAPI
import FoundationEssentials
import Reactor
import TestSupport
import Testing
import Wire

@testable import Curl
@testable import Provider

@Suite("The limits that Meta's rate headers tell")
struct UsageLimitTests {
    /// How many go in a second that begins at 0.
    private static func sent(_ limit: UsageLimit) -> Int {
        var limit = limit
        var count = 0
        for now: Int64 in 0..<1_000 {
            while limit.earliest(perSecond: 80, now: now) <= now, count < 1_000 {
                limit.take(perSecond: 80, now: now)
                count += 1
                if limit.level(now: now) == .free { return 1_000 }
            }
        }
        return count
    }

    @Test(
        "slow down from 80 % on, the more the less is left",
        // 80 a second are 12.5 ms, which whole ones make 13.
        arguments: [(0, 1_000), (79, 1_000), (80, 77), (90, 40), (95, 20), (99, 4)])
    func slows(percent: Int, count: Int) {
        var limit = UsageLimit()
        limit.heard(percent: percent, regainedIn: nil, now: 0)
        #expect(Self.sent(limit) == count)
    }

    @Test(
        "stop at 100 % for as long as Meta says, within a minute and an hour; then a trickle goes",
        arguments: [(nil, 60_000), (1, 60_000), (720_000, 720_000), (86_400_000, 3_600_000)]
            as [(Int64?, Int64)])
    func stops(asked: Int64?, stop: Int64) {
        var limit = UsageLimit()
        limit.heard(percent: 100, regainedIn: asked, now: 5)
        #expect(limit.level(now: 5) == .stopped)
        #expect(limit.earliest(perSecond: 80, now: 5) == 5 + stop)
        #expect(limit.level(now: 4 + stop) == .stopped)
        guard stop < UsageLimit.memory else { return }
        #expect(limit.level(now: 5 + stop) == .slowed)
        limit.take(perSecond: 80, now: 5 + stop)
        #expect(limit.earliest(perSecond: 80, now: 5 + stop) == 5 + stop + 250)
    }

    @Test("are over when an answer says less, or when nobody has spoken of them for an hour")
    func clears() {
        var limit = UsageLimit()
        limit.heard(percent: 100, regainedIn: 720_000, now: 0)
        limit.heard(percent: 79, regainedIn: nil, now: 1)
        #expect(limit.level(now: 1) == .free)
        limit.heard(percent: 90, regainedIn: nil, now: 2)
        #expect(limit.level(now: 1 + UsageLimit.memory) == .slowed)
        #expect(limit.level(now: 2 + UsageLimit.memory) == .free)
    }

    private static func usage(app: Int?, account: Int? = nil) throws -> GraphUsage {
        var fields: [Transfer.Field] = []
        if let app { fields.append(Transfer.Field("x-app-usage", "{\"call_count\":\(app)}")) }
        if let account {
            fields.append(
                Transfer.Field(
                    "x-business-use-case-usage",
                    "{\"7\":[{\"call_count\":\(account)}],\"8\":[{\"call_count\":1}]}"))
        }
        return try #require(
            GraphUsage(
                TransferResult(
                    requests: 1, code: 0, failure: nil, status: 200, fields: fields, body: Data())))
    }

    @Test("hold the queue, and are said once for each change")
    func dispatch() throws {
        var dispatch = Dispatch()
        typealias Change = Dispatch.UsageChange
        #expect(
            dispatch.heed(try Self.usage(app: 85, account: 20), now: 0) == [
                Change(scope: .token, percent: 85, level: .slowed)
            ])
        #expect(dispatch.heed(try Self.usage(app: 86), now: 0).isEmpty)
        #expect(
            dispatch.heed(try Self.usage(app: nil, account: 100), now: 0) == [
                Change(scope: .account, percent: 100, level: .stopped)
            ])
        dispatch.add(Ticket(number: 1, id: "msg_1", from: "1", person: "p"), now: 0)
        #expect(dispatch.next(now: 0) == .wait(until: UsageLimit.shortestStop))
        #expect(dispatch.expected(1, now: 0) == UsageLimit.shortestStop)
        #expect(Set(dispatch.slowed(now: 0).map(\.scope)) == [.token, .account])
        let freed = dispatch.heed(try Self.usage(app: 3, account: 3), now: 10)
        #expect(freed.map(\.level) == [.free, .free])
        guard case .send = dispatch.next(now: 10) else {
            Issue.record("it does not go")
            return
        }
    }

    @Test("are said in health with figures and cure, and gone when Meta says less")
    func health() async throws {
        let folder = try TemporaryFolder()
        try await LiveOutbox.open(in: folder) { it in
            let changes = await it.sender.heed(try Self.usage(app: 97))
            #expect(changes.count == 1)
            let condition = try #require(await it.sender.conditions.first)
            #expect(condition.code == "sending_slowed" && condition.message.contains("97 %"))
            #expect(!condition.hint.isEmpty)
            _ = await it.sender.heed(try Self.usage(app: 12))
            #expect(await it.sender.conditions.isEmpty)
        }
    }
}

@Suite("Single sends and bulk")
struct ReadyQueueTests {
    @Test("single ones go first, and one in ten is bulk while both wait")
    func share() {
        var queue = ReadyQueue()
        for number: Int64 in 1...40 { queue.insert(number, priority: Ticket.single) }
        for number: Int64 in 101...140 { queue.insert(number, priority: Ticket.bulk) }
        var order: [Int64] = []
        while let number = queue.first {
            queue.removeFirst()
            queue.went(priority: number > 100 ? Ticket.bulk : Ticket.single)
            order.append(number)
        }
        #expect(order.filter { $0 <= 100 } == Array(1...40))
        #expect(order.filter { $0 > 100 } == Array(101...140))
        // Nine single ones, one of bulk, and so on; then what is left of bulk.
        #expect(order.prefix(20).enumerated().allSatisfy { ($0 % 10 == 9) == ($1 > 100) })
        #expect(queue.isEmpty)
    }

    @Test("those alone do not wait for the others' turn", arguments: [Ticket.single, Ticket.bulk])
    func alone(priority: Int) {
        var queue = ReadyQueue()
        for number: Int64 in 1...30 { queue.insert(number, priority: priority) }
        for number: Int64 in 1...30 {
            #expect(queue.first == number)
            queue.removeFirst()
            queue.went(priority: priority)
        }
    }

    @Test("bulk is expected behind all single sends, and those behind its share alone")
    func expected() {
        var queue = ReadyQueue()
        for number: Int64 in 1...90 { queue.insert(number, priority: Ticket.single) }
        for number: Int64 in 101...150 { queue.insert(number, priority: Ticket.bulk) }
        #expect(queue.ahead(ofPriority: Ticket.bulk) == 140)
        #expect(queue.ahead(ofPriority: Ticket.single) == 100)
    }

    @Test("a send whose caller does not wait is bulk, and gives way to one whose caller waits")
    func respondAsync() async throws {
        var rules = MessageSender.Rules.test
        rules.dispatch.inFlight = 1
        let folder = try TemporaryFolder()
        try await LiveOutbox.open(
            in: folder, rules: rules,
            { n, _ in n == 0 ? nil : .accepted(wamid: "w\(n)", waID: nil) }
        ) { it in
            // The first keeps all others waiting.
            _ = try await it.send("msg_first", to: "+919800000009", wait: 0)
            #expect(await it.graph.arrived(1))
            for n in 1...2 {
                let standing = try await it.send("msg_\(n)", to: "+91980000001\(n)", wait: 0)
                #expect(standing.taken.kept.message.status == .queued)
                #expect(standing.expectedAt != nil)
            }
            async let single = it.send("msg_single", to: "+919800000008")
            #expect(try await it.reaches(.queued, "msg_single"))
            await it.graph.release()
            _ = try await single
            #expect(await it.graph.arrived(4))
            #expect(
                await it.graph.requests.map(\.id) == [
                    "msg_first", "msg_single", "msg_1", "msg_2",
                ])
        }
    }

    @Test("a 202 says when bulk goes that waits for its number")
    func expectedAt() {
        var rules = Dispatch.Rules()
        rules.perSecond = 10
        var dispatch = Dispatch(rules)
        for number: Int64 in 1...11 {
            dispatch.add(
                Ticket(
                    number: number, id: "msg_\(number)", from: "1", person: "\(number)",
                    priority: Ticket.bulk), now: 0)
        }
        guard case .send = dispatch.next(now: 0) else {
            Issue.record("nothing goes")
            return
        }
        #expect(dispatch.expected(11, now: 0).map { (1_000...1_100).contains($0) } == true)
    }
}
