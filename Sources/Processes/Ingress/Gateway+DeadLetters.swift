internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import JSON
internal import Wire

// What could not be sent, and what a person decides about it.

extension Gateway {
    func deadLetters(_ parameters: Parameters) async throws -> Response {
        let request = ListDeadLetters(
            cause: try parameters.optional("cause"), limit: try parameters.limit(),
            cursor: try parameters.optional("cursor"))
        return answers.json(.ok, try await peers.provider.ask(request, within: Limits.read))
    }

    /// Lets one go again; its id may be one whose outcome is unknown, since it is named.
    func retryDeadLetter(_ id: String, _ head: RequestHead) async throws -> Response {
        let answer = try await retry(.ids([id]), head)
        guard !answer.retried.isEmpty else { throw Self.noDeadLetter }
        return answers.json(.ok, answer)
    }

    /// Lets those go again that the body chooses, or says which would.
    func retryDeadLetters(_ head: RequestHead, _ body: Data) async throws -> Response {
        guard let choice = try? JSONDecoder().decode(RetryDeadLetters.Choice.self, from: body),
            let fields = try? JSONValue(parsing: body).members,
            fields.count == (fields["dry_run"] == nil ? 1 : 2)
        else {
            throw Problem.invalid(
                nil, "The body does not choose dead letters.",
                hint:
                    "Send {\"ids\":[…]}, {\"cause\":\"…\"} or {\"all\":true}, and perhaps \"dry_run\":true."
            )
        }
        guard case .bool(let dryRun) = fields["dry_run"] ?? false else {
            throw Problem.invalid(
                "dry_run", "dry_run is not true or false.", hint: "Make dry_run true or false.")
        }
        return answers.json(.ok, try await retry(choice, head, dryRun: dryRun))
    }

    private func retry(
        _ choice: RetryDeadLetters.Choice, _ head: RequestHead, dryRun: Bool = false
    ) async throws -> RetryDeadLetters.Answer {
        let key = try Self.idempotencyKey(head) ?? Self.newMessageID()
        return try await peers.provider.ask(
            RetryDeadLetters(key: key, choice: choice, dryRun: dryRun), within: Limits.read)
    }

    func discardDeadLetter(_ id: String) async throws -> Response {
        let answer = try await peers.provider.ask(DiscardDeadLetter(id: id), within: Limits.read)
        guard answer.discarded else { throw Self.noDeadLetter }
        return answers.json(.ok, answer)
    }

    private static let noDeadLetter = Problem(
        .notFound, status: 404, "There is no such dead letter.",
        hint: "See /api/whatsapp/dead_letters; it may have been settled, retried or discarded.")
}
