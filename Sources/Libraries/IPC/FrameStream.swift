internal import FoundationEssentials
internal import Reactor
internal import Wire

/// A connected socket that carries frames both ways, without blocking.
///
/// Frames sent in one turn of the loop leave in one system call.
// Unchecked: only touched on the loop's thread, which the loop checks at `watch` and `atEndOfTurn`.
final class FrameStream: @unchecked Sendable {
    /// Why a stream ended.
    enum End: Equatable {
        /// The peer closed it between two frames.
        case closed
        /// The connection broke, or ended inside a frame.
        case broken
        /// What came is no frame.
        case malformed(WireError)
        /// The peer does not read its answers: more than `maximumBacklog` bytes wait.
        case notReading
    }

    /// Bytes that may wait for a peer that does not read: a few of the largest frames.
    private static let maximumBacklog = 4 * Frame.maximumLength
    /// Written bytes are dropped from the front once there are so many: moving the rest costs less than they do.
    private static let maximumWritten = 1 << 20

    private let loop: EventLoop
    private var descriptor: Descriptor?
    private var reader = FrameReader()
    private var output: [UInt8] = []
    private var written = 0
    private var flushIsDue = false
    private var isPaused = false
    /// What the loop watches for now; nil before `start`.
    private var watched: EventLoop.Readiness?
    private var onFrame: @Sendable (Data) -> Void = { _ in }
    private var onEnd: @Sendable (End) -> Void = { _ in }

    init(owning descriptor: consuming Descriptor, on loop: EventLoop) {
        self.descriptor = consume descriptor
        self.loop = loop
    }

    /// Begins to read; `onEnd` is called once, unless `close` was.
    func start(
        onFrame: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (End) -> Void
    ) throws(SystemError) {
        self.onFrame = onFrame
        self.onEnd = onEnd
        try watch()
    }

    /// Sends a payload at the end of this turn, or when there is room.
    ///
    /// - Throws: `WireError.frameTooLong`, and nothing of it is sent.
    func send(_ payload: Data) throws(WireError) {
        guard descriptor != nil else { return }
        output += try Frame.header(for: payload.count)
        output += payload
        guard output.count - written <= Self.maximumBacklog else { return end(.notReading) }
        guard !flushIsDue else { return }
        flushIsDue = true
        loop.atEndOfTurn { self.flush() }
    }

    /// Stops taking frames until `resume`; what has arrived waits in the socket.
    func pause() {
        isPaused = true
        rewatch()
    }

    /// Takes frames again.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        rewatch()
        // Frames may have been read before the pause.
        loop.atEndOfTurn { self.giveFrames() }
    }

    /// Closes it without a word.
    func close() {
        if let descriptor = descriptor.take() { loop.unwatch(descriptor.number) }
    }

    private var needsRoom: Bool { written < output.count && !flushIsDue }

    private func watch() throws(SystemError) {
        guard let number = descriptor?.number else { return }
        var interest: EventLoop.Readiness = isPaused ? [] : .read
        if needsRoom { interest.insert(.write) }
        guard interest != watched else { return }
        try loop.watch(number, for: interest) { self.ready($0) }
        watched = interest
    }

    private func rewatch() {
        do { try watch() } catch { end(.broken) }
    }

    private func ready(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.write) { flush() }
        if !readiness.isDisjoint(with: [.read, .gone]) { receive() }
    }

    private func receive() {
        do {
            guard let outcome = try fill() else { return }
            giveFrames()
            if outcome == .ended { end(reader.isBetweenFrames ? .closed : .broken) }
        } catch {
            end(.broken)
        }
    }

    private func fill() throws -> Descriptor.Transfer? {
        guard descriptor != nil else { return nil }
        return try reader.fill { buffer in
            let outcome = try descriptor?.read(into: buffer) ?? .ended
            if case .moved(let count) = outcome { return (count, outcome) }
            return (0, outcome)
        }
    }

    private func giveFrames() {
        do {
            while !isPaused, descriptor != nil, let payload = try reader.next() { onFrame(payload) }
        } catch {
            end(.malformed(error))
        }
    }

    private func flush() {
        flushIsDue = false
        guard descriptor != nil, written < output.count else { return }
        do {
            let start = written
            let outcome = try output.withUnsafeBytes { bytes in
                try descriptor?.send(UnsafeRawBufferPointer(rebasing: bytes[start...])) ?? .ended
            }
            switch outcome {
            case .moved(let count): written += count
            case .wouldBlock: break
            case .ended: return end(.broken)
            }
            if written == output.count {
                output.removeAll(keepingCapacity: output.count <= 64 << 10)
                written = 0
            } else if written > Self.maximumWritten, written > output.count / 2 {
                output.removeSubrange(..<written)
                written = 0
            }
            if watched != nil { rewatch() }
        } catch {
            end(.broken)
        }
    }

    private func end(_ reason: End) {
        guard descriptor != nil else { return }
        close()
        onEnd(reason)
    }
}
