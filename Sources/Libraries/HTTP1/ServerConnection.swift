/// The server's side of one HTTP/1.1 connection, as a value: no socket, no clock, no waiting.
///
/// The caller tells it what happened, and each event's result says what can follow:
///
///     read(_:)             bytes from the socket, straight into the buffer
///     received(at:)        → wait · decide(head) · deliver(body) · refuse(error) · close
///     accept(bodyLimit:)   → waitForBody · sendContinue · deliver(body) · refuse(error) · close
///     respond(_:)          an answer, as bytes to write
///     written(at:)         → wait · decide(head) · refuse(error) · shutDownWriting · close
///     ended(at:)           → finishAnswer · close           (the peer sends nothing more)
///     expired(at:)         → notYet(until:) · refuse(error) · reset · close
///
/// Requests are handed out one at a time, in order; pipelined ones wait as bytes. A `decide` is
/// answered by `accept` or at once by `respond`; a `deliver` and a `refuse` by `respond`. After a
/// `refuse` the answer closes the connection, and no byte of it is looked at again (RFC 9112 §2.2).
package struct ServerConnection: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// Where the connection is in the life of a request.
    enum Phase: Sendable {
        /// No byte of the next request has come.
        case idle
        case head
        /// A head was handed out, and nothing was said about its body yet.
        case deciding
        case body
        /// The caller owes an answer.
        case answering
        case writing
        /// The last answer is out, our side is shut down, and what comes is dropped.
        case lingering
        case closed
    }

    var phase = Phase.idle
    var input = InputBuffer()
    var parser = HeadParser()
    var framing = BodyFraming.none
    var body: [UInt8] = []
    var decoder = ChunkedDecoder(limit: 0)
    var expectsContinue = false
    var isForHead = false
    /// Whether the next answer is the last.
    var closesNext = false
    /// Whether the peer has said that it sends nothing more.
    var inputEnded = false
    var served = 0
    /// Bytes dropped while lingering.
    var dropped = 0
    /// When this phase began, for the deadlines that count from there.
    var since: Instant
    /// When bytes of the answer last went out.
    var lastProgress: Instant

    /// A connection accepted at this moment.
    package init(at now: Instant) {
        since = now
        lastProgress = now
    }

    /// Whether an answer is on its way out, so that `written(at:)` follows.
    package var isWriting: Bool { phase == .writing }

    /// Whether the caller should read when the socket has bytes.
    ///
    /// False while pipelined bytes wait beyond ``Limit/waiting`` behind an answer that is owed.
    package var wantsBytes: Bool {
        guard !inputEnded else { return false }
        switch phase {
        case .idle, .head, .body, .lingering: return true
        case .deciding, .answering, .writing:
            return !closesNext && input.count < Limit.waiting
        case .closed: return false
        }
    }

    /// Offers free space to `read` and keeps what it filled; to be followed by `received(at:)`.
    ///
    /// There is room for `minimum` bytes, but for the end of a body of known length: that is read
    /// straight into its own storage, never past its end. Returns and throws what `read` does: how
    /// many bytes it filled, 0 for none.
    package mutating func read<Failure: Error>(
        minimum: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        if phase == .body, case .length(let length) = framing {
            let space = min(length - body.count, max(minimum, Limit.bodyRead))
            if body.capacity - body.count < space {
                body.reserveCapacity(min(length, max(2 * body.capacity, body.count + space)))
            }
            return try body.fill(space, read)
        }
        return try input.fill(minimum: minimum, read)
    }

    /// Appends an answer to `output`, as bytes to be written, and begins the `write` deadline.
    ///
    /// Without an `accept` before it a body that was announced stays unread, and the connection
    /// is closed after the answer.
    package mutating func respond(
        _ response: Response, date: String, into output: inout [UInt8], at now: Instant
    ) {
        precondition(phase == .deciding || phase == .answering, "no request waits for an answer")
        if phase == .deciding, framing != .none { closesNext = true }
        served += 1
        if response.closes || served >= Limit.requestsPerConnection { closesNext = true }
        response.serialise(
            into: &output, date: date, isForHead: isForHead, closing: closesNext)
        phase = .writing
        since = now
        lastProgress = now
    }

    /// Makes the next answer the last, however long it takes to come.
    package mutating func makeNextAnswerLast() { closesNext = true }

    /// Makes the next answer the last, for a process that is about to stop.
    ///
    /// - Returns: whether nothing is under way, so that the connection may be closed at once. A peer
    ///   that has connected and not sent its first byte is about to: it is left its chance.
    package mutating func stopKeepingAlive() -> Bool {
        closesNext = true
        guard phase == .idle, input.isEmpty, served > 0 else { return false }
        phase = .closed
        return true
    }

    /// Ends trust in this connection: one answer, and no further byte is looked at.
    mutating func fail(_ error: RequestError) -> RequestError {
        isForHead = parser.method == .head
        closesNext = true
        input.drop()
        body = []
        framing = .none
        phase = .answering
        return error
    }
}
