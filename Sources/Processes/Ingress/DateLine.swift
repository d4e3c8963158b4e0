internal import HTTP1
internal import Reactor

/// The `Date` of answers, made once a second for all connections.
// Unchecked: only touched on the loop's thread, by the connections that live there.
final class DateLine: @unchecked Sendable {
    private var second: Int64 = -1
    private var current = ""

    /// The present moment, as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        let now = Clocks.wall / 1_000
        if now != second {
            second = now
            current = HTTPDate.text(secondsSince1970: Int(now))
        }
        return current
    }
}
