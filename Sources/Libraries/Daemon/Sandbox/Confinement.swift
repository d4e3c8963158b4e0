package import Wire

/// How far a process is held in its sandbox.
package struct Confinement: Hashable, Sendable {
    /// How a process was told to treat its sandbox.
    package enum Wanted: Hashable, Sendable {
        /// As much as the kernel can do.
        case on
        /// All of it, or the process does not start.
        case required
        /// None of it: for tests of what the sandbox keeps away.
        case off
    }

    /// One part that a kernel may not have; the raw value is its name in log and health.
    package enum Part: String, CaseIterable, Sendable {
        /// Descriptors that the starter left open are closed (Linux 5.9).
        case closeRange = "close_range"
        case noNewPrivileges = "no_new_privs"
        /// Memory that was written to never becomes code (Linux 6.3).
        case writtenCode = "mdwe"
        /// Files (Linux 5.13).
        case landlock
        /// TCP ports (Linux 6.7).
        case landlockPorts = "landlock.ports"
        /// Signals and abstract sockets (Linux 6.12).
        case landlockScopes = "landlock.scopes"
        case systemCalls = "seccomp"
    }

    package let wanted: Wanted
    /// What the kernel lacks, or refuses.
    package let missing: [Part]
    /// What must be there as it was, or the process starts anew.
    let granted: GrantedFiles

    package init(wanted: Wanted, missing: [Part], granted: [String] = []) {
        self.wanted = wanted
        self.missing = missing
        self.granted = GrantedFiles(granted)
    }

    /// The word for it in health.
    package var word: ProcessReport.Sandbox {
        wanted == .off ? .off : missing.isEmpty ? .full : .partial
    }

    /// What health warns of; nothing when all holds.
    func warnings(of service: Service) -> [Condition] {
        switch word {
        case .full: []
        case .partial:
            [
                Condition(
                    "sandbox_incomplete",
                    "\(service.rawValue) runs without \(names) of its sandbox",
                    hint: "The kernel lacks it, or the container forbids it: Linux 6.12 has all.")
            ]
        case .off:
            [
                Condition(
                    "sandbox_incomplete", "\(service.rawValue) runs without its sandbox",
                    hint: "Take --no-sandbox out of the command that starts it.")
            ]
        }
    }

    /// Such as `landlock, seccomp`.
    var names: String { missing.map(\.rawValue).joined(separator: ", ") }
}
