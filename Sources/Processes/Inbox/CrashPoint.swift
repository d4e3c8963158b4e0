#if CRASH_POINTS
    internal import FoundationEssentials
    internal import Glibc

    /// Places to fail at, for tests; a release build does not contain them.
    enum CrashPoint {
        /// An entry with this in its body ends the process.
        static let ending = "GATEWAY_CRASH_INBOX"
        /// An entry with this in its body cannot be applied.
        static let failing = "GATEWAY_FAIL_INBOX"

        struct Failure: Error {}

        static func meet(_ body: Data) throws {
            let text = String(decoding: body, as: UTF8.self)
            if text.contains(ending) { abort() }
            if text.contains(failing) { throw Failure() }
        }
    }
#endif
