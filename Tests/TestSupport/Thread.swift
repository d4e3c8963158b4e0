internal import Glibc

/// Does what blocks on a thread of its own, so that the pool that the tests run on never does.
package func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { done in
        startThread { done.resume(with: Swift.Result { try body() }) }
    }
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
