internal import Reactor
internal import Wire

/// The `Date` of answers (RFC 9110 §5.6.7), made once a second.
// Unchecked: only touched on the loop's thread, by the connections that live there.
final class HTTPDate: @unchecked Sendable {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var second: Int64 = -1
    private var current = ""

    /// The present moment, as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        let now = Clocks.wall / 1_000
        if now != second {
            second = now
            current = Self.text(ofSecond: now)
        }
        return current
    }

    static func text(ofSecond second: Int64) -> String {
        // `2026-09-21T14:13:20Z`, whose parts stand at fixed places.
        let moment = Array(Timestamp(seconds: second).text.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: moment[range], as: UTF8.self) }
        let weekday = days[Int(second / 86_400 % 7)]
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}
