internal import Glibc
private import Synchronization

/// Any program, run beside the test and killed with this object.
package final class Program: Sendable {
    private let child: Child
    /// Once it is waited for, its pid may be anybody's.
    private let isGone = Mutex(false)

    /// Starts `path` with nothing to read; what it says goes to the file `log`.
    ///
    /// - Throws: `SystemError`.
    package init(_ path: String, _ arguments: [String], log: String) async throws {
        child = try await Spawner.shared.get().spawn(
            path, arguments, environment: ["PATH": "/usr/bin:/bin"], input: nil, log: log)
    }

    /// What follows `beginning` in the next line of its standard output that begins so; nil when none comes.
    package func line(
        beginning: String, within limit: Duration = .seconds(10)
    ) async throws -> String? {
        let output = child.output
        return try await blocking {
            while let line = readLine(of: output, within: limit) {
                if line.hasPrefix(beginning) { return String(line.dropFirst(beginning.count)) }
            }
            return nil
        }
    }

    /// Waits for its end, and says its exit code; −1 for a signal.
    package func ended() async throws -> CInt {
        let pid = child.pid
        let status = try await blocking {
            var status: CInt = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            return status
        }
        isGone.withLock { $0 = true }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    deinit {
        if isGone.withLock({ !$0 }) {
            kill(child.pid, SIGKILL)
            waitpid(child.pid, nil, 0)
        }
        close(child.output)
    }
}
