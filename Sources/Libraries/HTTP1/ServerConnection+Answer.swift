// The answer: written whole, or in parts that the caller gives as the ones before have gone out.

extension ServerConnection {
    package enum WrittenAction: Sendable {
        case wait
        /// The answer goes on: `send` a part or `endParts`.
        case sendPart
        /// A pipelined request's head was already here.
        case decide(RequestHead)
        case refuse(RequestError)
        /// `shutdown(SHUT_WR)`, and read on until told to close.
        case shutDownWriting
        case close
    }

    package enum SendAction: Sendable {
        /// Write what is in the output, and say so with `written(at:)`.
        case write
        /// Close with a reset: the parts are not as many bytes as were announced, and the peer must
        /// not take what it has for the whole.
        case reset
    }

    /// Appends an answer to `output`, as bytes to be written, and begins the `write` deadline.
    ///
    /// Without an `accept` before it, or before the end of a body that is taken in parts, what is
    /// left of the body stays unread, and the connection is closed after the answer.
    package mutating func respond(
        _ response: Response, date: String, into output: inout [UInt8], at now: Instant
    ) {
        precondition(
            phase == .deciding || phase == .betweenParts || phase == .answering,
            "no request waits for an answer")
        if phase != .answering, framing != .none { closesNext = true }
        served += 1
        if response.closes || served >= Limit.requestsPerConnection { closesNext = true }
        phase = .writing
        since = now
        lastProgress = now
        // HEAD gets the same head without content (RFC 9110 §9.3.2).
        let hasContent = !isForHead && !response.status.isBodiless
        switch response.content {
        case .whole(let body):
            outgoing = nil
            response.serialiseHead(
                into: &output, date: date, framing: .length(body.count), closing: closesNext,
                room: hasContent ? body.count : 0)
            if hasContent { output.append(contentsOf: body) }
        case .parts(let length):
            // RFC 9112 §6.1: no transfer coding for a peer of HTTP/1.0.
            let framing: Response.Framing =
                length.map { .length($0) } ?? (version == .http11 ? .chunked : .untilClose)
            if framing == .untilClose { closesNext = true }
            outgoing = framing
            response.serialiseHead(
                into: &output, date: date, framing: framing, closing: closesNext, room: 0)
            if hasContent, length != 0 { phase = .writingPart }
        }
    }

    /// Appends the next part of the answer to `output`.
    ///
    /// After the last byte of a known length the answer is complete, and no part is asked for again.
    package mutating func send(
        _ part: [UInt8], into output: inout [UInt8], at now: Instant
    ) -> SendAction {
        precondition(phase == .awaitingPart, "no part of an answer was asked for")
        phase = .writingPart
        lastProgress = now
        switch outgoing {
        case .length(let left):
            guard part.count <= left else { return giveUp() }
            output.append(contentsOf: part)
            outgoing = .length(left - part.count)
            if part.count == left { phase = .writing }
        case .chunked:
            // An empty chunk would be the last.
            guard !part.isEmpty else { return .write }
            output.reserveCapacity(output.count + part.count + 12)
            output.append(contentsOf: String(part.count, radix: 16).utf8)
            output.append(contentsOf: "\r\n".utf8)
            output.append(contentsOf: part)
            output.append(contentsOf: "\r\n".utf8)
        case .untilClose, nil:
            output.append(contentsOf: part)
        }
        return .write
    }

    /// Says that there is no further part.
    package mutating func endParts(into output: inout [UInt8], at now: Instant) -> SendAction {
        precondition(phase == .awaitingPart, "no part of an answer was asked for")
        phase = .writing
        lastProgress = now
        switch outgoing {
        case .length: return giveUp()
        case .chunked: output.append(contentsOf: "0\r\n\r\n".utf8)
        case .untilClose, nil: break
        }
        return .write
    }

    private mutating func giveUp() -> SendAction {
        phase = .closed
        return .reset
    }

    /// Some, not all, of the answer's bytes went out.
    package mutating func writeProgressed(at now: Instant) { lastProgress = now }

    /// All of the bytes in the output went out.
    package mutating func written(at now: Instant) -> WrittenAction {
        precondition(isWriting, "no answer is being written")
        if phase == .writingPart {
            phase = .awaitingPart
            return .sendPart
        }
        since = now
        if closesNext {
            input.drop()
            phase = inputEnded ? .closed : .lingering
            return inputEnded ? .close : .shutDownWriting
        }
        phase = .idle
        parser = HeadParser()
        switch readHead(at: now) {
        case .decide(let head): return .decide(head)
        case .refuse(let error): return .refuse(error)
        case .wait:
            guard inputEnded else { return .wait }
            phase = .closed
            return .close
        }
    }
}
