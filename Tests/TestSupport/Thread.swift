internal import Glibc
private import Synchronization

/// Does what blocks on a thread of its own, so that the pool that the tests run on never does.
package func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { done in
        startThread { done.resume(with: Swift.Result { try body() }) }
    }
}

/// Does what blocks on so many threads at once, numbered from 0, and answers what each came to, as they end.
///
/// Cancellation ends no thread that blocks. One that goes on until something happens asks `isCancelled`,
/// or a test that failed would wait for it for ever.
@discardableResult
package func onThreads<Result: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable (_ thread: Int, _ isCancelled: () -> Bool) throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: Result.self) { tasks in
        for thread in 0..<count {
            tasks.addTask {
                let cancelled = Flag()
                return try await withTaskCancellationHandler {
                    try await blocking { try body(thread) { cancelled.isUp } }
                } onCancel: {
                    cancelled.raise()
                }
            }
        }
        return try await tasks.reduce(into: []) { $0.append($1) }
    }
}

/// What one thread says and another sees.
package final class Flag: Sendable {
    private let value = Atomic(false)
    package init() {}
    package var isUp: Bool { value.load(ordering: .relaxed) }
    package func raise() { value.store(true, ordering: .relaxed) }
}

func startThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    // The work is retained for the thread, which releases it.
    let context = Unmanaged.passRetained(Work(body)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    precondition(code == 0, "no thread to be had: \(code)")
    pthread_detach(thread)
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
