package import Reactor
private import Synchronization

/// Runs `body` as the root task of an event loop on a thread of its own, and answers what it returns.
package func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Result, any Error>) in
        let outcome = Outcome<Result>()
        startThread {
            do {
                let loop = try EventLoop()
                Task(executorPreference: loop) {
                    do { outcome.set(.success(try await body(loop))) } catch {
                        outcome.set(.failure(error))
                    }
                    loop.stop()
                }
                try loop.run()
                done.resume(with: outcome.get())
            } catch {
                done.resume(throwing: error)
            }
        }
    }
}

/// What the body came to, handed from its task to its thread.
private final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Result<Value, any Error>>(.failure(CancellationError()))
    func set(_ result: Result<Value, any Error>) { value.withLock { $0 = result } }
    func get() -> Result<Value, any Error> { value.withLock { $0 } }
}
