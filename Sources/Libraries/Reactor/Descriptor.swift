internal import CLinux
internal import Glibc

/// A file descriptor with one owner, closed when the owner lets go of it.
package struct Descriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by; valid as long as this value lives.
    package let number: CInt

    /// Takes over an open descriptor; nobody else may close it.
    package init(owning number: CInt) { self.number = number }

    deinit { close(number) }

    /// Gives the number away without closing it.
    package consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    /// What one attempt to read or write without blocking came to.
    package enum Transfer: Equatable {
        /// At least one byte moved.
        case moved(Int)
        /// The kernel has nothing to give or no room now; wait for the loop to say so.
        case wouldBlock
        /// Reading: the peer sends no more. Writing: the peer is gone.
        case ended
    }

    /// Reads what is there into `buffer`, without blocking.
    ///
    /// - Throws: `SystemError` for anything but "not now" and "the peer is gone"; close the descriptor then.
    package borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError)
        -> Transfer
    {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case ECONNRESET, EPIPE: return .ended
            default: throw SystemError("read")
            }
        }
    }

    /// Sends as much of `buffer` as a socket takes, without blocking and without SIGPIPE.
    ///
    /// - Throws: `SystemError` for anything but "not now" and "the peer is gone"; close the descriptor then.
    package borrowing func send(_ buffer: UnsafeRawBufferPointer) throws(SystemError) -> Transfer {
        while true {
            let count = Glibc.send(number, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return .moved(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case ECONNRESET, EPIPE: return .ended
            default: throw SystemError("send")
            }
        }
    }

    /// Takes the next connection that waits on a listening socket, if one does.
    ///
    /// The new descriptor is non-blocking and closed on exec.
    /// - Throws: `SystemError`, e.g. `EMFILE`: stop accepting until a descriptor is free.
    package borrowing func accept() throws(SystemError) -> Descriptor? {
        while true {
            let accepted = accept4(
                number, nil, nil, CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue))
            if accepted >= 0 { return Descriptor(owning: accepted) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return nil
            default: throw SystemError("accept4")
            }
        }
    }

    /// Makes reads, writes and accepts return instead of waiting.
    package borrowing func setNonBlocking() throws(SystemError) {
        let number = number
        let flags = try checked("fcntl(F_GETFL)") { fcntl(number, F_GETFL) }
        try checked("fcntl(F_SETFL)") { fcntl(number, F_SETFL, flags | O_NONBLOCK) }
    }
}
