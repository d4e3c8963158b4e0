#if CRASH_POINTS
    internal import CLinux
    internal import Glibc
    internal import Reactor

    /// Tries from inside a process what its sandbox should refuse; a release build does not contain it.
    ///
    /// With `GATEWAY_TRY_SANDBOX` set a process says before `ready` how each attempt ended, once from
    /// its loop and once from another thread: `sandbox.tried NAME thread=… errno=…`, 0 for success.
    enum SandboxTrial {
        static func run(in place: Place) {
            guard getenv("GATEWAY_TRY_SANDBOX") != nil else { return }
            say("loop", in: place)
            let retained = Unmanaged.passRetained(Box(place))
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    let box = Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
                    SandboxTrial.say("other", in: box.place)
                    return nil
                }, retained.toOpaque())
            pthread_join(thread, nil)
        }

        private final class Box: Sendable {
            let place: Place
            init(_ place: Place) { self.place = place }
        }

        private static func say(_ thread: String, in place: Place) {
            for (name, attempt) in attempts(in: place.stateDirectory) {
                let code = attempt()
                place.log.info("sandbox.tried \(name) thread=\(thread) errno=\(code)")
            }
        }

        /// Each answers its errno.
        private static func attempts(in state: String) -> [(String, () -> CInt)] {
            [
                ("read_passwd", { opening("/etc/passwd", O_RDONLY) }),
                ("read_settings", { opening("\(state)/run/environment", O_RDONLY) }),
                ("write_elsewhere", { opening("\(state)/run/written", O_WRONLY | O_CREAT) }),
                ("take_name", { binding("\(state)/run/taken.sock") }),
                ("remove_name", { code(unlink("\(state)/run/planted.sock")) }),
                ("list_state", { opening(state, O_RDONLY | O_DIRECTORY) }),
                ("read_ingress", { opening("\(state)/ingress/planted", O_RDONLY) }),
                ("read_inbox", { opening("\(state)/inbox/planted", O_RDONLY) }),
                ("read_provider", { opening("\(state)/provider/planted", O_RDONLY) }),
                ("read_signer", { opening("\(state)/signer/planted", O_RDONLY) }),
                ("write_signer", { opening("\(state)/signer/planted", O_WRONLY) }),
                ("read_proc", { opening("/proc/self/stat", O_RDONLY) }),
                ("socket_unix", { socketing(AF_UNIX) }),
                ("socket_inet", { socketing(AF_INET) }),
                ("socket_packet", { socketing(AF_PACKET) }),
                ("connect", { connecting() }),
                // The path has no file, so that without a sandbox nothing is started either.
                ("exec", { code(execv("/nonexistent", [nil])) }),
                ("process", { spawning() }),
                ("signal_parent", { code(kill(getppid(), 0)) }),
                ("written_code", { mappingCode() }),
                ("ptrace", { code(clinux_attempt(Int(SYS_ptrace))) }),
                ("mount", { code(clinux_attempt(Int(SYS_mount))) }),
                ("memfd", { code(clinux_attempt(Int(SYS_memfd_create))) }),
                ("bpf", { code(clinux_attempt(Int(SYS_bpf))) }),
                ("io_uring", { code(clinux_attempt(Int(SYS_io_uring_setup))) }),
                ("keyring", { code(clinux_attempt(Int(SYS_keyctl))) }),
                ("x32", { code(clinux_attempt(Int(SystemCallFilter.firstX32) | Int(SYS_getpid))) }),
            ]
        }

        private static func code(_ result: CInt) -> CInt { result < 0 ? errno : 0 }

        private static func opening(_ path: String, _ flags: CInt) -> CInt {
            let number = open(path, flags | O_CLOEXEC, 0o600)
            guard number >= 0 else { return errno }
            close(number)
            return 0
        }

        private static func socketing(_ family: CInt) -> CInt {
            let number = socket(family, CInt(SOCK_DGRAM.rawValue), 0)
            guard number >= 0 else { return errno }
            close(number)
            return 0
        }

        /// Takes the name of a socket.
        private static func binding(_ path: String) -> CInt {
            let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            guard number >= 0 else { return errno }
            defer { close(number) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    code(bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)))
                }
            }
        }

        /// To a port of this machine where nobody listens (discard).
        private static func connecting() -> CInt {
            let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            guard number >= 0 else { return errno }
            defer { close(number) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(9).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    code(connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)))
                }
            }
        }

        private static func spawning() -> CInt {
            var pid: pid_t = 0
            let failure = posix_spawn(&pid, "/bin/true", nil, nil, [nil], nil)
            if failure == 0 { waitpid(pid, nil, 0) }
            return failure
        }

        private static func mappingCode() -> CInt {
            let map = mmap(
                nil, 4_096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard map != MAP_FAILED else { return errno }
            munmap(map, 4_096)
            return 0
        }
    }
#endif
