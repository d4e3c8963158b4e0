internal import Glibc

/// A system call that failed: which one, and the `errno` it left.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The call as the manual names it, such as `epoll_ctl`.
    package let call: String
    /// The value of `errno`, such as `ENOENT`.
    package let code: CInt

    package init(_ call: String, _ code: CInt = errno) {
        self.call = call
        self.code = code
    }

    package var description: String {
        "\(call): \(String(cString: strerror(code))) (errno \(code))"
    }
}

/// Repeats a call that a signal interrupted; a result below zero becomes a `SystemError`.
///
/// - Throws: `SystemError` with the call's name for every errno but `EINTR`.
@discardableResult
package func checked<Result: SignedInteger>(
    _ call: String, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemError(call, code) }
    }
}
