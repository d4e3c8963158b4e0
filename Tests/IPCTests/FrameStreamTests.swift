import FoundationEssentials
import Glibc
import Reactor
import Synchronization
import TestSupport
import Testing
import Wire

@testable import IPC

@Suite("A stream of frames", .timeLimit(.minutes(1)))
struct FrameStreamTests {
    @Test(
        "sends what the kernel had no room for when its peer reads at last", arguments: [1, 2_000])
    func sendsAll(count: Int) async throws {
        try await onLoop { loop in
            let (stream, peer) = try pair(on: loop)
            try stream.start(onFrame: { _ in }, onEnd: { _ in })
            for _ in 0..<count { try stream.send(Data(repeating: 0x78, count: 1_020)) }
            #expect(try await peer.read(count << 10, on: loop))
            stream.close()
        }
    }

    @Test("is idle once all has gone, though its first attempt found no room at all")
    func idleAfterBlocking() async throws {
        try await onLoop { loop in
            let (stream, peer) = try pair(on: loop, filled: true)
            try stream.start(onFrame: { _ in }, onEnd: { _ in })
            try stream.send(Data(repeating: 0x78, count: 1_020))
            // A turn of the loop, in which it tries in vain.
            _ = await Bell(on: loop).wait(atMost: .milliseconds(1))
            #expect(try await peer.read(peer.waiting + 1_024, on: loop))
            let start = cpuTime()
            _ = await Bell(on: loop).wait(atMost: .milliseconds(200))
            // Idle takes 0.1 ms; spinning takes all that a busy machine leaves it.
            #expect(cpuTime() - start < .milliseconds(20))
            stream.close()
        }
    }

    @Test("takes no frames while it is paused, and those that came meanwhile afterwards")
    func pausing() async throws {
        try await onLoop { loop in
            let (stream, peer) = try pair(on: loop)
            let other = FrameStream(owning: peer.descriptor(), on: loop)
            let frames = Mutex(0)
            let bell = Bell(on: loop)
            try stream.start(
                onFrame: { [unowned stream] _ in
                    if frames.withLock({
                        $0 += 1; return $0
                    }) == 2 {
                        stream.pause()
                    }
                    bell.ring()
                }, onEnd: { _ in })
            try other.start(onFrame: { _ in }, onEnd: { _ in })
            for _ in 0..<5 { try other.send(Data("{}".utf8)) }
            #expect(await bell.wait(atMost: .seconds(5)))
            _ = await bell.wait(atMost: .milliseconds(20))
            #expect(frames.withLock { $0 } == 2)
            stream.resume()
            #expect(await bell.wait(atMost: .seconds(5)))
            #expect(frames.withLock { $0 } == 5)
            other.close()
            stream.close()
        }
    }

    @Test("tells an end between frames from an end inside one", arguments: [0, 1, 4, 5])
    func ends(count: Int) async throws {
        let end = try await onLoop { loop in
            let (stream, peer) = try pair(on: loop)
            let bell = Bell(on: loop)
            let told = Mutex<FrameStream.End?>(nil)
            try stream.start(
                onFrame: { _ in },
                onEnd: { end in
                    told.withLock { $0 = end }
                    bell.ring()
                })
            let bytes: [UInt8] = [0, 0, 0, 9, 0x7B]
            _ = Glibc.write(peer.number, bytes, count)
            peer.close()
            #expect(await bell.wait(atMost: .seconds(5)))
            return told.withLock { $0 }
        }
        #expect(end == (count == 0 ? .closed : .broken))
    }

    private func pair(
        on loop: EventLoop, filled: Bool = false
    ) throws -> (FrameStream, Peer) {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try checked("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
        var peer = Peer(number: ends[1])
        if filled {
            let kilobyte = [UInt8](repeating: 0x78, count: 1_024)
            while Glibc.write(ends[0], kilobyte, kilobyte.count) > 0 { peer.waiting += 1_024 }
        }
        return (FrameStream(owning: Descriptor(owning: ends[0]), on: loop), peer)
    }

    /// The time that this thread has worked.
    private func cpuTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// The other end of a stream.
private struct Peer: Sendable {
    let number: CInt
    /// Bytes that the kernel held for it from the start.
    var waiting = 0

    func descriptor() -> Descriptor { Descriptor(owning: number) }
    func close() { _ = Glibc.close(number) }

    /// Reads so many bytes; false when they did not come within 5 s.
    func read(_ count: Int, on loop: EventLoop) async throws -> Bool {
        let bell = Bell(on: loop)
        try loop.watch(number, for: .read) { _ in bell.ring() }
        defer { loop.unwatch(number) }
        var left = count
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while left > 0 {
            let read = Glibc.read(number, &buffer, min(left, buffer.count))
            if read > 0 {
                left -= read
            } else if await !bell.wait(atMost: .seconds(5)) {
                return false
            }
        }
        return true
    }
}
