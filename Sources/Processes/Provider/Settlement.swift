internal import CloudAPI
internal import FoundationEssentials
internal import IPC
internal import JSON
internal import Reactor
internal import Wire

/// Follows inbox's changes, and lets statuses settle what left here without an answer.
///
/// A task of its owner's, which starts it once; inbox away is waited for.
actor Settlement {
    private static let kinds =
        [
            InternalEvent.statusReported.rawValue, "conversation.updated",
            InternalEvent.personUpdated.rawValue, InternalEvent.readMarkWanted.rawValue,
            InternalEvent.personErased.rawValue,
        ] + MediaRow.tellingEvents + Templates.kinds
    private static let limit = 200
    /// How long inbox keeps us waiting, in ms; a hold ends at most so much late.
    private static let wait = 10_000
    private static let margin = Duration.seconds(5)
    private static let pause = Duration.seconds(1)
    /// No inbox has this epoch: it answers where its feed begins.
    private static let beginning = "0-0"

    private let loop: EventLoop
    private let outbox: Outbox
    /// Nil in stub, where nothing is sent that a status could prove.
    private let sender: MessageSender?
    private let marks: ReadMarks?
    private let templates: Templates
    /// Rung when the feed named files, or somebody whose files go.
    private let filesChanged: Bell?
    private let ask: @Sendable (FollowChanges, Duration) async throws -> FollowChanges.Answer
    private let nap: Bell

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// `ask` puts a question to inbox, within a time.
    init(
        of outbox: Outbox, for sender: MessageSender?, and marks: ReadMarks? = nil,
        telling templates: Templates, waking filesChanged: Bell? = nil, on loop: EventLoop,
        ask: @escaping @Sendable (FollowChanges, Duration) async throws -> FollowChanges.Answer
    ) {
        self.outbox = outbox
        self.sender = sender
        self.marks = marks
        self.templates = templates
        self.filesChanged = filesChanged
        self.loop = loop
        self.ask = ask
        nap = Bell(on: loop)
    }

    /// Follows until its task is cancelled.
    func run() async {
        var position: String?
        while !Task.isCancelled {
            do {
                if position == nil {
                    position = try await outbox.change { _, tables, _ in
                        try tables.feed.position() ?? Self.beginning
                    }
                }
                position = try await step(after: position ?? Self.beginning)
            } catch WireError.refused(let problem) where problem.code == .expired {
                // Another inbox, or a long absence: what was between is told by nobody.
                position = problem.id
            } catch {
                _ = await nap.wait(atMost: Self.pause)
            }
        }
    }

    /// Asks once, and takes the effect of the answer; answers where to go on.
    func step(after position: String) async throws -> String {
        let asked = FollowChanges(
            after: position, kinds: Self.kinds, limit: Self.limit, wait: Self.wait)
        let answer = try await ask(asked, .milliseconds(Self.wait) + Self.margin)
        var news = FeedNews(position: answer.next)
        for event in answer.events {
            if let proof = Self.proof(in: event) {
                if sender != nil { news.proofs.append(proof) }
            } else if let file = MediaRow(event) {
                news.media.append(file)
            } else if let person = ErasedPerson(event) {
                news.erased.append(person)
            } else if let person = PersonNews(event) {
                news.people.append(person)
            } else if let mark = FeedNews.Mark(event) {
                if sender != nil { news.marks.append(mark) }
            }
            await templates.follow(event)
        }
        // More is to come: what it says may lie before that moment.
        if !answer.more { news.completeTo = answer.completeTo }
        let unknown = await outbox.figures()[.unknown, default: 0]
        guard news.position != position || unknown > 0 else { return position }
        let followed = try await outbox.change { [news] store, tables, now in
            try store.follow(news, in: tables, at: now)
        }
        await sender?.followed(followed)
        if !news.marks.isEmpty { await marks?.look() }
        if !news.media.isEmpty || !news.erased.isEmpty { filesChanged?.ring() }
        if !news.erased.isEmpty { await outbox.hurry() }
        return news.position
    }

    /// What an event proves of a message of ours; nil when it proves nothing.
    static func proof(in event: Event) -> FeedNews.Proof? {
        guard event.type == InternalEvent.statusReported.rawValue,
            let id = event.data["id"]?.text, let wamid = event.data["wamid"]?.text, !wamid.isEmpty,
            let status = event.data["status"]?.text.flatMap(MessageStatus.init)
        else { return nil }
        switch status {
        case .sent, .delivered, .read, .played: return FeedNews.Proof(id: id, wamid: wamid)
        case .failed:
            let code = event.data["error"]?["provider_code"]?.integer
            let error = CloudAPI.GraphError(
                code: code, message: event.data["error"]?["message"]?.text,
                details: event.data["error"]?["details"]?.text)
            return FeedNews.Proof(id: id, wamid: wamid, failure: Problem(error))
        case .received, .queued, .sending, .accepted, .held, .unknown, .refused: return nil
        }
    }
}

extension FeedNews.Mark {
    /// What inbox wants told to Meta as read; nil for other events.
    init?(_ event: Event) {
        guard event.type == InternalEvent.readMarkWanted.rawValue,
            let conversation = event.data["conversation"]?.text,
            let wamid = event.data["wamid"]?.text,
            let time = event.data["timestamp"]?.text.flatMap(Timestamp.init(text:))
        else { return nil }
        self.init(
            conversation: conversation, phoneNumberID: event.phoneNumberID, wamid: wamid,
            at: time.milliseconds)
    }
}

extension MessageSender {
    /// Goes on from what the change feed brought about.
    func followed(_ news: Followed) {
        let now = Clocks.boot
        for changed in news.settled {
            tell(changed.kept)
            // One under way is taken out by its own answer.
            dispatch.removeWaiting(changed.number, now: now)
        }
        for failure in news.failures { heed(failure.problem, of: failure.ticket) }
        requeue(news.resent)
    }

    /// A failure that came later says as much of its scope as one that came at once.
    private func heed(_ problem: Problem, of ticket: Ticket) {
        let error = GraphError(
            code: problem.providerCode.map(Int64.init), details: problem.details, httpStatus: 200)
        switch Verdict(error, for: ticket) {
        case .block(let scope, let problem, let atLeast):
            dispatch.pause(scope, for: problem, atLeast: atLeast, now: Clocks.boot)
        case .slow(let scope, _, let atLeast):
            dispatch.throttle(scope, atLeast: atLeast, now: Clocks.boot, random: random)
        case .retry, .reject: break
        }
    }
}
