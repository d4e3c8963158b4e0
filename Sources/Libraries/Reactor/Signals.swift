internal import CLinux
internal import Glibc

/// Signals as readable events of the loop instead of interruptions.
package enum Signals {
    /// Signals whose default action would end the process for a reason that a return value tells as well.
    private static let ignored = [SIGPIPE, SIGXFSZ]

    /// Blocks `signals` and ignores the useless ones; to be called before any thread exists.
    package static func block(_ signals: [CInt]) {
        for signal in ignored { Glibc.signal(signal, SIG_IGN) }
        var set = self.set(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for one of `signals`, which must be blocked, and takes it; false when none came in time.
    ///
    /// For before there is a loop.
    package static func arrived(of signals: [CInt], within limit: Duration) -> Bool {
        var set = self.set(signals)
        let (seconds, attoseconds) = limit.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        return sigtimedwait(&set, nil, &time) > 0
    }

    /// Calls `body` on the loop with the number of each of `signals` that arrives; they must be blocked.
    ///
    /// - Throws: `SystemError` when the kernel has no descriptor to give.
    package static func watch(
        _ signals: [CInt], on loop: EventLoop, _ body: @escaping @Sendable (CInt) -> Void
    ) throws(SystemError) {
        var set = self.set(signals)
        let descriptor = try checked("signalfd") {
            signalfd(-1, &set, CInt(SFD_CLOEXEC) | CInt(SFD_NONBLOCK))
        }
        // Never closed: signals are watched as long as the process lives.
        try loop.watch(descriptor, for: .read) { _ in
            var info = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            while read(descriptor, &info, size) == size { body(CInt(info.ssi_signo)) }
        }
    }

    private static func set(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
