internal import CLinux
internal import Glibc

/// A system call that a process may make, and on which condition.
struct SystemCall: Hashable {
    /// What an argument must be; only its lower 32 bits are looked at, as the kernel does for these.
    enum Condition: Hashable {
        case always
        /// The argument of that index is one of the values.
        case isOne(of: [UInt32], argument: Int)
        /// The argument of that index has that bit.
        case has(UInt32, argument: Int)
    }

    let number: CInt
    let condition: Condition

    init(_ number: CInt, _ condition: Condition = .always) {
        self.number = number
        self.condition = condition
    }
}

extension Sandbox {
    /// All system calls that this process may make, in the order in which they are looked up.
    ///
    /// What is not here is refused: execve, fork, kill, ptrace, mount, memfd_create, bpf, io_uring,
    /// keyctl, userfaultfd, process_vm_readv, listen and all that nobody has missed.
    func systemCalls(pid: pid_t) -> [SystemCall] {
        var calls = Self.all.map { SystemCall($0) } + Self.restricted(pid: pid)
        if opensFiles { calls += (Self.opening + Self.olderOpening).map { SystemCall($0) } }
        if !folders.isEmpty { calls += (Self.keeping + Self.olderKeeping).map { SystemCall($0) } }
        if network != .none {
            calls += [SystemCall(SYS_socket, .isOne(of: families, argument: 0))]
            calls += [SystemCall(SYS_connect)]
        }
        if network == .internet { calls += Self.internet }
        return calls
    }

    private var families: [UInt32] {
        let numbers =
            switch network {
            case .none: [CInt]()
            case .group: [AF_UNIX]
            case .internet: [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK]
            }
        return numbers.map(UInt32.init)
    }

    /// Calls whose arguments decide.
    private static func restricted(pid: pid_t) -> [SystemCall] {
        [
            // Threads, no processes.
            SystemCall(SYS_clone, .has(0x0001_0000 /* CLONE_THREAD */, argument: 0)),
            // Answered by a filter before this one.
            SystemCall(SYS_clone3),
            // What abort() does.
            SystemCall(SYS_tgkill, .isOne(of: [UInt32(bitPattern: pid)], argument: 0)),
            SystemCall(SYS_prlimit64, .isOne(of: [0, UInt32(bitPattern: pid)], argument: 0)),
            SystemCall(
                SYS_prctl,
                .isOne(
                    of: [
                        15 /* PR_SET_NAME */, 16 /* PR_GET_NAME */, 0x5356_4D41 /* PR_SET_VMA */,
                    ], argument: 0)),
            SystemCall(
                SYS_ioctl,
                .isOne(
                    of: [0x5401 /* TCGETS */, 0x541B /* FIONREAD */, 0x5421 /* FIONBIO */],
                    argument: 1)),
        ]
    }

    /// Calls that all may make with any argument: memory, threads, time, and what is open, among it
    /// the socket on which they are asked.
    private static let all: [CInt] =
        older + [
            // The busiest first; the kernel remembers what needs no look at arguments all the same.
            SYS_futex, SYS_epoll_pwait, SYS_read, SYS_write, SYS_recvfrom, SYS_sendto, SYS_accept4,
            SYS_close, SYS_epoll_ctl,
            // Memory.
            SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_membarrier,
            // Threads, signals of its own, and its end.
            SYS_exit, SYS_exit_group, SYS_gettid, SYS_getpid, SYS_getppid, SYS_set_tid_address,
            SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_sched_yield,
            SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler, SYS_rt_sigaction,
            SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
            // Time and chance.
            SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep,
            SYS_gettimeofday, SYS_getrandom, SYS_getrusage, SYS_times, SYS_sysinfo, SYS_uname,
            // Who it is.
            SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_umask,
            // What is open.
            SYS_readv, SYS_writev, SYS_fcntl, SYS_dup, SYS_dup3, SYS_fstat, SYS_epoll_create1,
            SYS_eventfd2, SYS_signalfd4, SYS_ppoll, SYS_shutdown, SYS_getsockname,
            SYS_getpeername, SYS_getsockopt, SYS_setsockopt, SYS_sendmsg, SYS_recvmsg,
        ]

    /// Of who opens files by their names, as far as Landlock lets, reads them and writes in place.
    private static let opening: [CInt] = [
        SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_ftruncate, SYS_getdents64, SYS_openat,
        SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_getcwd,
    ]

    /// Of who keeps a store: what SQLite does, and who puts files into a folder.
    private static let keeping: [CInt] = [
        SYS_fdatasync, SYS_fsync, SYS_preadv, SYS_pwritev, SYS_sync_file_range, SYS_fallocate,
        SYS_fadvise64, SYS_flock, SYS_fchmod, SYS_fchown, SYS_statfs, SYS_fstatfs, SYS_mkdirat,
        SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_fchmodat, SYS_utimensat,
    ]

    /// Of who calls Graph: what the resolver and libcurl do beside it.
    private static let internet =
        [
            SYS_bind, SYS_sendmmsg, SYS_recvmmsg, SYS_pselect6, SYS_pipe2, SYS_timerfd_create,
            SYS_timerfd_settime,
        ].map { SystemCall($0) } + [
            SystemCall(SYS_socketpair, .isOne(of: [UInt32(AF_UNIX)], argument: 0))
        ]

    // Older forms that this machine has and newer ones have not.
    #if arch(x86_64)
        private static let older: [CInt] = [
            SYS_epoll_wait, SYS_poll, SYS_select, SYS_pipe, SYS_dup2, SYS_arch_prctl, SYS_time,
            SYS_getrlimit, SYS_epoll_create, SYS_eventfd,
        ]
        private static let olderOpening: [CInt] = [
            SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_getdents,
        ]
        private static let olderKeeping: [CInt] = [
            SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_rename, SYS_chmod,
        ]
    #else
        private static let older: [CInt] = []
        private static let olderOpening: [CInt] = []
        private static let olderKeeping: [CInt] = []
    #endif
}
