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

    /// PIPE_BUF: up to it a pipe takes a line whole or not at all (pipe(7)).
    private static let longestLine = 4_096

    private let process: String
    private let descriptor: CInt
    private let lost = Atomic<Int>(0)

    /// Makes a log of that process on `descriptor`, which must stay open.
    package init(_ process: String, to descriptor: CInt = STDERR_FILENO) {
        self.process = process
        self.descriptor = descriptor
        // A pipe is ours alone, so it may be made non-blocking; a terminal or file is shared.
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    package func info(_ what: String) { write(.info, what) }
    package func warning(_ what: String) { write(.warning, what) }
    package func error(_ what: String) { write(.error, what) }
    package func fatal(_ what: String) { write(.fatal, what) }

    private func write(_ level: Level, _ what: String) {
        let missed = lost.exchange(0, ordering: .relaxed)
        if missed > 0 {
            put("\(Level.warning.rawValue): \(process): log lines lost count=\(missed)", missed)
        }
        // One line stays one line, whatever an error's text holds.
        let text = what.replacing(controls: " ")
        put("\(level.rawValue): \(process): \(text)", 1)
    }

    private func put(_ line: String, _ count: Int) {
        let bytes = Array(line.utf8.prefix(Self.longestLine - 1)) + [UInt8(ascii: "\n")]
        let written = Glibc.write(descriptor, bytes, bytes.count)
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
