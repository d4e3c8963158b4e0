import Testing

@testable import Inbox

struct ClockTrustTests {
    /// What each look says of a wall clock that is ahead of the boot clock by so many ms.
    private func looks(_ offsets: [Int64]) -> [Bool] {
        var trust = ClockTrust()
        return offsets.enumerated().map { hour, offset in
            let boot = Int64(hour) * 3_600_000
            return trust.isDeserved(wall: boot + offset, boot: boot)
        }
    }

    @Test("a clock that goes as it should is believed from the second look on")
    func steady() { #expect(looks([7, 7, 60_007, 7]) == [false, true, true, true]) }

    @Test("one that was set is not, forward or back, nor when it is put right; then it is again")
    func wasSet() {
        let year: Int64 = 365 * 24 * 3_600_000
        #expect(looks([0, 0, year, 0, 0]) == [false, true, false, false, true])
        #expect(looks([0, -year, -year, 0, 0]) == [false, false, true, false, true])
        #expect(looks([0, 60_001]) == [false, false])
    }
}
