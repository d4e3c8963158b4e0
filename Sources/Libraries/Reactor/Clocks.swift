private import Glibc

/// The two clocks of the system, as integers that can be stored and sent.
package enum Clocks {
    /// Milliseconds since boot, sleep included: for deadlines between processes of one machine.
    package static var boot: Int64 { milliseconds(CLOCK_BOOTTIME) }

    /// Milliseconds since 1970 by the wall clock, which may jump: for what people read, never for deadlines.
    package static var wall: Int64 { milliseconds(CLOCK_REALTIME) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
