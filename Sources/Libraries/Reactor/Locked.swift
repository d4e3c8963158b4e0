internal import CLinux
private import Synchronization

/// A value behind a `Mutex` that ThreadSanitizer, too, knows to be one.
///
/// On Linux a `Mutex` is a futex in a library that is not instrumented, so that whatever is done
/// under it would look like a race. Only debug builds tell of it; others have the `Mutex` and no more.
struct Locked<Value: Sendable>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    #if DEBUG
        private final class Name: Sendable {}
        /// Its address stands for the lock.
        private let name = Name()

        func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
            let address = Unmanaged.passUnretained(name).toOpaque()
            return mutex.withLock { value in
                clinux_sanitizer_acquired(address)
                defer { clinux_sanitizer_releases(address) }
                return body(&value)
            }
        }
    #else
        func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
            mutex.withLock { body(&$0) }
        }
    #endif
}
