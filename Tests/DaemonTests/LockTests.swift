import FoundationEssentials
import Glibc
import Reactor
import TestSupport
import Testing

@testable import Daemon

@Suite("The lock")
struct LockTests {
    /// What waiting is to a test: nobody tells it to end.
    private static func pause(_ pause: Duration) {
        usleep(useconds_t(pause / .microseconds(1)))
    }

    @Test("keeps a second taker waiting, and then names the pid that holds it")
    func names() throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        let lock = try Lock.take(path, wait: Self.pause)
        let start = ContinuousClock.now
        let error = #expect(throws: Lock.Held.self) {
            _ = try Lock.take(path, patience: .milliseconds(50), wait: Self.pause)
        }
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        #expect(error?.path == path)
        #expect(error?.pid == "\(getpid())")
        #expect(error.map { "\($0)" }?.contains("pid \(getpid())") == true)
        withExtendedLifetime(lock) {}
    }

    @Test("goes to the one who waits once its holder lets go")
    func passesOn() throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        var holder: Lock? = try Lock.take(path, wait: Self.pause)
        var pauses = 0
        let lock = try Lock.take(path) { _ in
            pauses += 1
            if pauses == 3 { holder = nil }
        }
        #expect(pauses == 3)
        #expect(holder == nil)
        withExtendedLifetime(lock) {}
    }

    @Test("is not waited for by who has a reason to end")
    func ended() throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        let lock = try Lock.take(path, wait: Self.pause)
        #expect(throws: CancellationError.self) {
            _ = try Lock.take(path) { _ in throw CancellationError() }
        }
        withExtendedLifetime(lock) {}
    }

    @Test("is for this user alone, and cannot be taken where there is no directory")
    func file() throws {
        let folder = try Folder()
        let path = "\(folder.path)/lock"
        let lock = try Lock.take(path, wait: Self.pause)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        withExtendedLifetime(lock) {}
        let error = #expect(throws: SystemError.self) {
            _ = try Lock.take("\(path)/none", wait: Self.pause)
        }
        #expect(error?.code == ENOTDIR)
    }
}
