internal import Glibc

/// The sanitizer with which these tests, and the programs beside them, were built.
///
/// `./run.sh test --sanitize=…` tells its runtime by the environment, and so does every child here.
package enum Sanitizer {
    /// What its runtime reads.
    private static let names = ["TSAN_OPTIONS", "ASAN_OPTIONS"]
    /// Where what it says of children is kept: a folder, which is empty when all is well.
    private static let reports = "SANITIZER_REPORTS"

    /// How a process ends in which it found something; as `./run.sh` asks for.
    private static let exitCode: CInt = 66

    /// What every child is given, beside its own settings; nothing without a sanitizer.
    static let variables: [String: String] = names.reduce(into: [:]) { variables, name in
        variables[name] = variable(name)
    }

    /// Whether there is one: all is slower then, needs more memory, and makes system calls of its own.
    package static var isOn: Bool { !variables.isEmpty }

    /// Whether memory that was freed stays for a while, so that what a process has tells nothing.
    package static var keepsFreedMemory: Bool { variable("ASAN_OPTIONS") != nil }

    /// Keeps the log of a child that ended because something was found in it; no test has to look.
    static func note(_ ended: Ended, of process: String, pid: pid_t, log: String) {
        guard isOn, ended == .exited(exitCode), let folder = variable(reports) else { return }
        let file = open("\(folder)/\(process).\(pid)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { preconditionFailure("\(folder) cannot be written:\n\(log)") }
        var text = log
        text.withUTF8 { _ = write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
