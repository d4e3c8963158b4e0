internal import Glibc

/// What strace does to a process at one of its system calls.
package struct Fault: Sendable, CustomStringConvertible {
    private static let strace = "/usr/bin/strace"

    /// Whether there is a strace on this machine.
    package static var isAvailable: Bool { access(strace, X_OK) == 0 }

    private let calls: String
    private let effect: String
    private let when: String

    /// SIGKILL at that call of each thread, counted from 1 over all those of these names.
    package static func killed(at number: Int, of calls: String) -> Fault {
        Fault(calls: calls, effect: "signal=SIGKILL", when: "\(number)")
    }

    /// That call of each thread, and all after it, fail with the error, as with a broken disk.
    package static func failing(_ error: String, from number: Int, of calls: String) -> Fault {
        Fault(calls: calls, effect: "error=\(error)", when: "\(number)+")
    }

    package var description: String { "\(calls):\(effect):when=\(when)" }

    /// The process stays our child (`-D`), with all its threads (`-f`).
    var launcher: [String] {
        [
            Self.strace, "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e",
            "inject=\(calls):\(effect):when=\(when)",
        ]
    }
}
