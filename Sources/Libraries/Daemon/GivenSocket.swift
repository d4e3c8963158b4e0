internal import CLinux
internal import Glibc
package import Reactor

/// The listening socket that a service manager opened for this process: descriptor 3, as
/// `LISTEN_FDS` and `LISTEN_PID` say (sd_listen_fds(3)).
package struct GivenSocket: Sendable {
    /// The first one behind input, output and errors.
    static let number = STDERR_FILENO + 1

    /// Nil when there is none for this process.
    ///
    /// - Throws: `SettingError` when there are several.
    init?(_ surroundings: Surroundings) throws(SettingError) {
        // Those of another process, such as the shell that this one was started from.
        guard surroundings.value("LISTEN_PID") == "\(getpid())",
            let count = surroundings.value("LISTEN_FDS"), count != "0"
        else { return nil }
        guard count == "1" else {
            throw SettingError(
                "LISTEN_FDS", "is \"\(count)\"",
                cure: "give ingress one ListenStream, the others none")
        }
    }

    /// Takes it over.
    package func take() -> Descriptor {
        // It is not to reach what this process may start.
        _ = fcntl(Self.number, F_SETFD, FD_CLOEXEC)
        return Descriptor(owning: Self.number)
    }
}
