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
    @Test("sends all when its peer reads at last, and is idle afterwards")
    func idleAfterBlocking() async throws {
        try await onLoop { loop in
            let (stream, peer) = try pair(on: loop)
            let ended = Mutex(false)
            try stream.start(onFrame: { _ in }, onEnd: { _ in ended.withLock { $0 = true } })
            // A frame a turn, so that the kernel refuses a whole one and not a part of one.
            let count = 2_000
            for _ in 0..<count {
                try stream.send(Data(repeating: 0x78, count: 1_020))
                await Task.yield()
                _ = await Bell(on: loop).wait(atMost: .zero)
            }
            let reading = Mutex(0)
            let bell = Bell(on: loop)
            try loop.watch(peer.number, for: .read) { _ in
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let read = Glibc.read(peer.number, &buffer, buffer.count)
                let total = reading.withLock { total in
                    total += max(0, read)
                    return total
                }
                if total == count << 10 { bell.ring() }
            }
            #expect(await bell.wait(atMost: .seconds(10)))
            let before = cpuTime()
            _ = await Bell(on: loop).wait(atMost: .milliseconds(200))
            #expect(cpuTime() - before < .milliseconds(100))
            #expect(!ended.withLock { $0 })
            loop.unwatch(peer.number)
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

    /// The other end of a stream.
    private struct Peer: Sendable {
        let number: CInt
        func descriptor() -> Descriptor { Descriptor(owning: number) }
        func close() { _ = Glibc.close(number) }
    }

    private func pair(on loop: EventLoop) throws -> (FrameStream, Peer) {
        var ends: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try checked("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
        return (FrameStream(owning: Descriptor(owning: ends[0]), on: loop), Peer(number: ends[1]))
    }

    /// The time that this thread has worked.
    private func cpuTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
