internal import Glibc

/// What goes wrong for one run of a process.
package struct Fault: Sendable {
    private static let strace = "/usr/bin/strace"

    /// Whether there is a strace on this machine, which some of them want, and nobody else's calls to count.
    package static var canInject: Bool { access(strace, X_OK) == 0 && !Sanitizer.isOn }

    /// What is put before the program's own path.
    package let launcher: [String]

    /// SIGKILL at that call of each thread, counted from 1 over all those of these names.
    package static func killed(at number: Int, of calls: String) -> Fault {
        injected("\(calls):signal=SIGKILL:when=\(number)", into: calls)
    }

    /// That call of each thread, and all after it, fail with the error, as with a broken disk.
    package static func failing(_ error: String, from number: Int, of calls: String) -> Fault {
        injected("\(calls):error=\(error):when=\(number)+", into: calls)
    }

    /// The process stays our child (`-D`), with all its threads (`-f`).
    private static func injected(_ injection: String, into calls: String) -> Fault {
        Fault(launcher: [
            strace, "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e",
            "inject=\(injection)",
        ])
    }

    /// No file may grow beyond that size, as with a full disk.
    package static func filesUpTo(kibibytes: Int) -> Fault { limited("-f \(kibibytes)") }

    /// No more than so many descriptors.
    package static func descriptorsUpTo(_ count: Int) -> Fault { limited("-n \(count)") }

    private static func limited(_ limit: String) -> Fault {
        Fault(launcher: ["/bin/bash", "-c", "ulimit \(limit) && exec \"$0\""])
    }
}

extension Fault {
    /// Its log goes to that file or pipe.
    package static func logging(to path: String) -> Fault {
        Fault(launcher: ["/bin/bash", "-c", "exec \"$0\" \"$@\" 2>'\(path)'"])
    }
}
