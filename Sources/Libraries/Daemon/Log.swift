internal import Glibc
private import Synchronization

/// The lines that a process writes to stderr: `level: process: what key=value`.
///
/// No secret, token, signature, body or phone number goes into one. A reader that stopped loses
/// lines and never stops the process; how many were lost is said when it reads again.
package final class Log: Sendable {
    /// How bad it is, after Postfix: `warning` wants attention, `error` cost somebody an answer,
    /// `fatal` is the last line of a process.
    package enum Level: String, Sendable { case info, warning, error, fatal }

    private let process: String
    private let lost = Atomic<Int>(0)

    package init(_ process: String) {
        self.process = process
        // A pipe is ours alone, so it may be made non-blocking; a terminal or file is shared.
        var status = stat()
        if fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
            _ = fcntl(STDERR_FILENO, F_SETFL, fcntl(STDERR_FILENO, F_GETFL) | O_NONBLOCK)
        }
    }

    package func info(_ what: String) { write(.info, what) }
    package func warning(_ what: String) { write(.warning, what) }
    package func error(_ what: String) { write(.error, what) }
    package func fatal(_ what: String) { write(.fatal, what) }

    private func write(_ level: Level, _ what: String) {
        let missed = lost.exchange(0, ordering: .relaxed)
        if missed > 0 {
            put("\(Level.warning.rawValue): \(process): log lines lost count=\(missed)\n", missed)
        }
        // One line stays one line, whatever an error's text holds.
        let text = what.replacing(controls: " ")
        put("\(level.rawValue): \(process): \(text)\n", 1)
    }

    private func put(_ line: String, _ count: Int) {
        var line = line
        let written = line.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if written < 0 { lost.add(count, ordering: .relaxed) }
    }
}

extension String {
    fileprivate func replacing(controls replacement: Unicode.Scalar) -> String {
        guard unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return self
        }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            scalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? replacement : scalar)
        }
        return String(scalars)
    }
}
