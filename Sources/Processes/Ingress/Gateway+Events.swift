internal import HTTP1
internal import IPC
internal import Wire

// What changes, by polls and as a stream.

extension Gateway {
    /// Seconds that a poll may wait: proxies close what is silent for a minute.
    private static let longestPoll = 55

    /// The changes after an event, at once or as soon as there is one.
    func events(_ parameters: Parameters) async throws -> Response {
        let wait = try parameters.integer("wait", default: 0, in: 0...Self.longestPoll)
        let request = FollowChanges(
            after: try parameters.optional("after"), kinds: try Self.kinds(parameters),
            limit: try parameters.limit(), wait: wait * 1_000)
        var answer = try await peers.inbox.ask(request, within: .seconds(wait) + Limits.read)
        // For provider alone: callers cannot tell what it would mean to them.
        answer.completeTo = nil
        return answers.json(.ok, answer)
    }

    /// The same as server-sent events, for as long as the caller listens.
    ///
    /// `Last-Event-ID`, with which a client comes back, counts more than the address it began with.
    func eventStream(_ head: RequestHead) async throws -> Reply {
        let parameters = try Parameters(head)
        let kinds = try Self.kinds(parameters)
        let place: String?
        switch head.fields.only("Last-Event-ID") {
        case .one(let id) where !id.isEmpty: place = id
        case .one, .none: place = try parameters.optional("after")
        case .several:
            throw Problem.invalid(
                "Last-Event-ID", "Last-Event-ID is there twice.", hint: "Send it once.")
        }
        // Asked before the head goes out: an id that is too old is still answered 410.
        let answer = try await peers.inbox.ask(
            FollowChanges(after: place, kinds: kinds, limit: 1, wait: 0), within: Limits.read)
        guard let begin = EventID(place ?? answer.next) else {
            throw Problem.internalError(in: .inbox)
        }
        var response = Response(.ok, contentType: EventStream.contentType)
        response.add("Cache-Control", "no-store")
        // nginx gathers answers unless it is told not to.
        response.add("X-Accel-Buffering", "no")
        let stream = await EventStream(after: begin, kinds, of: hub) {
            await self.mayGoOn(head, for: .read)
        }
        return Reply(response, length: nil, from: stream)
    }

    private static func kinds(_ parameters: Parameters) throws(Problem) -> [String] {
        let kinds =
            try parameters.optional("kinds")?.split(separator: ",").map(String.init) ?? []
        if let kind = kinds.first(where: { InternalEvent(rawValue: $0) != nil }) {
            throw Problem.invalid(
                "kinds", "\(kind) is for the gateway itself.",
                hint: "Leave it out; conversation.updated tells what callers see of it.")
        }
        return kinds
    }
}
