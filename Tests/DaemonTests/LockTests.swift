import FoundationEssentials
import Glibc
import Reactor
import TestSupport
import Testing

@testable import Daemon

@Suite("The lock")
struct LockTests {
    @Test("keeps a second taker waiting, and then names the pid that holds it")
    func names() async throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        let (error, waited) = try await onLoop { loop in
            let lock = try await Lock.take(path, on: loop)
            let start = ContinuousClock.now
            do {
                _ = try await Lock.take(path, on: loop, patience: .milliseconds(50))
                return (Lock.Held?.none, ContinuousClock.now - start)
            } catch let error as Lock.Held {
                withExtendedLifetime(lock) {}
                return (error, ContinuousClock.now - start)
            }
        }
        #expect(error?.path == path)
        #expect(error?.pid == "\(getpid())")
        #expect(error.map { "\($0)" }?.contains("pid \(getpid())") == true)
        #expect(waited >= .milliseconds(50))
    }

    @Test("goes to the one who waits as soon as its holder lets go")
    func passesOn() async throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        let order = try await onLoop { loop in
            let holding = Bell(on: loop)
            let holder = Task(executorPreference: loop) {
                let lock = try await Lock.take(path, on: loop)
                _ = await holding.wait(atMost: .seconds(10))
                withExtendedLifetime(lock) {}
                return ContinuousClock.now
            }
            while holding.isIdle { await Task.yield() }
            loop.after(.milliseconds(30)) { holding.ring() }
            let lock = try await Lock.take(path, on: loop)
            withExtendedLifetime(lock) {}
            return (try await holder.value, ContinuousClock.now)
        }
        #expect(order.0 <= order.1)
    }

    @Test("is not waited for by a task that was cancelled")
    func cancelled() async throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        try await onLoop { loop in
            let lock = try await Lock.take(path, on: loop)
            let waiting = Task(executorPreference: loop) {
                do {
                    _ = try await Lock.take(path, on: loop)
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            waiting.cancel()
            let ended = await waiting.value
            #expect(ended)
            withExtendedLifetime(lock) {}
        }
    }

    @Test("is for this user alone, and cannot be taken where there is no directory")
    func file() async throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        try await onLoop { loop in
            let lock = try await Lock.take(path, on: loop)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            withExtendedLifetime(lock) {}
            do {
                _ = try await Lock.take("\(path)/none", on: loop)
                Issue.record("taken")
            } catch {
                #expect((error as? SystemError)?.code == ENOTDIR)
            }
        }
    }
}
