internal import CLinux
internal import Glibc

/// A thread of its own for an actor whose calls block, such as one that owns a SQLite database.
///
/// A hop here and back costs two wake-ups (about 0.1 ms): go once per batch, never once per row.
/// The thread lives as long as the process, or until `stop`.
// Unchecked: `queue` has a lock; `thread` is set once, under that lock, before the first job can run.
package final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
        var stopped = false
    }

    private let queue = Locked(Queue())
    private let wakeup: Descriptor

    /// Starts the thread.
    ///
    /// - Throws: `SystemError` when the kernel has no thread or descriptor to give.
    package init() throws(SystemError) {
        wakeup = Descriptor(owning: try checked("eventfd") { eventfd(0, CInt(EFD_CLOEXEC)) })
        var thread = pthread_t()
        // Retained for the thread, which releases it when it ends.
        let context = Unmanaged.passRetained(self).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let executor = Unmanaged<ThreadExecutor>.fromOpaque(context).takeRetainedValue()
                executor.queue.withLock { $0.thread = pthread_self() }
                executor.work()
                return nil
            }, context)
        guard failure == 0 else {
            Unmanaged<ThreadExecutor>.fromOpaque(context).release()
            throw SystemError("pthread_create", failure)
        }
        pthread_detach(thread)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let first = queue.withLock { queue in
            queue.jobs.append(job)
            return queue.jobs.count == 1
        }
        if first { wake() }
    }

    /// Lets the thread end after the jobs at hand; an actor that lives here must not be called afterwards.
    package func stop() {
        queue.withLock { $0.stopped = true }
        wake()
    }

    package func isIsolatingCurrentContext() -> Bool? {
        queue.withLock { $0.thread.map { pthread_equal(pthread_self(), $0) != 0 } ?? false }
    }

    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the store's thread")
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeup.number, &one, 8)
    }

    private func work() {
        while true {
            let (jobs, stopped) = queue.withLock { queue in
                defer { queue.jobs.removeAll(keepingCapacity: true) }
                return (queue.jobs, queue.stopped)
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            if !jobs.isEmpty { continue }
            if stopped { return }
            var count: UInt64 = 0
            _ = read(wakeup.number, &count, 8)
        }
    }
}
