internal import CLinux
internal import Glibc

/// The one thread of a process: waits for descriptors and timers, and runs the actors that live on it.
///
/// It is the `SerialExecutor` of every actor that does I/O and the task executor of every root
/// task (`Task(executorPreference: loop)`), so that nothing ever starts the global pool. Make it on the
/// thread that will call `run`; `watch`, `after` and their likes are for that thread only, and check it.
// Unchecked: `arrivals` has a lock; the rest is only touched on `thread`, which `checkIsolated` proves.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// What a descriptor is watched for, and what it turned out to be ready for.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// There is something to read, or the end of it.
        package static let read = Readiness(rawValue: EPOLLIN.rawValue)
        /// There is room to write.
        package static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The peer will send no more (`EPOLLRDHUP`).
        package static let halfClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
        /// Both directions are gone or failed; always reported, never asked for.
        package static let gone = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    /// Names a timer that was started by `after`.
    package struct Timer: Hashable, Sendable { fileprivate let id: UInt64 }

    private struct Watch {
        let generation: UInt32
        let body: @Sendable (Readiness) -> Void
    }

    /// Rounds of jobs before descriptors are looked at again: a task that yields for ever must not starve them.
    private static let roundsBeforePolling = 64
    /// Events taken from the kernel at once.
    private static let eventsAtOnce = 256
    /// The longest sleep without a timer; only bounds the arithmetic.
    private static let longestWait = 60_000.0

    private let epoll: Descriptor
    private let wakeup: Descriptor
    private let thread = pthread_self()
    private let arrivals = Locked<[UnownedJob]>([])
    private var local: [UnownedJob] = []
    private var watches: [CInt: Watch] = [:]
    private var generation: UInt32 = 0
    private var timers = TimerQueue<@Sendable () -> Void>()
    private var ending: [@Sendable () -> Void] = []
    private var stopping = false

    /// Makes a loop that belongs to the calling thread.
    ///
    /// - Throws: `SystemError` when the kernel has no descriptor to give.
    package init() throws(SystemError) {
        epoll = Descriptor(
            owning: try checked("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) })
        wakeup = Descriptor(
            owning: try checked("eventfd") { eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)) })
        let number = wakeup.number
        try watch(number, for: .read) { _ in
            var count: UInt64 = 0
            _ = read(number, &count, 8)
        }
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isHere {
            local.append(job)
            return
        }
        let first = arrivals.withLock { queue in
            queue.append(job)
            return queue.count == 1
        }
        guard first else { return }
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the loop is awake already.
        _ = write(wakeup.number, &one, 8)
    }

    /// Lets `assumeIsolated` succeed in a callback of this loop, which is no Swift task.
    package func isIsolatingCurrentContext() -> Bool? { isHere }

    package func checkIsolated() { precondition(isHere, "not on the event loop's thread") }

    private var isHere: Bool { pthread_equal(pthread_self(), thread) != 0 }

    // MARK: Descriptors

    /// Calls `body` whenever `descriptor` is ready for one of `interest` (level-triggered), until `unwatch`.
    ///
    /// Watching it again replaces both. A descriptor must be unwatched before it is closed.
    /// - Throws: `SystemError`; the descriptor is then not watched.
    package func watch(
        _ descriptor: CInt, for interest: Readiness, _ body: @escaping @Sendable (Readiness) -> Void
    ) throws(SystemError) {
        checkIsolated()
        let known = watches[descriptor] != nil
        // The generation travels through the kernel: an event for an older registration of the same
        // number, still in the batch being worked off, is not mistaken for the new one's.
        generation &+= 1
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: data))
        try checked("epoll_ctl") {
            epoll_ctl(epoll.number, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event)
        }
        watches[descriptor] = Watch(generation: generation, body: body)
    }

    /// Forgets a descriptor; one that is not watched is ignored.
    package func unwatch(_ descriptor: CInt) {
        checkIsolated()
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    // MARK: Time

    /// Calls `body` once, `delay` from now at the earliest.
    @discardableResult
    package func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) -> Timer {
        checkIsolated()
        return Timer(id: timers.add(body, at: .now + delay))
    }

    /// Takes a timer back; one that has run is ignored.
    package func cancel(_ timer: Timer) {
        checkIsolated()
        timers.remove(timer.id)
    }

    /// Calls `body` once, after all that is to be done now and before the next wait.
    ///
    /// For what is cheaper done once for many, such as one system call for all frames of a turn.
    package func atEndOfTurn(_ body: @escaping @Sendable () -> Void) {
        checkIsolated()
        ending.append(body)
    }

    // MARK: Running

    /// Works until `stop`; to be called once, on the loop's own thread.
    ///
    /// - Throws: `SystemError` of `epoll_wait`, after which the process has no way on.
    package func run() throws(SystemError) {
        checkIsolated()
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsAtOnce)
        while true {
            var more = runJobs()
            if !ending.isEmpty {
                let bodies = ending
                ending = []
                for body in bodies { body() }
                more = more || !local.isEmpty || !ending.isEmpty
            }
            if stopping { return }
            let wait = more ? 0 : waitingTime()
            let count = try checked("epoll_wait") {
                epoll_wait(epoll.number, &events, CInt(Self.eventsAtOnce), wait)
            }
            for event in events.prefix(Int(count)) {
                let data = event.data.u64
                let descriptor = CInt(truncatingIfNeeded: data)
                guard let watch = watches[descriptor], watch.generation == UInt32(data >> 32) else {
                    continue
                }
                watch.body(Readiness(rawValue: event.events))
            }
            let now = ContinuousClock.now
            while let body = timers.popDue(now) { body() }
        }
    }

    /// Lets `run` return once the jobs at hand are done.
    package func stop() {
        checkIsolated()
        stopping = true
    }

    /// Milliseconds until the next timer, rounded up; −1 when there is none.
    private func waitingTime() -> CInt {
        guard let next = timers.next() else { return -1 }
        let left = (next - ContinuousClock.now) / .milliseconds(1)
        return CInt(max(0, min(left.rounded(.up), Self.longestWait)))
    }

    /// Runs what is enqueued; answers whether there is more than the rounds allowed.
    private func runJobs() -> Bool {
        for _ in 0..<Self.roundsBeforePolling {
            arrivals.withLock { queue in
                local += queue
                queue.removeAll(keepingCapacity: true)
            }
            if local.isEmpty { return false }
            let batch = local
            local = []
            for job in batch {
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        return true
    }
}
