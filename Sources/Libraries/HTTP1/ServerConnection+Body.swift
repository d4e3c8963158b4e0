// The body of a request: delivered whole, or taken in parts as the caller asks for them.

extension ServerConnection {
    package enum AcceptAction: Sendable {
        case waitForBody
        /// Write these bytes, `100 Continue`, and read on.
        case sendContinue([UInt8])
        case deliver(body: [UInt8])
        case refuse(RequestError)
        /// The peer has gone before its body was whole.
        case close
    }

    package enum AcceptPartsAction: Sendable {
        /// Ask with `nextPart` as long as parts are wanted, then `respond`.
        case takeParts
        case refuse(RequestError)
    }

    package enum PartAction: Sendable {
        /// The part comes with `received(at:)`.
        case wait
        /// Write these bytes, `100 Continue`; the part comes with `received(at:)`.
        case sendContinue([UInt8])
        case part([UInt8])
        case endOfBody
        case refuse(RequestError)
        /// The peer has gone before its body was whole.
        case close
    }

    /// Lets the body of the request last handed out be read, to be delivered whole.
    ///
    /// `bodyLimit` is the most bytes this route takes; more is 413, unread when it was announced.
    package mutating func accept(bodyLimit: Int, at now: Instant) -> AcceptAction {
        precondition(phase == .deciding, "no head waits for a decision")
        if framing == .none {
            phase = .answering
            return .deliver(body: [])
        }
        if let error = admit(bodyLimit: bodyLimit, partLimit: .max) { return .refuse(error) }
        let sendsContinue = sendsContinue
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
            return sendsContinue ? .sendContinue(Self.continueLine) : .waitForBody
        }
    }

    /// Lets the body of the request last handed out be taken in parts of `partLimit` bytes.
    ///
    /// Each part but the last has just so many, however the bytes arrive. `bodyLimit` is as for
    /// `accept`. Nothing is read, and no `100 Continue` sent, before the first `nextPart`: a route
    /// may still answer without having taken the body.
    package mutating func acceptParts(
        bodyLimit: Int, partLimit: Int, at now: Instant
    ) -> AcceptPartsAction {
        precondition(phase == .deciding, "no head waits for a decision")
        precondition(partLimit > 0, "parts without a byte never end")
        if let error = admit(bodyLimit: bodyLimit, partLimit: partLimit) { return .refuse(error) }
        phase = framing == .none ? .answering : .betweenParts
        return .takeParts
    }

    /// Asks for the next part of a body that was accepted in parts.
    package mutating func nextPart(at now: Instant) -> PartAction {
        switch phase {
        case .answering: return .endOfBody
        case .closed: return .close
        default: precondition(phase == .betweenParts, "no part can be asked for now")
        }
        let sendsContinue = handedOut == 0 && sendsContinue
        phase = .part
        beginProgress(at: now)
        switch readPart(at: now) {
        case .part(let bytes): return .part(bytes)
        case .endOfBody: return .endOfBody
        case .refuse(let error): return .refuse(error)
        case .wait:
            if inputEnded {
                phase = .closed
                return .close
            }
            return sendsContinue ? .sendContinue(Self.continueLine) : .wait
        }
    }

    /// Bytes that are here of a body that will be delivered whole.
    package var heldBody: Int { phase == .body ? body.count : 0 }

    /// Gives up the body that is being read, for which the caller has no memory.
    package mutating func refuseBody() -> RequestError {
        precondition(phase == .body, "no body is being read")
        return fail(.noRoomForBody)
    }

    private static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// RFC 9110 §10.1.1: no 100 when some of the body is already here.
    private var sendsContinue: Bool { expectsContinue && input.isEmpty }

    private mutating func admit(bodyLimit: Int, partLimit: Int) -> RequestError? {
        if case .length(let length) = framing, length > bodyLimit {
            return fail(.bodyTooLarge(limit: bodyLimit))
        }
        if framing == .chunked { decoder = ChunkedDecoder(limit: bodyLimit) }
        self.partLimit = partLimit
        handedOut = 0
        return nil
    }
}

extension ServerConnection {
    enum BodyProgress {
        case wait, deliver([UInt8]), refuse(RequestError)
    }

    enum PartProgress {
        case wait, part([UInt8]), endOfBody, refuse(RequestError)
    }

    mutating func readBody() -> BodyProgress {
        do {
            guard try takeBody() else { return .wait }
            phase = .answering
            return .deliver(handOut())
        } catch {
            return .refuse(fail(error))
        }
    }

    mutating func readPart(at now: Instant) -> PartProgress {
        do {
            let isComplete = try takeBody()
            if handedOut + body.count >= progressDue { beginProgress(at: now) }
            if isComplete {
                phase = .answering
                return body.isEmpty ? .endOfBody : .part(handOut())
            }
            guard body.count == partLimit else { return .wait }
            phase = .betweenParts
            return .part(handOut())
        } catch {
            return .refuse(fail(error))
        }
    }

    /// Counts the time, and the bytes due in it, from here.
    private mutating func beginProgress(at now: Instant) {
        since = now
        progressDue = handedOut + body.count + Deadline.bodyProgress
    }

    /// Moves what is here of the body into `body`, up to the end of a part.
    ///
    /// - Returns: whether the body ends there.
    private mutating func takeBody() throws(RequestError) -> Bool {
        switch framing {
        case .none: return true
        case .length(let length):
            let rest = length - handedOut
            let part = min(rest, partLimit)
            if body.isEmpty, input.count >= part {
                body = input.take(part)
            } else if body.isEmpty {
                body.reserveCapacity(min(part, Limit.reservedBody))
                body.append(contentsOf: input.unused)
                input.drop()
            }
            return body.count == rest
        case .chunked:
            let (used, isComplete) = try decoder.read(input.unused, into: &body, full: partLimit)
            input.consume(used)
            return isComplete
        }
    }

    /// Moved out: the connection keeps no reference that would make the caller's a copy.
    private mutating func handOut() -> [UInt8] {
        let bytes = body
        body = []
        handedOut += bytes.count
        return bytes
    }
}
