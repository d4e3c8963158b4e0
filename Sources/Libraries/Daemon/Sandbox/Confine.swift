internal import Glibc
internal import Reactor

extension Surroundings {
    /// What `GATEWAY_SANDBOX` can be.
    private enum SandboxSetting: String, CaseIterable { case on, require }

    /// How the sandbox is to be treated, as the command line and the settings say it.
    ///
    /// - Throws: `SettingError` when they contradict each other.
    func sandbox(asTold told: Confinement.Wanted) throws(SettingError) -> Confinement.Wanted {
        let name = "GATEWAY_SANDBOX"
        let setting: SandboxSetting = try choice(name, default: .on)
        guard setting == .require else { return told }
        guard told != .off else {
            throw SettingError(
                name, "is \"require\" beside --no-sandbox", cure: "take one of the two away")
        }
        return .required
    }
}

/// Closes the sandbox of a process that only judges its settings, to see that nothing of it is missing.
func requireSandbox(lacking unclosed: [Confinement.Part]) throws {
    let confinement = Confinement(wanted: .required, missing: unclosed + (try Sandbox().hold()))
    guard confinement.missing.isEmpty else { throw confinement.refusal }
}

/// Holds this process in its sandbox, and says what the kernel lacks of it.
func confine(
    _ sandbox: Sandbox, _ wanted: Confinement.Wanted, lacking: [Confinement.Part], _ log: Log
) throws(SystemError) -> Confinement {
    guard wanted != .off else {
        log.warning("sandbox.off: --no-sandbox is for tests")
        return Confinement(wanted: wanted, missing: [])
    }
    // SQLite's sorts go to files when they are long, by default in a folder that all share.
    if let folder = sandbox.folders.first { setenv("SQLITE_TMPDIR", folder, 1) }
    let confinement = Confinement(
        wanted: wanted, missing: lacking + (try sandbox.hold()), granted: sandbox.reads)
    for part in confinement.missing { log.warning("sandbox.missing \(part.rawValue)") }
    if wanted == .required, !confinement.missing.isEmpty {
        log.fatal("\(confinement.refusal)")
        exit(Exit.ourFault)
    }
    return confinement
}

extension Confinement {
    /// Why a process that wants all of its sandbox does not start.
    fileprivate var refusal: SettingError {
        SettingError(
            "GATEWAY_SANDBOX", "the whole sandbox is required, and the kernel lacks \(names)",
            cure: "use Linux 6.12 or later, or a container that forbids less of it, or set it to on"
        )
    }
}
