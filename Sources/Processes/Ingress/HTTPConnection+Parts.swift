internal import Glibc
internal import HTTP1
internal import Reactor

// Bodies and answers that come in parts: one part at a time, asked for by who can take it.

extension HTTPConnection: PartSource {
    /// The next part of the request's body; nothing is read from the socket before it is asked for.
    ///
    /// - Throws: `RequestError`, to be answered; `CancellationError` when the peer has gone.
    func next() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            guard descriptor != nil else {
                return continuation.resume(throwing: CancellationError())
            }
            wanting = continuation
            switch connection.nextPart(at: .now) {
            case .wait: break
            case .sendContinue(let bytes):
                output += bytes
                write()
            case .part(let bytes): give(bytes)
            case .endOfBody: give(nil)
            case .refuse(let error): refuse(error)
            case .close: close()
            }
            settle()
        }
    }

    /// Hands a part of the body, or its end, to who asked.
    func give(_ part: [UInt8]?) { wanting.take()?.resume(returning: part) }

    /// Answers what is no request; a route that is taking the body's parts does so itself.
    func refuse(_ error: RequestError) {
        if let wanting = wanting.take() {
            wanting.resume(throwing: error)
        } else {
            respond(handler.refusal(error))
        }
    }
}

extension HTTPConnection {
    /// Writes an answer that comes in parts, each asked for when the one before has gone out.
    ///
    /// Runs in the task that made the answer, and leaves `answering` before the last write, which
    /// may begin the next request.
    func respond(_ response: Response, from source: any PartSource) async {
        guard descriptor != nil else { return }
        letGoOfBody()
        limitUnsent()
        connection.respond(response, date: date.text, into: &output, at: .now)
        var goesOn = flush()
        while goesOn, await partIsWanted() {
            let part: [UInt8]?
            do {
                part = isStopping && connection.isEndless ? nil : try await source.next()
            } catch {
                // The length is not known to the peer either: it may end where the process does.
                guard isStopping, connection.isEndless else { return reset() }
                part = nil
            }
            guard descriptor != nil else { return }
            let action =
                if let part { connection.send(part, into: &output, at: .now) } else {
                    connection.endParts(into: &output, at: .now)
                }
            guard case .write = action else { return reset() }
            goesOn = flush()
        }
    }

    /// Writes what can be written, and answers whether a part is to follow.
    private func flush() -> Bool {
        let goesOn = connection.isInParts
        if !goesOn { answering = nil }
        write()
        settle()
        return goesOn
    }

    /// Waits until all that was given is out; false when the peer is gone.
    private func partIsWanted() async -> Bool {
        await withCheckedContinuation { continuation in
            if descriptor == nil || connection.awaitsPart { return continuation.resume() }
            draining = continuation
        }
        return descriptor != nil
    }
}
