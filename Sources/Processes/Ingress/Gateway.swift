internal import Daemon
internal import FoundationEssentials
internal import HTTP1
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

/// Answers every route: it asks the other processes, and writes to its journal before it says yes.
actor Gateway: RequestHandler {
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.loop.asUnownedSerialExecutor() }

    nonisolated let place: Place
    nonisolated let rules: AccessRules
    nonisolated let journal: Journal
    /// The journal's own file, for audits and backups.
    nonisolated let store: JournalStore
    nonisolated let copier: StoreCopier
    nonisolated let shipper: Shipper
    nonisolated let redactor: Redactor
    nonisolated let peers: Peers
    nonisolated let hub: EventHub
    nonisolated let answers = Answers()
    /// Large bodies that are with signer; see `verify`.
    var largeInProgress = 0
    let largeDone: Bell
    var uploadsInProgress = 0
    /// Those whose callers left, on their way to be dropped, by provider's name of them.
    var uploadDrops: [String: Task<Void, Never>] = [:]
    /// The newest entry of provider's journal that a caller was answered for.
    private(set) var providerHead: JournalHead?
    private(set) var traffic = Traffic()
    /// Which refusals of tokens the log has had.
    var refusals = RefusalNotes()
    /// Entries that callers were answered 200 for, and no audit knows yet.
    private var answeredFor: Int64 = 0

    init(
        _ place: Place, rules: AccessRules, journal: Journal, over store: JournalStore,
        shipper: Shipper, redactor: Redactor, peers: Peers
    ) {
        self.place = place
        self.store = store
        copier = StoreCopier("ingress/backup.db", in: place)
        self.rules = rules
        self.journal = journal
        self.shipper = shipper
        self.redactor = redactor
        self.peers = peers
        hub = EventHub(on: place.loop) { try await peers.inbox.ask($0, within: $1) }
        largeDone = Bell(on: place.loop)
    }

    // MARK: By the head alone

    nonisolated func admit(_ head: RequestHead) -> Admission {
        if head.form == .asterisk { return .answer(Response(.noContent)) }
        guard rules.serves(head) else {
            return .answer(
                answers.problem(
                    Problem(
                        .misdirected, status: 421, "This gateway does not go by that host name.",
                        hint: "Use one of GATEWAY_HOSTS.")))
        }
        guard let route = Route(head.segments) else { return .answer(Self.notFound(answers)) }
        guard route.methods.contains(head.method) else {
            return .answer(answers.methodNotAllowed(route.methods))
        }
        if route == .webhook, head.method == .post, SignatureHeader(head) == nil {
            return .answer(Self.forged(answers))
        }
        return route == .upload
            ? .acceptParts(bodyLimit: route.bodyLimit, partLimit: Route.uploadPart)
            : .accept(bodyLimit: route.bodyLimit)
    }

    nonisolated func refusal(_ error: RequestError) -> Response { answers.refusal(error) }

    static func notFound(_ answers: Answers) -> Response {
        answers.problem(
            Problem(
                .notFound, status: 404, "There is no such path.",
                hint: "The routes begin with /api/whatsapp/; see the README."))
    }

    // MARK: Whole requests

    func answer(_ head: RequestHead, body: [UInt8]) async -> Reply {
        await answer(head) { route in
            switch route {
            case .media(let id): try await self.media(id, head)
            case .eventStream: try await self.eventStream(head)
            default: Reply(try await self.serve(route, head, body))
            }
        }
    }

    func answer(_ head: RequestHead, parts: any PartSource) async -> Reply {
        await answer(head) { _ in Reply(try await self.upload(head, parts)) }
    }

    private func answer(
        _ head: RequestHead, _ serve: (Route) async throws -> Reply
    ) async -> Reply {
        guard let route = Route(head.segments) else { return Reply(Self.notFound(answers)) }
        let begin = ContinuousClock.now
        let reply: Reply
        do {
            if let scope = route.scope(for: head.method) { try await authorize(head, for: scope) }
            reply = try await serve(route)
        } catch {
            reply = Reply(answer(to: error))
        }
        traffic.count(route.label, reply.response.status.code, took: .now - begin)
        if route.isJournaled(head.method), reply.response.status == .ok { answeredFor += 1 }
        return reply
    }

    /// How many entries were answered for since it was asked last.
    func takeAnswered() -> Int64 {
        defer { answeredFor = 0 }
        return answeredFor
    }

    private func answer(to error: any Error) -> Response {
        switch error {
        case let problem as Problem: return answers.problem(problem)
        case let error as WireError: return answers.problem(problem(for: error))
        case let error as RequestError: return answers.refusal(error)
        // Nobody reads this: the caller has gone.
        case is CancellationError: return answers.problem(.internalError(in: .ingress))
        default:
            place.log.error("request.failed error=\(error)")
            return answers.problem(.internalError(in: .ingress))
        }
    }

    private func serve(
        _ route: Route, _ head: RequestHead, _ body: [UInt8]
    ) async throws -> Response {
        switch route {
        case .health: return await health(head)
        case .webhook where head.method == .post: return try await webhook(head, Data(body))
        case .webhook: return try await challenge(try Parameters(head))
        case .send(let form): return try await send(form, head, Data(body))
        case .message(let id): return try await message(.id(id))
        case .messages where head.method == .post:
            return try await send(.messages, head, Data(body))
        case .messages:
            return try await messages(try Parameters(head))
        case .conversations: return try await conversations(try Parameters(head))
        case .contactMessages: return try await contactMessages(try Parameters(head))
        case .markRead(let contact): return try await markRead(contact, try Parameters(head))
        case .events: return try await events(try Parameters(head))
        case .templates: return try await templates(try Parameters(head))
        // Answered in parts, or from them.
        case .media, .upload, .eventStream: return answers.problem(.internalError(in: .ingress))
        case .deadLetters: return try await deadLetters(try Parameters(head))
        case .deadLetter(let id): return try await discardDeadLetter(id)
        case .retryDeadLetter(let id): return try await retryDeadLetter(id, head)
        case .retryDeadLetters: return try await retryDeadLetters(head, Data(body))
        case .metrics: return await metrics()
        case .audit: return try await audit(try Parameters(head))
        case .backup: return try await backUp()
        case .erase: return try await erase(Data(body))
        }
    }

    // MARK: What reads must have seen

    /// Keeps what a later read must see.
    func answered(for head: JournalHead) {
        if let known = providerHead, known.origin == head.origin, known.seq >= head.seq { return }
        providerHead = head
    }

    /// The newest entries that anybody was answered for.
    func seen() async -> [JournalHead] {
        if providerHead == nil, case .present(let provider) = await peers.provider.presence {
            providerHead = provider.journal
        }
        return [await journal.head, providerHead].compactMap { $0 }
    }

    /// What a caller is told when another process did not answer.
    private func problem(for error: WireError) -> Problem {
        switch error {
        case .refused(let problem): return problem
        case .unavailable(let service), .strangePeer(let service, _): return .unavailable(service)
        case .unanswered(let service): return .unanswered(service)
        case .frameTooLong, .malformed, .unknownOperation:
            place.log.error("ipc.failed error=\(error)")
            return .internalError(in: .ingress)
        }
    }
}

/// How long the other processes are waited for: longer than a supervisor takes to start one again (2 s).
enum Limits {
    static let signer = Duration.seconds(3)
    static let read = Duration.seconds(5)
    /// A part of a file, which provider writes to its disk or reads from there.
    static let mediaPart = Duration.seconds(5)
    /// The end of an upload: 100 MB to Meta at 10 Mbit/s take 80 s.
    static let uploadEnd = Duration.seconds(120)
    /// A send is taken in until then.
    static let send = Duration.seconds(10)
    /// Time beyond the caller's own wait for the answer to come back.
    static let margin = Duration.seconds(3)
}
