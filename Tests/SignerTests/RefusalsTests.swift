import Testing

@testable import Signer

struct RefusalsTests {
    @Test(
        "twenty refused signatures in a minute are no alarm, twenty-one are, until the minute is over"
    )
    func alarming() {
        var refusals = Refusals()
        #expect(!refusals.isAlarming(at: 0))
        for n in 0..<20 { refusals.add(at: Int64(n)) }
        #expect(!refusals.isAlarming(at: 20))
        refusals.add(at: 20)
        #expect(refusals.isAlarming(at: 20))
        #expect(refusals.isAlarming(at: 59_999))
        #expect(!refusals.isAlarming(at: 60_000))
    }

    @Test("one every three seconds is no alarm, however long that goes on")
    func seldom() {
        var refusals = Refusals()
        for n in 0..<1_000 {
            refusals.add(at: Int64(n) * 3_000)
            #expect(!refusals.isAlarming(at: Int64(n) * 3_000))
        }
    }
}
