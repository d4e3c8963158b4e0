package import Glibc

extension GatewayProcess {
    /// The numbers of `/proc/PID/status`, by name; sizes in KiB.
    ///
    /// - Throws: `NotRunning`.
    package func status() throws -> [String: Int] {
        guard let pid else { throw NotRunning(process: name.rawValue) }
        return try processStatus(pid)
    }
}

/// The numbers of `/proc/PID/status`, by name; sizes in KiB.
///
/// - Throws: `SystemError` when there is no such process.
package func processStatus(_ pid: pid_t) throws -> [String: Int] {
    let text = String(decoding: try contents(of: "/proc/\(pid)/status"), as: UTF8.self)
    return text.split(separator: "\n").reduce(into: [:]) { found, line in
        let parts = line.split { $0 == ":" || $0 == "\t" || $0 == " " }
        guard parts.count > 1, let number = Int(parts[1]) else { return }
        found[String(parts[0])] = number
    }
}
