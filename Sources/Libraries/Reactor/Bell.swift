/// Something that happens again and again on the loop, and that tasks on the loop wait for.
///
/// Every waiter is resumed exactly once: by `ring`, by its own limit, or by cancellation of its task.
/// Check the condition before and after: the ring may have been for somebody else.
// Unchecked: only touched on the loop's thread, which every entrance checks.
package final class Bell: @unchecked Sendable {
    private let loop: EventLoop
    private var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    private var last: UInt64 = 0
    private var rings: UInt64 = 0

    package init(on loop: EventLoop) { self.loop = loop }

    /// Whether nobody waits.
    package var isIdle: Bool { waiting.isEmpty }

    /// Resumes everybody with `true`.
    package func ring() {
        loop.checkIsolated()
        rings += 1
        let all = waiting.values
        waiting = [:]
        for continuation in all { continuation.resume(returning: true) }
    }

    /// Waits for the next ring: true; false after `limit`, or when the task is cancelled.
    package func wait(atMost limit: Duration) async -> Bool {
        loop.checkIsolated()
        last += 1
        let id = last
        let heard = rings
        let timer = loop.after(limit) { self.giveUp(id) }
        defer { loop.cancel(timer) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Other jobs of the loop may run between the call and here, and ring.
                if rings != heard { return continuation.resume(returning: true) }
                waiting[id] = continuation
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            Task(executorPreference: loop) { self.giveUp(id) }
        }
    }

    private func giveUp(_ id: UInt64) {
        waiting.removeValue(forKey: id)?.resume(returning: false)
    }
}
