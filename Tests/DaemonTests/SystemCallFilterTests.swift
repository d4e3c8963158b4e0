import CLinux
import Glibc
import Testing

@testable import Daemon

/// The program that the kernel runs at each system call, run here.
struct SystemCallFilterTests {
    private static let refused = SystemCallFilter.failing(EPERM)

    /// What the kernel would answer; nil when the program leads nowhere.
    private static func verdict(
        _ filter: SystemCallFilter, _ number: UInt32, _ arguments: [UInt32] = [],
        machine: UInt32 = SystemCallFilter.machine
    ) -> UInt32? {
        var words: [UInt32: UInt32] = [0: number, 4: machine]
        for index in 0..<6 {
            words[UInt32(16 + 8 * index)] = index < arguments.count ? arguments[index] : 0
        }
        var loaded: UInt32 = 0
        var next = 0
        while next < filter.instructions.count {
            let instruction = filter.instructions[next]
            next += 1
            func jump(_ isTrue: Bool) {
                next += Int(isTrue ? instruction.ifTrue : instruction.ifFalse)
            }
            switch instruction.code {
            case 0x20:
                guard let word = words[instruction.value] else { return nil }
                loaded = word
            case 0x15: jump(loaded == instruction.value)
            case 0x35: jump(loaded >= instruction.value)
            case 0x45: jump(loaded & instruction.value != 0)
            case 0x06: return instruction.value
            default: return nil
            }
        }
        return nil
    }

    private static let calls = [
        SystemCall(1), SystemCall(3, .isOne(of: [7, 9], argument: 2)),
        SystemCall(5, .has(0x10, argument: 0)), SystemCall(8),
    ]

    @Test("what is listed is allowed, everything beside it refused")
    func allowsWhatIsListed() {
        let filter = SystemCallFilter(Self.calls)
        for number: UInt32 in 0...1_000 where ![1, 8].contains(number) {
            #expect(Self.verdict(filter, number) == Self.refused)
        }
        #expect(Self.verdict(filter, 1) == SystemCallFilter.allowed)
        #expect(Self.verdict(filter, 8) == SystemCallFilter.allowed)
    }

    @Test("clone3 is there for nobody, and nothing else is touched by that")
    func hidesClone3() {
        let filter = SystemCallFilter.clone3Missing
        for number in UInt32(0)...1_000 {
            let isHidden = number == UInt32(SYS_clone3)
            #expect(
                Self.verdict(filter, number)
                    == (isHidden ? SystemCallFilter.failing(ENOSYS) : SystemCallFilter.allowed))
        }
        let other = Self.verdict(filter, UInt32(SYS_clone3), machine: 0x4000_0003)
        #expect(other == SystemCallFilter.allowed)
    }

    @Test("an argument decides where one is listed")
    func looksAtArguments() {
        let filter = SystemCallFilter(Self.calls)
        for value: UInt32 in 0...20 {
            let isListed = value == 7 || value == 9
            #expect(
                Self.verdict(filter, 3, [0, 0, value])
                    == (isListed ? SystemCallFilter.allowed : Self.refused))
            #expect(Self.verdict(filter, 3, [value, value]) == Self.refused)
            #expect(
                Self.verdict(filter, 5, [value])
                    == (value >= 0x10 ? SystemCallFilter.allowed : Self.refused))
        }
    }

    @Test("a number of another machine, or of x32, is refused whatever it is")
    func refusesOtherTables() {
        let filter = SystemCallFilter(Self.calls)
        for number: UInt32 in [1, 8] {
            #expect(Self.verdict(filter, number, machine: 0x4000_0003) == Self.refused)
            #expect(Self.verdict(filter, SystemCallFilter.firstX32 | number) == Self.refused)
        }
        #expect(Self.verdict(filter, .max) == Self.refused)
    }

    /// As the four processes have it, provider in stub and in live mode.
    private static let sandboxes = [
        "signer": Sandbox(reads: ["/signer"], files: ["/signer/used"]),
        "inbox": Sandbox(folders: ["/inbox"]),
        "ingress": Sandbox(folders: ["/ingress"], network: .group),
        "stub": Sandbox(folders: ["/provider"], network: .group),
        "live": Sandbox(folders: ["/provider"], connects: [443], network: .internet),
    ]

    private static func filter(of name: String) throws -> SystemCallFilter {
        SystemCallFilter(try #require(sandboxes[name]).systemCalls(pid: 77))
    }

    @Test(
        "no process may start a program, nor another process, nor signal one, nor listen anew",
        arguments: sandboxes.keys.sorted())
    func listsNoneOfThese(name: String) throws {
        let filter = try Self.filter(of: name)
        for call in [
            SYS_execve, SYS_execveat, SYS_kill, SYS_tkill, SYS_ptrace, SYS_process_vm_readv,
            SYS_process_vm_writev, SYS_bpf, SYS_io_uring_setup, SYS_keyctl, SYS_mount,
            SYS_userfaultfd, SYS_memfd_create, SYS_setuid, SYS_chroot, SYS_unshare, SYS_setns,
            SYS_init_module, SYS_open_by_handle_at, SYS_pidfd_open, SYS_perf_event_open,
            SYS_listen, SYS_linkat, SYS_symlinkat, SYS_mknodat,
        ] {
            #expect(Self.verdict(filter, UInt32(call)) == Self.refused, "\(call)")
        }
        let thread: UInt32 = 0x0001_0000
        #expect(Self.verdict(filter, UInt32(SYS_clone), [17]) == Self.refused)
        #expect(
            Self.verdict(filter, UInt32(SYS_clone), [thread | 0xF00]) == SystemCallFilter.allowed)
        #expect(Self.verdict(filter, UInt32(SYS_tgkill), [77]) == SystemCallFilter.allowed)
        #expect(Self.verdict(filter, UInt32(SYS_tgkill), [78]) == Self.refused)
    }

    @Test("signer may make, remove, rename and sync no file; the others may")
    func signerKeepsNothing() throws {
        for name in Self.sandboxes.keys {
            let filter = try Self.filter(of: name)
            #expect(Self.verdict(filter, UInt32(SYS_openat)) == SystemCallFilter.allowed)
            for call in [
                SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_fchmodat, SYS_fdatasync,
                SYS_fallocate,
            ] {
                #expect(
                    Self.verdict(filter, UInt32(call))
                        == (name == "signer" ? Self.refused : SystemCallFilter.allowed),
                    "\(name) \(call)")
            }
        }
    }

    @Test("a process that opens nothing may ask for no file at all")
    func opensNothing() {
        let filter = SystemCallFilter(Sandbox().systemCalls(pid: 77))
        for call in [SYS_openat, SYS_newfstatat, SYS_pread64, SYS_unlinkat] {
            #expect(Self.verdict(filter, UInt32(call)) == Self.refused, "\(call)")
        }
    }

    @Test("signer and inbox may connect to nobody, and only who calls Graph binds a socket")
    func connects() throws {
        for name in Self.sandboxes.keys {
            let filter = try Self.filter(of: name)
            let asks = name != "signer" && name != "inbox"
            #expect(
                Self.verdict(filter, UInt32(SYS_connect))
                    == (asks ? SystemCallFilter.allowed : Self.refused), "\(name)")
            #expect(
                Self.verdict(filter, UInt32(SYS_bind))
                    == (name == "live" ? SystemCallFilter.allowed : Self.refused), "\(name)")
        }
    }

    @Test("each may make the sockets of its network and no others")
    func listsFamilies() {
        let families: [(Sandbox.Network, [CInt])] = [
            (.none, []), (.group, [AF_UNIX]),
            (.internet, [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK]),
        ]
        for (network, expected) in families {
            let filter = SystemCallFilter(Sandbox(network: network).systemCalls(pid: 77))
            for family: CInt in 0...45 {
                #expect(
                    Self.verdict(filter, UInt32(SYS_socket), [UInt32(family)])
                        == (expected.contains(family) ? SystemCallFilter.allowed : Self.refused))
            }
        }
    }
}
