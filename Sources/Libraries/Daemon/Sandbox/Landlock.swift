internal import CLinux
internal import Glibc
internal import Reactor

/// Files and TCP ports as the kernel's Landlock knows them (landlock(7)).
///
/// It binds the thread that asks and those that this one starts, so it comes before any thread.
enum Landlock {
    /// What may be done beneath a path.
    struct Rights: OptionSet {
        let rawValue: UInt64
        static let execute = Rights(rawValue: 1 << 0)
        static let writeFile = Rights(rawValue: 1 << 1)
        static let readFile = Rights(rawValue: 1 << 2)
        static let readFolder = Rights(rawValue: 1 << 3)
        static let removeFolder = Rights(rawValue: 1 << 4)
        static let removeFile = Rights(rawValue: 1 << 5)
        static let makeFolder = Rights(rawValue: 1 << 7)
        static let makeFile = Rights(rawValue: 1 << 8)
        static let truncate = Rights(rawValue: 1 << 14)

        static let read: Rights = [.readFile, .readFolder]
        static let everything: Rights = [
            .read, .writeFile, .truncate, .makeFile, .removeFile, .makeFolder, .removeFolder,
        ]
        /// Those that can be given for a single file.
        static let ofFile: Rights = [.execute, .writeFile, .readFile, .truncate]
    }

    private static let bindPort: UInt64 = 1 << 0
    private static let connectPort: UInt64 = 1 << 1
    /// Abstract Unix sockets, and signals.
    private static let scopes: UInt64 = 1 << 0 | 1 << 1

    /// All rights on files that a version of Landlock knows: each of them is refused but where a
    /// rule gives it.
    private static func known(to version: CInt) -> Rights {
        let count =
            switch version {
            case 1: 13
            case 2: 14  // moves between folders
            case 3, 4: 15  // truncate
            default: 16  // ioctl of devices
            }
        return Rights(rawValue: 1 << count - 1)
    }

    /// Holds this thread to the files and ports of `sandbox`; answers what the kernel lacks.
    ///
    /// - Throws: `SystemError` when the kernel has Landlock and a path of ours cannot be given.
    static func hold(to sandbox: Sandbox) throws(SystemError) -> [Confinement.Part] {
        let version = clinux_landlock_version()
        guard version > 0 else { return [.landlock, .landlockPorts, .landlockScopes] }
        let hasPorts = version >= 4
        let hasScopes = version >= 6
        let known = known(to: version)
        let ruleset = Descriptor(
            owning: try checked("landlock_create_ruleset") {
                clinux_landlock_ruleset(
                    known.rawValue, hasPorts ? bindPort | connectPort : 0, hasScopes ? scopes : 0,
                    hasScopes ? 24 : hasPorts ? 16 : 8)
            })

        // Threads of the C library and of Swift look at themselves there.
        let reads = sandbox.opensFiles ? ["/proc"] + sandbox.reads : []
        for path in reads {
            try give(.read, beneath: path, in: ruleset, known, isOurs: false)
        }
        for path in sandbox.folders + sandbox.files {
            try give(.everything, beneath: path, in: ruleset, known)
        }
        if hasPorts {
            for port in sandbox.connects {
                let number = ruleset.number
                try checked("landlock_add_rule port \(port)") {
                    clinux_landlock_allow_port(number, UInt64(port), connectPort)
                }
            }
        }
        let number = ruleset.number
        try checked("landlock_restrict_self") { clinux_landlock_restrict(number) }
        return (hasPorts ? [] : [.landlockPorts]) + (hasScopes ? [] : [.landlockScopes])
    }

    /// Paths of the system may be missing; ours were made just before.
    private static func give(
        _ rights: Rights, beneath path: String, in ruleset: borrowing Descriptor, _ known: Rights,
        isOurs: Bool = true
    ) throws(SystemError) {
        let number = open(path, clinux_open_path | O_CLOEXEC)
        guard number >= 0 else {
            if isOurs { throw SystemError("open \(path)") }
            return
        }
        let beneath = Descriptor(owning: number)
        var status = stat()
        try checked("fstat \(path)") { fstat(number, &status) }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let given = rights.intersection(known).intersection(isFolder ? known : .ofFile)
        let set = ruleset.number
        try checked("landlock_add_rule \(path)") {
            clinux_landlock_allow_path(set, beneath.number, given.rawValue)
        }
    }
}
