import Testing

@testable import Reactor

@Suite("The timer queue")
struct TimerQueueTests {
    @Test(
        "what is due comes out in order, whatever was added and taken back before",
        arguments: 1...20)
    func comesOutInOrder(seed: Int) {
        var random = SystemRandomNumberGenerator()
        let start = ContinuousClock.now
        var queue = TimerQueue<Int>()
        var kept: [UInt64: Int] = [:]
        for _ in 0..<5_000 {
            let delay = Int.random(in: 0..<1_000, using: &random)
            let id = queue.add(delay, at: start + .milliseconds(delay))
            if Bool.random(using: &random) { kept[id] = delay } else { queue.remove(id) }
        }
        var out: [Int] = []
        while let delay = queue.popDue(start + .milliseconds(1_000)) { out.append(delay) }
        #expect(out == kept.values.sorted())
        #expect(queue.next() == nil)
    }

    @Test("nothing comes out before its instant, and it does at it")
    func dueAtItsInstant() {
        let start = ContinuousClock.now
        var queue = TimerQueue<String>()
        _ = queue.add("a", at: start + .milliseconds(5))
        #expect(queue.popDue(start + .nanoseconds(4_999_999)) == nil)
        #expect(queue.popDue(start + .milliseconds(5)) == "a")
    }
}
