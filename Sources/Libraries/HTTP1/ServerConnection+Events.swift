extension ServerConnection {
    package enum ReceivedAction: Sendable {
        /// Nothing to do but to read on when there is more.
        case wait
        /// A head is complete: `accept` its body, or `respond` at once.
        case decide(RequestHead)
        /// The accepted request is complete: `respond`.
        case deliver(body: [UInt8])
        /// The part that was asked for.
        case part([UInt8])
        /// There is no further part: `respond`.
        case endOfBody
        /// `respond` with this error; the connection closes itself after it.
        case refuse(RequestError)
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
        case .part:
            switch readPart(at: now) {
            case .wait: return .wait
            case .part(let bytes): return .part(bytes)
            case .endOfBody: return .endOfBody
            case .refuse(let error): return .refuse(error)
            }
        case .deciding, .betweenParts, .answering, .writing, .writingPart, .awaitingPart:
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
        let isOwed =
            switch phase {
            case .deciding, .betweenParts, .answering, .writing: true
            // Who follows a stream half-closes only to go, as a browser does with its page.
            case .writingPart, .awaitingPart: !isEndless
            // A request cut short is never served, and nobody is left who could be told.
            case .idle, .head, .body, .part, .lingering, .closed: false
            }
        if !isOwed { phase = .closed }
        return isOwed ? .finishAnswer : .close
    }

    enum HeadProgress {
        case wait, decide(RequestHead), refuse(RequestError)
    }

    mutating func readHead(at now: Instant) -> HeadProgress {
        do {
            let isComplete = try parser.read(input.bytes, from: input.start)
            if phase == .idle, parser.hasBegun {
                phase = .head
                since = now
            }
            guard isComplete else { return .wait }
            let head = try RequestHead(input.take(parser.position), parser)
            framing = head.framing
            version = head.version
            expectsContinue = head.expectsContinue
            isForHead = head.method == .head
            if !head.allowsKeepAlive { closesNext = true }
            phase = .deciding
            return .decide(head)
        } catch {
            return .refuse(fail(error))
        }
    }
}
