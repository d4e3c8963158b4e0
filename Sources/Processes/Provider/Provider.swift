internal import CloudAPI
internal import Daemon
internal import IPC
internal import Journal
internal import Reactor
internal import Wire

/// Answers the methods of `provider`: takes messages in, and says what became of them.
actor Provider: Responder {
    typealias Operations = ProviderOperation

    /// How far behind inbox may be before health says so.
    private static let lagTolerated = (entries: Int64(1_000), milliseconds: Int64(2_000))

    private let place: Place
    let outbox: Outbox
    private let copier: StoreCopier
    /// How far inbox is behind; asked on the loop.
    private let lag: @Sendable () async -> Shipper.Lag
    /// Entries of the journal that are to be looked at for people who were erased; asked on the loop.
    private let erasing: @Sendable () async -> Int64
    let numbers: Numbers
    /// In stub it sends to those recipients alone that have answers of their own.
    let sender: MessageSender
    /// Nil in stub.
    let marks: ReadMarks?
    let media: MediaPath
    let templates: Templates
    /// What is asked of Graph; nil in stub.
    private let version: GraphVersion?

    var mode: Mode { place.mode }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        place.loop.asUnownedSerialExecutor()
    }

    init(
        in place: Place, over outbox: Outbox, from numbers: Numbers, by sender: MessageSender,
        marking marks: ReadMarks?, keeping media: MediaPath, with templates: Templates,
        speaking version: GraphVersion?, erasing: @escaping @Sendable () async -> Int64,
        lag: @escaping @Sendable () async -> Shipper.Lag
    ) {
        self.place = place
        self.outbox = outbox
        copier = StoreCopier("provider/backup.db", in: place)
        self.numbers = numbers
        self.sender = sender
        self.marks = marks
        self.media = media
        self.templates = templates
        self.version = version
        self.erasing = erasing
        self.lag = lag
    }

    func answer(_ operation: ProviderOperation, _ call: Call) async throws -> Reply {
        switch operation {
        case .send:
            try await call.answering(SendMessage.self) { request, until in
                try await send(request, until: until)
            }
        case .message:
            try await call.answering(FindOutboxMessage.self) { try await find($0.name) }
        case .deadLetters:
            try await call.answering(ListDeadLetters.self) { try await deadLetters($0) }
        case .retry: try await call.answering(RetryDeadLetters.self) { try await retry($0) }
        case .discard: try await call.answering(DiscardDeadLetter.self) { try await discard($0) }
        case .beginUpload: try await call.answering(BeginUpload.self) { try await beginUpload($0) }
        case .uploadPart:
            try await call.answering(UploadPart.self) { try await media.uploads.add($0) }
        case .endUpload:
            try await call.answering(EndUpload.self) { request, until in
                try await media.uploads.end(request.upload, until: until)
            }
        case .dropUpload:
            try await call.answering(DropUpload.self) { try await media.uploads.drop($0) }
        case .media: try await call.answering(ReadMedia.self) { try await readMedia($0) }
        case .audit:
            try await call.answering(AuditOutbox.self) { _ in try await outbox.ledger() }
        case .backUp:
            try await call.answering(BackUpOutbox.self) { _ in
                try await copier.make(ofBytes: outbox.size()) { path in
                    try await self.outbox.copy(to: path)
                    return nil
                }
            }
        case .templates: try await call.answering(ListTemplates.self) { try await templates($0) }
        case .describe:
            try await call.answering(DescribeProvider.self) { _ in await describe() }
        }
    }

    // MARK: Sending

    /// Takes a message in until the deadline (boot clock, ms), and answers once that is synced.
    func send(_ request: SendMessage, until: Int64) async throws -> SendMessage.Answer {
        let idempotency = Idempotency(request)
        let wanted: SendRequest
        let from: String
        do {
            wanted = try SendRequest(request.body, as: request.form)
            from = try await number(for: wanted)
            try sender.check(wanted)
            if case .message(let body) = wanted {
                try await templates.check(body, answerBy: request.answerBy)
            }
        } catch {
            // What was taken in before is not called "not sent" by today's rules, or templates.
            guard let known = try await outbox.known(request.id, idempotency) else { throw error }
            return try await answer(Standing(taken: known))
        }
        let body: SendBody
        switch wanted {
        case .message(let message): body = message
        case .readMark(let mark, _):
            return try await tell(mark, from: from, for: request, until: until)
        }
        let submission = Submission(
            id: request.id, idempotency: idempotency, until: until, body: body, from: from,
            size: request.body.count)
        guard place.mode == .live || StubRecipient(body.message.to) != nil else {
            return try await answer(Standing(taken: try await outbox.take(submission)))
        }
        // Some of the time is for the way back: an answer after the deadline is none.
        let answerBy = min(request.answerBy, until - Self.wayBack)
        return try await answer(try await sender.submit(submission, answerBy: answerBy))
    }

    /// Milliseconds that an answer may take to ingress.
    private static let wayBack: Int64 = 250

    /// Tells Meta of a message that was read, or in stub plays Meta's part: nothing is kept of it, and
    /// repeating it changes nothing.
    private func tell(
        _ mark: ReadMark, from: String, for request: SendMessage, until: Int64
    ) async throws -> SendMessage.Answer {
        // Whatever `answerBy` says: there is no queue that it could be left to.
        try await marks?.tell(mark, from: from, until: until - Self.wayBack)
        return SendMessage.Answer(
            id: request.id, status: .accepted, provider: marks == nil ? "stub" : "meta",
            wamid: nil, to: nil, replayed: false, journal: try await outbox.head())
    }

    private func answer(_ standing: Standing) async throws -> SendMessage.Answer {
        let taken = standing.taken
        switch taken.kept.message.state {
        case .failed(var problem), .refused(var problem):
            problem.id = taken.kept.id
            throw problem
        case .queued, .sending, .accepted, .held, .unknown: break
        }
        var answer = taken.kept.answer(isReplay: taken.isReplay, journal: try await outbox.head())
        if case .queued = taken.kept.message.state, let obstacle = standing.obstacle {
            (answer.status, answer.reason) = (.held, obstacle.code.rawValue)
            answer.hint = obstacle.hint
        }
        answer.warning = taken.objection
        answer.expectedAt = standing.expectedAt.map {
            Timestamp(milliseconds: Clocks.wall + $0 - Clocks.boot)
        }
        return answer
    }

    private func find(_ name: MessageName) async throws -> FindOutboxMessage.Answer {
        let found = try await outbox.find(name)
        let head = try await outbox.head()
        return FindOutboxMessage.Answer(
            message: found?.0.answer(isReplay: false, journal: head), attempts: found?.1 ?? [],
            journal: head)
    }

    // MARK: Health

    private func describe() async -> ProcessReport {
        var reasons: [Condition] = []
        let lag = await lag()
        let age = lag.oldestAt.map { max(0, Clocks.wall - $0) } ?? 0
        if lag.entries > Self.lagTolerated.entries || age > Self.lagTolerated.milliseconds {
            reasons.append(
                Condition(
                    "journal_behind",
                    "inbox is \(lag.entries) entries of provider and \(age / 1_000) s behind",
                    hint: "They are kept, and shipped when inbox takes them; see ./run.sh status."))
        }
        if let reason = await outbox.condition.reason { reasons.append(reason) }
        reasons += await sender.conditions
        let counts = await outbox.figures()
        var figures = [
            "queued": counts[.queued, default: 0] + counts[.sending, default: 0],
            "accepted": counts[.accepted, default: 0], "journal_lag": lag.entries,
            "commits": Int64(await outbox.commits),
        ]
        figures["erasing"] = await erasing() + (outbox.leavesTraces() ? 1 : 0)
        let media = await media.shelf.report()
        figures.merge(media.figures) { $1 }
        figures["held"] = counts[.held, default: 0]
        figures["unknown"] = counts[.unknown, default: 0]
        figures["failed"] = counts[.failed, default: 0]
        figures["read_marks"] = try? await outbox.change { _, tables, _ in
            try tables.readMarks.count()
        }
        figures["read_marks_given_up"] = await marks?.givenUp
        var warnings =
            [
                version?.condition(at: Clocks.wall), sender.rules.allowList.condition,
            ].compactMap { $0 } + media.warnings
        warnings += await templates.warnings
        figures["templates"] = Int64(await templates.list?.count ?? 0)
        let dead = try? await outbox.change { _, tables, _ in try tables.deadLetters.counts() }
        if let held = dead?[Problem.Code.restored.rawValue] { reasons.append(.restored(held)) }
        if let dead, !dead.isEmpty {
            let causes = dead.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            warnings.append(
                Condition(
                    "dead_letters",
                    "not sent, and waiting for a decision: \(causes.joined(separator: ", "))",
                    hint: "See ./run.sh dead-letters; retry or discard them there."))
            figures["dead_letters"] = dead.values.reduce(0, +)
        }
        return place.report(reasons: reasons, warnings: warnings, figures: figures)
    }
}

extension KeptMessage {
    /// The message as it is told to a caller.
    fileprivate func answer(isReplay: Bool, journal: JournalHead) -> SendMessage.Answer {
        SendMessage.Answer(
            id: id, status: message.status, provider: message.mode == .stub ? "stub" : "meta",
            wamid: message.wamid, to: to, replayed: isReplay,
            reason: message.problem?.code.rawValue,
            hint: message.problem?.hint, journal: journal)
    }
}

extension StoreCondition {
    /// What health says of it; nil while all is well.
    fileprivate var reason: Condition? {
        switch self {
        case .ready: nil
        case .full:
            Condition("store_full", "the disk of the outbox is full", hint: "Free some space.")
        case .displaced:
            Condition(
                "store_displaced", "outbox.db was moved or replaced while it was open",
                hint: "Provider ships what it has and starts anew; put the right file back.")
        case .damaged(let error): .damaged(error)
        case .closed, .broken:
            Condition(
                "store_damaged", "the outbox cannot be used", hint: "See ./run.sh logs provider.")
        }
    }
}
