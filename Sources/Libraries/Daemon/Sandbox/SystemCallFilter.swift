internal import CLinux
internal import Glibc
internal import Reactor

/// The list of a process's system calls as the program that the kernel runs at each (seccomp(2)).
///
/// What is refused fails with `EPERM` and is logged by the kernel with its number, where it logs
/// such things. It does not end the process in this release: a library's update may bring a call
/// that no test has seen, which then costs one answer and not the process, again and again.
struct SystemCallFilter {
    /// One instruction of classic BPF.
    struct Instruction: Hashable {
        let code: UInt16
        let ifTrue: UInt8
        let ifFalse: UInt8
        let value: UInt32
    }

    /// Where `struct seccomp_data` has what is looked at.
    private enum Offset {
        static let number: UInt32 = 0
        static let machine: UInt32 = 4
        /// The lower half; both machines are little-endian.
        static func argument(_ index: Int) -> UInt32 { 16 + 8 * UInt32(index) }
    }

    #if arch(x86_64)
        static let machine: UInt32 = 0xC000_003E  // AUDIT_ARCH_X86_64
    #elseif arch(arm64)
        static let machine: UInt32 = 0xC000_00B7  // AUDIT_ARCH_AARCH64
    #endif
    /// Numbers from here on are those of x32, a second table of the same machine.
    static let firstX32: UInt32 = 0x4000_0000

    static let allowed: UInt32 = 0x7FFF_0000  // SECCOMP_RET_ALLOW
    /// SECCOMP_RET_ERRNO.
    static func failing(_ error: CInt) -> UInt32 { 0x0005_0000 | UInt32(error) }

    let instructions: [Instruction]
    /// Whether the kernel logs what is refused.
    private let isLogged: Bool

    /// Makes `clone3` look like a call of a newer kernel, so that the C library uses `clone`.
    ///
    /// Its arguments are in memory, where no filter sees whether it makes a thread or a process. No
    /// log: each new thread tries it first.
    static let clone3Missing = SystemCallFilter(
        instructions: [
            load(Offset.machine), skip(1, ifEqual: machine), answer(allowed), load(Offset.number),
            skip(1, unlessEqual: UInt32(SYS_clone3)), answer(failing(ENOSYS)), answer(allowed),
        ], isLogged: false)

    private init(instructions: [Instruction], isLogged: Bool) {
        self.instructions = instructions
        self.isLogged = isLogged
    }

    /// Allows those calls and no others.
    init(_ calls: [SystemCall]) {
        let refused = Self.answer(Self.failing(EPERM))
        var program: [Instruction] = [
            Self.load(Offset.machine), Self.skip(1, ifEqual: Self.machine), refused,
            Self.load(Offset.number), Self.skip(1, ifBelow: Self.firstX32), refused,
        ]
        for call in calls {
            let block = Self.block(for: call.condition)
            program.append(Self.skip(block.count, unlessEqual: UInt32(call.number)))
            program += block
        }
        program.append(refused)
        self.init(instructions: program, isLogged: true)
    }

    /// What follows once the number is the right one; always ends with an answer.
    private static func block(for condition: SystemCall.Condition) -> [Instruction] {
        switch condition {
        case .always: return [answer(allowed)]
        case .isOne(of: let values, argument: let index):
            let checks = values.flatMap { [skip(1, unlessEqual: $0), answer(allowed)] }
            return [load(Offset.argument(index))] + checks + [answer(failing(EPERM))]
        case .has(let bit, argument: let index):
            return [
                load(Offset.argument(index)), skip(1, unlessSet: bit), answer(allowed),
                answer(failing(EPERM)),
            ]
        }
    }

    // The codes are those of <linux/bpf_common.h>.
    private static func load(_ offset: UInt32) -> Instruction {
        Instruction(code: 0x20, ifTrue: 0, ifFalse: 0, value: offset)
    }
    private static func answer(_ value: UInt32) -> Instruction {
        Instruction(code: 0x06, ifTrue: 0, ifFalse: 0, value: value)
    }
    private static func skip(_ count: UInt8, ifEqual value: UInt32) -> Instruction {
        Instruction(code: 0x15, ifTrue: count, ifFalse: 0, value: value)
    }
    private static func skip(_ count: Int, unlessEqual value: UInt32) -> Instruction {
        Instruction(code: 0x15, ifTrue: 0, ifFalse: UInt8(count), value: value)
    }
    private static func skip(_ count: UInt8, ifBelow value: UInt32) -> Instruction {
        Instruction(code: 0x35, ifTrue: 0, ifFalse: count, value: value)
    }
    private static func skip(_ count: UInt8, unlessSet bit: UInt32) -> Instruction {
        Instruction(code: 0x45, ifTrue: 0, ifFalse: count, value: bit)
    }

    /// Puts all threads of this process under it, for good.
    ///
    /// - Throws: `SystemError`: the kernel has no such filters.
    func hold() throws(SystemError) {
        var program = instructions.map {
            sock_filter(code: $0.code, jt: $0.ifTrue, jf: $0.ifFalse, k: $0.value)
        }
        let count = UInt16(program.count)
        try checked("seccomp") {
            program.withUnsafeMutableBufferPointer {
                clinux_filter_system_calls($0.baseAddress, count, isLogged ? 1 : 0)
            }
        }
    }
}
