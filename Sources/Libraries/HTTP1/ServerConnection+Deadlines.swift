extension ServerConnection {
    package enum ExpiredAction: Sendable {
        /// Nothing has run out; nil: nothing is being waited for.
        case notYet(until: Instant?)
        /// `respond` with this error.
        case refuse(RequestError)
        /// Close with a reset (`SO_LINGER` 0): the peer doesn't read.
        case reset
        case close
    }

    /// What is being waited for and when that ends; nil while the caller owes an answer
    /// or a part of it, or is busy with a part of the body.
    ///
    /// It moves with every event, so a timer that fires early just asks again.
    package var deadline: (kind: Deadline, at: Instant)? {
        switch phase {
        case .idle where served == 0: (.firstByte, since + Deadline.firstByteTime)
        case .idle: (.idle, since + Deadline.idleTime)
        case .head: (.head, since + Deadline.headTime)
        case .body: (.body, since + Deadline.bodyTime(received: body.count))
        case .part: (.body, since + Deadline.bodyGraceTime)
        case .writing where outgoing == nil:
            (
                .write,
                min(lastProgress + Deadline.writeStallTime, since + Deadline.writeTime)
            )
        case .writing, .writingPart: (.write, lastProgress + Deadline.writeStallTime)
        case .lingering: (.linger, since + Deadline.lingerTime)
        case .deciding, .betweenParts, .answering, .awaitingPart, .closed: nil
        }
    }

    /// Asks whether the deadline has passed, and what to do then.
    package mutating func expired(at now: Instant) -> ExpiredAction {
        guard let (kind, at) = deadline, at <= now else { return .notYet(until: deadline?.at) }
        switch kind {
        case .head: return .refuse(fail(.headTooSlow))
        case .body: return .refuse(fail(.bodyTooSlow))
        case .write:
            phase = .closed
            return .reset
        case .firstByte, .idle, .linger:
            phase = .closed
            return .close
        }
    }
}
