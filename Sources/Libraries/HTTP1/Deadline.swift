/// What a connection is waiting for and must not wait for without end.
///
/// The caller keeps one timer per connection and asks ``ServerConnection/expired(at:)`` when it
/// fires; the connection never reads a clock.
package enum Deadline: Hashable, Sendable {
    /// The first byte after the connection was accepted; then it is closed without an answer.
    case firstByte
    /// The rest of a head, counted from its first byte; 408.
    case head
    /// A body's progress; 408.
    case body
    /// The peer's reading of the answer; then the connection is reset.
    case write
    /// The next request on a connection that is kept alive; closed without an answer.
    case idle
    /// The end of input after an error answer.
    case linger

    package static let firstByteTime = Duration.seconds(10)
    package static let headTime = Duration.seconds(10)
    /// How long a body may be as slow as it likes.
    package static let bodyGraceTime = Duration.seconds(10)
    /// Bytes per second that a body must have on average after its grace.
    package static let bodyRate = 500
    package static let bodyTime = Duration.seconds(60)
    /// Bytes that a body taken in parts must bring in each `bodyGraceTime`, however long it takes.
    ///
    /// The same rate, but nothing is saved up: megabytes sent fast buy no hours of silence.
    package static let bodyProgress = 10 * bodyRate
    /// How long an answer may rest without one byte going out.
    package static let writeStallTime = Duration.seconds(10)
    /// A whole answer's time; one that comes in parts may take as long as it moves.
    package static let writeTime = Duration.seconds(30)
    package static let idleTime = Duration.seconds(60)
    package static let lingerTime = Duration.seconds(2)

    /// When a body of which this much has come will be too slow, counted from its beginning.
    ///
    /// After t seconds `bodyRate · t` bytes are due, so what is here lasts for `received / bodyRate`.
    static func bodyTime(received: Int) -> Duration {
        min(bodyTime, max(bodyGraceTime, .milliseconds(received * 1_000 / bodyRate)))
    }
}
