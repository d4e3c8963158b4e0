internal import CLinux
internal import Glibc
internal import Reactor

extension Sandbox {
    /// Closes what the starter left open, but for input, output and errors; answers what the kernel lacks.
    static func closeInherited() -> [Confinement.Part] {
        clinux_close_from(UInt32(STDERR_FILENO) + 1) == 0 ? [] : [.closeRange]
    }

    /// Holds this process to it, for good; answers what the kernel lacks of it.
    ///
    /// To be called by the only thread: what Landlock holds is a thread and those that it starts.
    /// - Throws: `SystemError` when a folder or file of its own cannot be made.
    func hold() throws(SystemError) -> [Confinement.Part] {
        try makeOwn()
        var missing: [Confinement.Part] = []
        // Without it the kernel lets nobody but root go on.
        if clinux_set_no_new_privileges() != 0 { missing.append(.noNewPrivileges) }
        if clinux_refuse_written_code() != 0 { missing.append(.writtenCode) }
        missing += try Landlock.hold(to: self)
        do {
            try SystemCallFilter.clone3Missing.hold()
            try SystemCallFilter(systemCalls(pid: getpid())).hold()
        } catch {
            missing.append(.systemCalls)
        }
        return missing
    }

    /// Landlock gives rights on what is there, so that it must be.
    private func makeOwn() throws(SystemError) {
        for path in folders where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw SystemError("mkdir \(path)")
        }
        for path in files {
            let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
            if mkdir(folder, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir \(folder)") }
            _ = Descriptor(
                owning: try checked("open \(path)") {
                    open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                })
        }
    }
}
