internal import FoundationEssentials
package import Wire

/// The actor of a process that answers its methods.
package protocol Responder: Actor {
    associatedtype Operations: Operation

    /// Answers one request: switch over `operation` without a default, and use `call.answering`.
    ///
    /// Throw a `Problem` to refuse; anything else is logged and said as an internal error. The task is
    /// cancelled when the peer hangs up.
    func answer(_ operation: Operations, _ call: Call) async throws -> Reply
}

/// One request that waits for its answer.
package struct Call: Sendable {
    let request: IncomingRequest
    let decoder: JSONDecoder
    /// Who asks, as it introduced itself.
    package let peer: Hello

    /// Decodes the parameters and binds what `body` returns to that request's answer.
    package func answering<Asked: Request>(
        _ type: Asked.Type, _ body: (Asked) async throws -> Asked.Answer
    ) async throws -> Reply {
        try await answering(type) { (asked, _) in try await body(asked) }
    }

    /// The same for a method that must know the deadline: boot clock, milliseconds.
    package func answering<Asked: Request>(
        _ type: Asked.Type, _ body: (Asked, _ until: Int64) async throws -> Asked.Answer
    ) async throws -> Reply {
        let (asked, until) = try parameters(type)
        return Reply(try await body(asked, until))
    }

    private func parameters<Asked: Request>(
        _ type: Asked.Type
    ) throws(BadParameters) -> (request: Asked, until: Int64) {
        do { return try request.decode(type, with: decoder) } catch {
            throw BadParameters(error: error)
        }
    }
}

/// The asker's fault, told apart from what the responder's own questions to others may come to.
struct BadParameters: Error {
    let error: WireError
}

/// What a responder answered, ready to be written.
package struct Reply: Sendable {
    let answer: any Encodable & Sendable
    fileprivate init(_ answer: any Encodable & Sendable) { self.answer = answer }
}
