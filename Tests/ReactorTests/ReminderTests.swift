import Reactor
import Testing

struct ReminderTests {
    @Test("what lasts is said at once, and then once a minute")
    func interval() {
        var reminder = Reminder()
        let now = ContinuousClock.now
        let moments = [0, 0, 59_999, 60_000, 119_999, 500_000, 500_001]
        let due = moments.map { reminder.isDue(at: now + .milliseconds($0)) }
        #expect(due == [true, false, false, true, false, true, false])
    }
}
