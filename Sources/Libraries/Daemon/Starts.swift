internal import FoundationEssentials
internal import Reactor
package import Wire

/// When this process was started since the group was: a file of one line each, in `run/`.
///
/// The group's start removes the file. From it come the restarts and the storms that health shows.
package struct Starts: Sendable {
    /// This many starts within `stormSpan` are a storm: one restart by hand is none.
    private static let stormCount = 4
    private static let stormSpan: Int64 = 30_000
    /// Older lines tell nothing new.
    private static let kept = 1_000

    /// Wall clock in milliseconds, the newest last; never empty.
    let times: [Int64]

    init(times: [Int64]) { self.times = times }

    /// Adds this start to the file.
    static func record(_ service: Service, in runDirectory: String) -> Starts {
        let file = URL(filePath: "\(runDirectory)/\(service.rawValue).starts")
        let earlier =
            (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let times =
            earlier.split(separator: "\n").suffix(kept).compactMap { Int64($0) } + [Clocks.wall]
        let text = times.map { "\($0)\n" }.joined()
        // Not being able to count starts is no reason not to start.
        try? Data(text.utf8).write(to: file)
        return Starts(times: times)
    }

    package var restarts: Int { times.count - 1 }
    package var startedAt: Timestamp { Timestamp(milliseconds: times.last ?? 0) }

    /// Whether the process keeps ending; over 30 s after its last restart.
    ///
    /// Starts that the clock has later than the last one are from before it was set back.
    package func isStorm(at now: Int64) -> Bool {
        let span = 0..<Self.stormSpan
        guard let last = times.last, span.contains(now - last) else { return false }
        return times.filter { span.contains(last - $0) }.count >= Self.stormCount
    }
}
