internal import FoundationEssentials
internal import JSON
internal import Reactor
internal import Wire

/// Follows inbox once for all who listen, and wakes them when something happened.
///
/// It follows only while somebody listens.
actor EventHub {
    typealias Ask = @Sendable (FollowChanges, Duration) async throws -> FollowChanges.Answer

    /// How long one question waits for an event, and how much longer for its answer.
    private static let wait = Duration.seconds(25)
    private static let margin = Duration.seconds(5)
    private static let pause = Duration.seconds(1)
    private static let limit = 200

    nonisolated let loop: EventLoop
    nonisolated let ask: Ask
    private let news: Bell
    private let encoder = JSONEncoder.gateway(sorted: true)
    private var window: EventWindow?
    private var following: Task<Void, Never>?
    private(set) var listeners = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// `ask` puts a question to inbox, within a time.
    init(on loop: EventLoop, ask: @escaping Ask) {
        self.loop = loop
        self.ask = ask
        news = Bell(on: loop)
    }

    /// One more listens; to be ended with `leave`.
    func join() {
        listeners += 1
        if following == nil {
            following = Task(executorPreference: loop) { await self.follow() }
        }
    }

    func leave() {
        listeners -= 1
        guard listeners == 0 else { return }
        following?.cancel()
        following = nil
        // Whoever comes next begins at the head of then.
        window = nil
    }

    /// What a listener has not got yet; nil while that is not known here.
    func next(after place: EventID, _ kinds: KindFilter) -> EventWindow.Next {
        window?.next(after: place, kinds) ?? .beyond
    }

    /// Waits for the next event of any kind; false when there was none.
    func hear(within limit: Duration) async -> Bool { await news.wait(atMost: limit) }

    /// Events as server-sent ones: the id, the type, and the same object that polls give.
    func frames(of events: [Event]) throws -> [EventWindow.Framed] {
        try events.compactMap { event in
            guard let id = EventID(event.id) else { return nil }
            var bytes = Array("id: \(event.id)\nevent: \(event.type)\ndata: ".utf8)
            bytes += try encoder.encode(event)
            bytes += Array("\n\n".utf8)
            return EventWindow.Framed(number: id.number, type: event.type, bytes: bytes)
        }
    }

    // MARK: Following

    private func follow() async {
        while !Task.isCancelled {
            do { try await step() } catch WireError.refused {
                // Another inbox, or too long an absence: listeners ask for themselves, and are told.
                window = nil
                news.ring()
                _ = await news.wait(atMost: Self.pause)
            } catch {
                _ = await news.wait(atMost: Self.pause)
            }
        }
    }

    private func step() async throws {
        let asked = FollowChanges(
            after: window?.head.text, kinds: [], limit: Self.limit,
            wait: window == nil ? 0 : Int(Self.wait / .milliseconds(1)))
        let answer = try await ask(asked, Self.wait + Self.margin)
        guard !Task.isCancelled, let next = EventID(answer.next) else { return }
        if window == nil {
            window = EventWindow(after: next)
        } else {
            window?.add(try frames(of: answer.events), upTo: next)
        }
        news.ring()
    }
}
