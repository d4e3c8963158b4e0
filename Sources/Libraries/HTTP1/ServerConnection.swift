/// The server's side of one HTTP/1.1 connection, as a value: no socket, no clock, no waiting.
///
/// The caller tells it what happened, and each event's result says what can follow:
///
///     read(_:)             bytes from the socket, straight into the buffer
///     received(at:)        → wait · decide(head) · deliver(body) · part · endOfBody · refuse(error) · close
///     accept(bodyLimit:)   → waitForBody · sendContinue · deliver(body) · refuse(error) · close
///     acceptParts(…)       → takeParts · refuse(error)
///     nextPart(at:)        → wait · sendContinue · part · endOfBody · refuse(error) · close
///     respond(_:)          an answer, as bytes to write
///     written(at:)         → wait · sendPart · decide(head) · refuse(error) · shutDownWriting · close
///     send(_:), endParts() → write · reset
///     ended(at:)           → finishAnswer · close           (the peer sends nothing more)
///     expired(at:)         → notYet(until:) · refuse(error) · reset · close
///
/// Requests are handed out one at a time, in order; pipelined ones wait as bytes. A `decide` is
/// answered by `accept`, by `acceptParts` or at once by `respond`; a `deliver` and a `refuse` by
/// `respond`. After a `refuse` the answer closes the connection, and no byte of it is looked at
/// again (RFC 9112 §2.2).
///
/// A body taken in parts is read only while a part is asked for, and may be answered before its
/// end. An answer that comes in parts asks for the next with `sendPart` when the one before is out.
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
        /// The caller waits for a part of the body.
        case part
        /// The caller is busy with a part of the body, and nothing is read.
        case betweenParts
        /// The caller owes an answer.
        case answering
        /// An answer goes out, or the last part of one.
        case writing
        /// A part of the answer goes out, or the head before the first.
        case writingPart
        /// The caller owes a part of the answer.
        case awaitingPart
        /// The last answer is out, our side is shut down, and what comes is dropped.
        case lingering
        case closed
    }

    var phase = Phase.idle
    var input = InputBuffer()
    var parser = HeadParser()
    var version = Version.http11
    var framing = BodyFraming.none
    /// What has come of the body, or of the part of it that is being read.
    var body: [UInt8] = []
    /// Bytes of the body that were handed out in parts.
    var handedOut = 0
    /// Bytes of the body at which its next deadline begins.
    var progressDue = 0
    /// Bytes of a part of the body; a body delivered whole has one part.
    var partLimit = Int.max
    var decoder = ChunkedDecoder(limit: 0)
    var expectsContinue = false
    var isForHead = false
    /// What is still to come of an answer in parts; nil for a whole one.
    var outgoing: Response.Framing?
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
    package var isWriting: Bool { phase == .writing || phase == .writingPart }

    /// Whether a further part of the answer under way will be asked for.
    package var isInParts: Bool { phase == .writingPart || phase == .awaitingPart }

    /// Whether `send` or `endParts` is owed.
    package var awaitsPart: Bool { phase == .awaitingPart }

    /// Whether the answer under way goes on until its source ends it: nobody knows its length.
    package var isEndless: Bool {
        guard isInParts else { return false }
        return outgoing == .chunked || outgoing == .untilClose
    }

    /// Whether the caller should read when the socket has bytes.
    ///
    /// False while pipelined bytes wait beyond ``Limit/waiting`` behind an answer that is owed, and
    /// while the caller is busy with a part of the body.
    package var wantsBytes: Bool {
        guard !inputEnded else { return false }
        switch phase {
        case .idle, .head, .body, .part, .lingering: return true
        case .deciding, .answering, .writing:
            return !closesNext && input.count < Limit.waiting
        case .writingPart, .awaitingPart:
            // Beside an answer without an end it is how a peer that goes is noticed.
            return (!closesNext || isEndless) && input.count < Limit.waiting
        case .betweenParts, .closed: return false
        }
    }

    /// Offers free space to `read` and keeps what it filled; to be followed by `received(at:)`.
    ///
    /// There is room for `minimum` bytes, but for the end of a body of known length, or of a part of
    /// it: that is read straight into its own storage, never past its end. Returns and throws what
    /// `read` does: how many bytes it filled, 0 for none.
    package mutating func read<Failure: Error>(
        minimum: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        if phase == .body || phase == .part, case .length(let length) = framing {
            let whole = min(length - handedOut, partLimit)
            let space = min(whole - body.count, max(minimum, Limit.bodyRead))
            if body.capacity - body.count < space {
                body.reserveCapacity(min(whole, max(2 * body.capacity, body.count + space)))
            }
            return try body.fill(space, read)
        }
        return try input.fill(minimum: minimum, read)
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
