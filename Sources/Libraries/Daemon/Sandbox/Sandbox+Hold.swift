internal import CLinux
internal import Glibc
internal import Reactor

extension Sandbox {
    /// Closes what the starter left open, but for input, output, errors and a socket that it gave;
    /// answers what the kernel lacks.
    static func closeInherited(butFor given: GivenSocket?) -> [Confinement.Part] {
        let first = given == nil ? GivenSocket.number : GivenSocket.number + 1
        return clinux_close_from(UInt32(first)) == 0 ? [] : [.closeRange]
    }

    /// Holds this process to it, for good; answers what the kernel lacks of it.
    ///
    /// To be called by the only thread: what Landlock holds is a thread and those that it starts.
    /// - Throws: `SystemError` when a folder of its own is not there.
    func hold() throws(SystemError) -> [Confinement.Part] {
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

    /// Makes the folders and files that are its own: what is kept in them is for its user alone.
    ///
    /// - Throws: `SystemError`. Landlock gives rights on what is there, so that it must be.
    func makeOwn() throws(SystemError) {
        for path in folders { try Self.make(folder: path) }
        for path in files {
            try Self.make(
                folder: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
            _ = Descriptor(
                owning: try checked("open \(path)") {
                    open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
                })
        }
    }

    private static func make(folder path: String) throws(SystemError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError("mkdir \(path)") }
        // One that was restored from a backup may be open to others.
        try checked("chmod \(path)") { chmod(path, 0o700) }
    }
}
