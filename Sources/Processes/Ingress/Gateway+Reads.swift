internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

extension Gateway {
    func conversations(_ parameters: Parameters) async throws -> Response {
        let request = ListConversations(
            limit: try parameters.limit(), cursor: try parameters.optional("cursor"),
            query: try parameters.optional("q"), phoneNumberID: try parameters.phoneNumberID(),
            only: try parameters.traits(), since: try parameters.time("since"),
            before: try parameters.time("until"), seen: await seen())
        return answers.json(.ok, try await peers.inbox.ask(request, within: Limits.read))
    }

    func contactMessages(_ parameters: Parameters) async throws -> Response {
        let request = ListMessages(
            contact: try parameters.required("contact"), limit: try parameters.limit(),
            cursor: try parameters.optional("cursor"),
            phoneNumberID: try parameters.phoneNumberID(), since: try parameters.time("since"),
            before: try parameters.time("until"), seen: await seen())
        return answers.json(.ok, try await peers.inbox.ask(request, within: Limits.read))
    }

    /// Messages with those words, or the one with that reference.
    func messages(_ parameters: Parameters) async throws -> Response {
        let (query, reference) = (
            try parameters.optional("q"), try parameters.optional("reference")
        )
        if let reference, query == nil { return try await message(.reference(reference)) }
        guard let query, reference == nil else {
            throw Problem.invalid(
                "q", "Neither q nor reference is there, or both.",
                hint: "Add ?q=… to search messages, or ?reference=… for the one that carries it.")
        }
        let request = SearchMessages(
            query: query, contact: try parameters.optional("contact"),
            limit: try parameters.limit(), cursor: try parameters.optional("cursor"),
            phoneNumberID: try parameters.phoneNumberID(), since: try parameters.time("since"),
            before: try parameters.time("until"), seen: await seen())
        return answers.json(.ok, try await peers.inbox.ask(request, within: Limits.read))
    }

    /// One message's whole story: inbox's part and provider's, with who was away.
    func message(_ name: MessageName) async throws -> Response {
        let seen = await seen()
        async let inbox = part {
            try await self.peers.inbox.ask(FindMessage(name: name, seen: seen), within: Limits.read)
        }
        async let outbox = part {
            try await self.peers.provider.ask(FindOutboxMessage(name: name), within: Limits.read)
        }
        let (known, sent) = (try await inbox, try await outbox)
        let away = [known == nil ? Service.inbox : nil, sent == nil ? .provider : nil].compactMap {
            $0
        }
        guard away.count < 2 else { throw Problem.unavailable(.inbox) }
        guard known?.message != nil || sent?.message != nil else {
            if let service = away.first { throw Problem.unavailable(service) }
            throw Problem(
                .notFound, status: 404, "There is no such message.",
                hint:
                    "Use the id or message_id of a send's answer, or ?reference= with your own value."
            )
        }
        return answers.json(
            .ok,
            MessageStory(
                message: known?.message, outbox: sent?.message, attempts: sent?.attempts ?? [],
                timeline: known?.timeline ?? [], away: away,
                why: Explanation(known?.message, sent?.message)))
    }

    /// The answer, or nil when the process is away.
    private func part<Answer: Sendable>(
        _ ask: @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        do { return try await ask() } catch WireError.unavailable, WireError.unanswered {
            return nil
        }
    }

    /// Sets a conversation's unread count to 0, as a journaled command.
    func markRead(_ contact: String, _ parameters: Parameters) async throws -> Response {
        let command = JournalCommand(
            id: Self.newMessageID(), verb: .markRead, contact: contact,
            phoneNumberID: try parameters.phoneNumberID())
        do {
            _ = try await journal.append(.command, try JSONEncoder().encode(command))
        } catch let error as JournalError {
            throw Self.notKept(error)
        }
        return answers.json(.ok, Success())
    }
}

private struct Success: Encodable {
    let success = true
    enum CodingKeys: CodingKey { case success }
}

/// What `GET messages/{id}` answers.
private struct MessageStory: Encodable {
    /// As readers see it; nil while inbox does not have it.
    let message: Message?
    /// As provider has it; nil for what was not sent from here.
    let outbox: SendMessage.Answer?
    let attempts: [FindOutboxMessage.Attempt]
    let timeline: [TimelineEntry]
    /// Who could not be asked.
    let away: [Service]
    /// What is to be said of it to a person.
    let why: Explanation?
}
