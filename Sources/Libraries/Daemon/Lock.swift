internal import CLinux
internal import Glibc
internal import Reactor

/// The exclusive right to what a process keeps and to its socket: an advisory lock on a file, freed by
/// the kernel when its holder ends.
package final class Lock: Sendable {
    /// How long a start waits for the process before it to end.
    package static let patience = Duration.seconds(10)
    private static let pause = Duration.milliseconds(20)

    private let file: Descriptor

    /// Somebody else kept the lock longer than `patience`.
    package struct Held: Error, CustomStringConvertible {
        package let path: String
        /// What the holder wrote into the file; nil when it wrote nothing.
        package let pid: String?

        package var description: String {
            "\(path) is held by pid \(pid ?? "?"): another process of this name runs on this state directory"
        }
    }

    /// Takes the lock, waiting for a holder that is about to end.
    ///
    /// It blocks the thread, since it comes before the sandbox and so before any loop: `wait` is
    /// called with each pause, and ends the waiting by throwing.
    /// - Throws: `Held` after `patience`; `SystemError` when the file cannot be made; what `wait` throws.
    package static func take(
        _ path: String, patience: Duration = Lock.patience, wait: (Duration) throws -> Void
    ) throws -> Lock {
        let file = Descriptor(
            owning: try checked("open \(path)") { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) })
        let deadline = ContinuousClock.now + patience
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemError("flock \(path)") }
            guard ContinuousClock.now < deadline else {
                throw Held(path: path, pid: holder(of: file))
            }
            try wait(pause)
        }
        let pid = "\(getpid())\n"
        ftruncate(file.number, 0)
        _ = pid.utf8CString.withUnsafeBytes {
            pwrite(file.number, $0.baseAddress, pid.utf8.count, 0)
        }
        return Lock(file: file)
    }

    private init(file: consuming Descriptor) { self.file = file }

    private static func holder(of file: borrowing Descriptor) -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file.number, &bytes, bytes.count, 0)
        guard count > 1 else { return nil }
        return String(decoding: bytes[..<(count - 1)], as: UTF8.self)
    }
}
