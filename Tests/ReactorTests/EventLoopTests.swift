import Glibc
import Reactor
import Synchronization
import TestSupport
import Testing

@Suite("The event loop")
struct EventLoopTests {
    @Test("timers run in the order of their instants, and a cancelled one never")
    func timersRunInOrder() async throws {
        let order = try await onLoop { loop in
            let seen = Mutex<[Int]>([])
            let bell = Bell(on: loop)
            loop.after(.milliseconds(20)) {
                seen.withLock { $0.append(3) }
                bell.ring()
            }
            loop.after(.milliseconds(1)) { seen.withLock { $0.append(1) } }
            let taken = loop.after(.milliseconds(5)) { seen.withLock { $0.append(99) } }
            loop.after(.milliseconds(10)) { seen.withLock { $0.append(2) } }
            loop.cancel(taken)
            _ = await bell.wait(atMost: .seconds(5))
            return seen.withLock { $0 }
        }
        #expect(order == [1, 2, 3])
    }

    @Test(
        "a waiter is resumed by the ring, by its limit, or by cancellation, each with its own answer"
    )
    func bellResumes() async throws {
        let answers = try await onLoop { loop in
            let bell = Bell(on: loop)
            loop.after(.milliseconds(1)) { bell.ring() }
            let rung = await bell.wait(atMost: .seconds(5))
            let late = await bell.wait(atMost: .milliseconds(1))
            let task = Task(executorPreference: loop) { await bell.wait(atMost: .seconds(5)) }
            loop.after(.milliseconds(1)) { task.cancel() }
            let cancelled = await task.value
            return [rung, late, cancelled, bell.isIdle]
        }
        #expect(answers == [true, false, false, true])
    }

    @Test("a ring by a job that was enqueued before the wait is not lost")
    func earlyRing() async throws {
        let rung = try await onLoop { loop in
            let bell = Bell(on: loop)
            Task(executorPreference: loop) { bell.ring() }
            return await bell.wait(atMost: .seconds(5))
        }
        #expect(rung)
    }

    @Test("a descriptor is reported when it becomes readable, and not after it is unwatched")
    func descriptorsAreWatched() async throws {
        let events = try await onLoop { loop in
            var pipe: [CInt] = [0, 0]
            try checked("pipe") { Glibc.pipe(&pipe) }
            let (reader, writer) = (pipe[0], pipe[1])
            defer {
                close(reader)
                close(writer)
            }
            let events = Mutex(0)
            let bell = Bell(on: loop)
            try loop.watch(reader, for: .read) { _ in
                events.withLock { $0 += 1 }
                loop.unwatch(reader)
                bell.ring()
            }
            var byte: UInt8 = 1
            _ = write(writer, &byte, 1)
            _ = await bell.wait(atMost: .seconds(5))
            _ = await bell.wait(atMost: .milliseconds(5))
            return events.withLock { $0 }
        }
        #expect(events == 1)
    }

    @Test(
        "an actor on a thread of its own is reached from the loop, and the loop is back afterwards")
    func threadExecutorRuns() async throws {
        actor Store {
            let thread: ThreadExecutor
            nonisolated var unownedExecutor: UnownedSerialExecutor {
                thread.asUnownedSerialExecutor()
            }
            var sum = 0
            init(_ thread: ThreadExecutor) { self.thread = thread }
            func add(_ number: Int) -> Int {
                sum += number
                return sum
            }
        }
        let sum = try await onLoop { loop in
            let thread = try ThreadExecutor()
            defer { thread.stop() }
            let store = Store(thread)
            var last = 0
            for number in 1...100 { last = await store.add(number) }
            loop.checkIsolated()
            return last
        }
        #expect(sum == 5_050)
    }
}
