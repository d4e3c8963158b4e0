extension ServerConnection {
    package enum ReceivedAction: Sendable {
        /// Nothing to do but to read on when there is more.
        case wait
        /// A head is complete: `accept` its body or `respond` at once.
        case decide(RequestHead)
        /// The accepted request is complete: `respond`.
        case deliver(body: [UInt8])
        /// `respond` with this error; the connection closes itself after it.
        case refuse(RequestError)
        case close
    }

    package enum AcceptAction: Sendable {
        case waitForBody
        /// Write these bytes, `100 Continue`, and read on.
        case sendContinue([UInt8])
        case deliver(body: [UInt8])
        case refuse(RequestError)
        /// The peer has gone before its body was whole.
        case close
    }

    package enum WrittenAction: Sendable {
        case wait
        /// A pipelined request's head was already here.
        case decide(RequestHead)
        case refuse(RequestError)
        /// `shutdown(SHUT_WR)`, and read on until told to close.
        case shutDownWriting
        case close
    }

    package enum EndedAction: Sendable {
        /// A half-closed peer still gets the answers it is owed.
        case finishAnswer
        case close
    }

    /// What the bytes read since the last event amount to.
    package mutating func received(at now: Instant) -> ReceivedAction {
        switch phase {
        case .idle, .head:
            switch readHead(at: now) {
            case .wait: return .wait
            case .decide(let head): return .decide(head)
            case .refuse(let error): return .refuse(error)
            }
        case .body:
            switch readBody() {
            case .wait: return .wait
            case .deliver(let body): return .deliver(body: body)
            case .refuse(let error): return .refuse(error)
            }
        case .deciding, .answering, .writing:
            return .wait
        case .lingering:
            dropped += input.count
            input.drop()
            guard dropped > Limit.linger else { return .wait }
            phase = .closed
            return .close
        case .closed:
            return .close
        }
    }

    /// The peer shut down its side, or the connection broke.
    package mutating func ended(at now: Instant) -> EndedAction {
        inputEnded = true
        switch phase {
        case .deciding, .answering, .writing: return .finishAnswer
        // A request cut short is never served, and nobody is left who could be told.
        case .idle, .head, .body, .lingering, .closed:
            phase = .closed
            return .close
        }
    }

    /// Lets the body of the request last handed out be read.
    ///
    /// `bodyLimit` is the most bytes this route takes; more is 413, unread when it was announced.
    package mutating func accept(bodyLimit: Int, at now: Instant) -> AcceptAction {
        precondition(phase == .deciding, "no head waits for a decision")
        switch framing {
        case .none:
            phase = .answering
            return .deliver(body: [])
        case .length(let length):
            guard length <= bodyLimit else { return .refuse(fail(.bodyTooLarge(limit: bodyLimit))) }
        case .chunked:
            decoder = ChunkedDecoder(limit: bodyLimit)
        }
        // RFC 9110 §10.1.1: no 100 when some of the body is already here.
        let sendsContinue = expectsContinue && input.isEmpty
        phase = .body
        since = now
        switch readBody() {
        case .deliver(let body): return .deliver(body: body)
        case .refuse(let error): return .refuse(error)
        case .wait:
            if inputEnded {
                phase = .closed
                return .close
            }
            return sendsContinue
                ? .sendContinue(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) : .waitForBody
        }
    }

    /// Some, not all, of the answer's bytes went out.
    package mutating func writeProgressed(at now: Instant) { lastProgress = now }

    /// All of the answer's bytes went out.
    package mutating func written(at now: Instant) -> WrittenAction {
        precondition(phase == .writing, "no answer is being written")
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

extension ServerConnection {
    private enum HeadProgress {
        case wait, decide(RequestHead), refuse(RequestError)
    }

    private enum BodyProgress {
        case wait, deliver([UInt8]), refuse(RequestError)
    }

    private mutating func readHead(at now: Instant) -> HeadProgress {
        do {
            let isComplete = try parser.read(input.bytes, from: input.start)
            if phase == .idle, parser.hasBegun {
                phase = .head
                since = now
            }
            guard isComplete else { return .wait }
            let head = try RequestHead(input.take(parser.position), parser)
            framing = head.framing
            expectsContinue = head.expectsContinue
            isForHead = head.method == .head
            if !head.allowsKeepAlive { closesNext = true }
            phase = .deciding
            return .decide(head)
        } catch {
            return .refuse(fail(error))
        }
    }

    private mutating func readBody() -> BodyProgress {
        switch framing {
        case .none: break
        case .length(let length):
            if body.isEmpty, input.count < length {
                body.reserveCapacity(min(length, Limit.reservedBody))
            }
            let here = min(length - body.count, input.count)
            if body.isEmpty, here > 0 {
                body = here == length ? input.take(here) : body + input.take(here)
            }
            guard body.count == length else { return .wait }
        case .chunked:
            do {
                let (used, isComplete) = try decoder.read(input.unused, into: &body)
                input.consume(used)
                guard isComplete else { return .wait }
            } catch {
                return .refuse(fail(error))
            }
        }
        phase = .answering
        // Moved out: the connection keeps no reference that would make the caller's a copy.
        let whole = body
        body = []
        return .deliver(whole)
    }
}
