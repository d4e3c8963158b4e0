internal import FoundationEssentials
internal import HTTP1
internal import JSON
internal import Reactor
internal import Wire

/// One listener's events, as server-sent ones (HTML standard, "Server-sent events").
///
/// It goes on over restarts of every process but ingress, and over those by `Last-Event-ID`: every event
/// has its id, and what keeps the line alive says the place too.
actor EventStream: PartSource {
    static let contentType = "text/event-stream"
    /// Proxies close what is silent for a minute.
    static let heartbeat = Duration.seconds(15)
    /// A token that was revoked has the stream for so long at most.
    static let recheck = Duration.seconds(15)
    /// Between two tries while inbox is away.
    private static let pause = Duration.seconds(1)
    private static let limit = 200
    /// Bytes that are given to the socket at once, unless one event alone is longer.
    private static let longestPart = 256 << 10
    private static let patience = Duration.seconds(5)

    private let hub: EventHub
    private let kinds: [String]
    private let filter: KindFilter
    private let heartbeat: Duration
    private let recheck: Duration
    /// Whether the listener's token still allows this.
    private let mayGoOn: @Sendable () async -> Bool
    private var allowedAt = ContinuousClock.now
    private var place: EventID
    private var hasBegun = false
    private var hasEnded = false
    private var silentSince = ContinuousClock.now

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        hub.loop.asUnownedSerialExecutor()
    }

    /// Begins after `place`, which inbox knows.
    init(
        after place: EventID, _ kinds: [String], of hub: EventHub,
        heartbeat: Duration = EventStream.heartbeat, recheck: Duration = EventStream.recheck,
        mayGoOn: @escaping @Sendable () async -> Bool
    ) async {
        self.hub = hub
        self.kinds = kinds
        self.place = place
        self.heartbeat = heartbeat
        self.recheck = recheck
        self.mayGoOn = mayGoOn
        filter = KindFilter(kinds)
        await hub.join()
    }

    // Let go of by its connection, on the loop.
    deinit { hub.assumeIsolated { $0.leave() } }

    func next() async throws -> [UInt8]? {
        guard hasBegun else {
            hasBegun = true
            // How soon a client comes back, in ms; and where it stands if it must at once.
            return Array("retry: 1000\nid: \(place.text)\n\n".utf8)
        }
        while !hasEnded {
            try Task.checkCancellation()
            guard await isStillAllowed() else {
                hasEnded = true
                return Self.notAllowed
            }
            if let part = await take() {
                silentSince = .now
                return part
            }
            let silence = ContinuousClock.now - silentSince
            guard silence < heartbeat else {
                silentSince = .now
                return Array("id: \(place.text)\n\n".utf8)
            }
            _ = await hub.hear(within: min(heartbeat - silence, recheck))
        }
        return nil
    }

    private func isStillAllowed() async -> Bool {
        guard ContinuousClock.now - allowedAt >= recheck else { return true }
        guard await mayGoOn() else { return false }
        allowedAt = .now
        return true
    }

    /// The last event of a listener whose token is nobody's any more; coming back is answered 401.
    private static let notAllowed = Array("event: unauthorized\ndata: {}\n\n".utf8)

    /// What there is now; nil when there is nothing, and news are to be waited for.
    private func take() async -> [UInt8]? {
        switch await hub.next(after: place, filter) {
        case .events(let events, let reached): return part(of: events, upTo: reached)
        case .beyond: return await ask()
        }
    }

    /// As many events as a part may have; the rest is taken next time.
    private func part(of events: [EventWindow.Framed], upTo reached: EventID) -> [UInt8]? {
        var bytes: [UInt8] = []
        for event in events {
            guard bytes.isEmpty || bytes.count + event.bytes.count <= Self.longestPart else {
                return bytes
            }
            bytes += event.bytes
            place = EventID(epoch: reached.epoch, number: event.number)
        }
        place = reached
        return bytes.isEmpty ? nil : bytes
    }

    /// Asks inbox for what is older than the hub's window.
    private func ask() async -> [UInt8]? {
        let asked = FollowChanges(after: place.text, kinds: kinds, limit: Self.limit, wait: 0)
        do {
            let answer = try await hub.ask(asked, Self.patience)
            guard let reached = EventID(answer.next) else { return nil }
            return part(of: try await hub.frames(of: answer.events), upTo: reached)
        } catch WireError.refused(let problem) {
            // Too old by now: the same that a request with this id is answered.
            hasEnded = true
            let data = (try? JSONEncoder.gateway(sorted: true).encode(problem)) ?? Data("{}".utf8)
            return Array("event: \(problem.code.rawValue)\ndata: ".utf8) + data
                + Array("\n\n".utf8)
        } catch {
            // Inbox is away: the line stays, and goes on where it was.
            _ = await hub.hear(within: Self.pause)
            return nil
        }
    }
}
