internal import Reactor

/// Whether the wall clock is to be believed, for what cannot be undone.
///
/// A clock that is a year ahead for a minute would make every message old. It is believed when it has gone
/// as the boot clock did since the last look; what was wrong at the start of the machine is put right by then.
struct ClockTrust {
    /// Milliseconds that the two may drift apart between two looks; daylight saving moves neither.
    static let tolerance: Int64 = 60_000

    private var offset: Int64?

    /// Compares both, in ms, with the last look; the first one believes nothing.
    mutating func isDeserved(wall: Int64 = Clocks.wall, boot: Int64 = Clocks.boot) -> Bool {
        let before = offset
        offset = wall - boot
        guard let before else { return false }
        return abs(wall - boot - before) <= Self.tolerance
    }
}
