internal import FoundationEssentials
private import JSON
package import Reactor
package import Wire

/// One process's way to another: pipelined requests over one connection, each with a deadline.
///
/// A peer that is away is waited for, and a request whose connection broke is sent again, until its
/// deadline: a restart of the peer is a pause, not an error. Every method may be repeated.
package actor Client {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Whether the peer is there.
    package enum Presence: Hashable, Sendable {
        case present(Hello)
        /// Boot clock in milliseconds of the moment since when it is not.
        case away(since: Int64)
        /// It is there but of another protocol or mode: why.
        case strange(String)
    }

    /// The first and the longest pause between two attempts to connect.
    private static let backoff = (
        first: Duration.milliseconds(5), longest: Duration.milliseconds(200)
    )

    private enum State {
        case disconnected(retry: EventLoop.Timer?)
        /// Connected; waits for the answer to `process.hello`.
        case introducing(FrameStream)
        case ready(FrameStream)
    }

    private struct Waiting {
        let payload: Data
        /// Whether it was ever sent, over whichever connection.
        var wasSent = false
        let continuation: CheckedContinuation<IncomingAnswer, any Error>
    }

    private static let helloID: Int64 = 0

    private let service: Service
    private let directory: SocketDirectory
    private let loop: EventLoop
    private let hello: Hello
    private var state = State.disconnected(retry: nil)
    private var pause = Client.backoff.first
    private var waiting: [Int64: Waiting] = [:]
    private var lastID = Client.helloID
    /// Whether a peer that is away is waited for.
    private var waits = true
    private let encoder = JSONEncoder.gateway()
    private let decoder = JSONDecoder()

    /// How the peer is, as far as this client knows without asking.
    package private(set) var presence = Presence.away(since: Clocks.boot)

    package init(
        to service: Service, in directory: SocketDirectory, as hello: Hello, on loop: EventLoop
    ) {
        self.service = service
        self.directory = directory
        self.hello = hello
        self.loop = loop
    }

    /// Asks, and waits for the answer until `limit` is over.
    ///
    /// - Throws: `WireError`; `unavailable` and `unanswered` when the deadline passed (see there), `refused`
    ///   with the peer's own words; `CancellationError` when the asking task was cancelled.
    package func ask<Asked: Request>(_ request: Asked, within limit: Duration) async throws
        -> Asked.Answer
    {
        lastID += 1
        let id = lastID
        let until = Clocks.boot + Int64(limit / .milliseconds(1))
        let payload = try Outgoing.request(request, id: id, until: until, with: encoder)
        guard payload.count <= Frame.maximumLength else {
            throw WireError.frameTooLong(payload.count)
        }
        let answer = try await self.answer(to: id, payload, within: limit)
        return try answer.decode(Asked.Answer.self, with: decoder)
    }

    /// Connects ahead of the first request, so that `presence` tells something.
    package func connect() {
        guard case .disconnected(retry: nil) = state else { return }
        attempt()
    }

    /// Waits no more for a peer that is away, now or later: what it did not answer fails at once.
    ///
    /// For who knows that nobody starts it again as long as this process lives.
    package func stopWaiting() {
        waits = false
        if case .disconnected = state { expireAll() }
    }

    private func expireAll() {
        for id in waiting.keys { expire(id) }
    }

    // MARK: Requests

    private func answer(
        to id: Int64, _ payload: Data, within limit: Duration
    ) async throws -> IncomingAnswer {
        let timer = loop.after(limit) { [self] in assumeIsolated { $0.expire(id) } }
        defer { loop.cancel(timer) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiting[id] = Waiting(payload: payload, continuation: continuation)
                if Task.isCancelled { return fail(id, CancellationError()) }
                transmit(id)
            }
        } onCancel: {
            Task(executorPreference: loop) { await self.fail(id, CancellationError()) }
        }
    }

    private func transmit(_ id: Int64) {
        switch state {
        case .disconnected(retry: nil): attempt()
        case .disconnected: if !waits { expire(id) }
        case .introducing: return
        case .ready(let stream):
            guard let payload = waiting[id]?.payload else { return }
            waiting[id]?.wasSent = true
            do { try stream.send(payload) } catch { fail(id, error) }
        }
    }

    private func expire(_ id: Int64) {
        guard let request = waiting[id] else { return }
        fail(id, request.wasSent ? WireError.unanswered(service) : WireError.unavailable(service))
    }

    private func fail(_ id: Int64, _ error: any Error) {
        waiting.removeValue(forKey: id)?.continuation.resume(throwing: error)
    }

    // MARK: Connection

    private func attempt() {
        do {
            let stream = FrameStream(owning: try directory.connect(service.socket), on: loop)
            state = .introducing(stream)
            try stream.start(
                onFrame: { [self, unowned stream] payload in
                    assumeIsolated { $0.received(payload, on: stream) }
                },
                onEnd: { [self] _ in assumeIsolated { $0.disconnected() } })
            try stream.send(try Outgoing.hello(hello, id: Self.helloID, with: encoder))
        } catch {
            disconnected()
        }
    }

    private func disconnected() {
        switch state {
        case .disconnected: break
        case .introducing(let stream), .ready(let stream): stream.close()
        }
        if case .away = presence {} else { presence = .away(since: Clocks.boot) }
        // Retried even with nothing to ask, so that `presence` stays true.
        let retry = loop.after(pause) { [self] in assumeIsolated { $0.attempt() } }
        pause = min(pause * 2, Self.backoff.longest)
        state = .disconnected(retry: retry)
        if !waits { expireAll() }
    }

    private func received(_ payload: Data, on stream: FrameStream) {
        do {
            let answer = try IncomingAnswer(payload, with: decoder)
            switch state {
            case .introducing: introduced(answer, on: stream)
            case .ready:
                // One that is not waited for any more came after its deadline.
                waiting.removeValue(forKey: answer.id)?.continuation.resume(returning: answer)
            case .disconnected: return
            }
        } catch {
            disconnected()
        }
    }

    private func introduced(_ answer: IncomingAnswer, on stream: FrameStream) {
        guard let peer = accepted(answer) else { return }
        presence = .present(peer)
        pause = Self.backoff.first
        state = .ready(stream)
        for id in waiting.keys.sorted() { transmit(id) }
    }

    /// The peer's introduction, if it is one that this side can work with.
    private func accepted(_ answer: IncomingAnswer) -> Hello? {
        let reason: String
        do throws(WireError) {
            let peer = try answer.decode(Hello.self, with: decoder)
            if peer.protocol == hello.protocol, peer.mode == hello.mode { return peer }
            reason = "it speaks protocol \(peer.protocol) in mode \(peer.mode.rawValue)"
        } catch .refused(let problem) {
            reason = problem.message
        } catch {
            reason = "it does not answer \(Protocol.hello)"
        }
        disconnected()
        presence = .strange(reason)
        for id in waiting.keys { fail(id, WireError.strangePeer(service, reason)) }
        return nil
    }
}
